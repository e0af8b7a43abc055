import { expect, test } from 'vitest'
import { deleteDocument, getDocument } from '../../../src/storage/documents'
import { getPages } from '../../../src/storage/pages'
import { getPassages } from '../../../src/storage/passages'
import { proxy } from '../../../src/threads/expose'
import type { IngestProgress } from '../../../src/threads/protocols'
import { Random } from '../../fixtures/random'
import { storesMentioning } from '../storage/fixtures'
import { Library } from './library'

const ROUNDS = 50
const library = new Library()

/** Starts reading and ends the worker `milliseconds` after it began; says the last stage that it told. */
async function killWhileReading(file: Blob, milliseconds: number): Promise<string> {
  let stage = 'none'
  const opened = new Promise<void>((resolve) => {
    const told = proxy((progress: IngestProgress) => {
      stage = progress.stage
      resolve()
    })
    const request = { file, name: 'killed.pdf', collection: library.one }
    // Never settles: the worker is gone before it answers, or its answer is not waited for.
    void library.api.ingest(request, told, new AbortController().signal)
  })
  await opened
  await new Promise((resolve) => setTimeout(resolve, milliseconds))
  library.restart()
  return stage
}

test(
  `a worker killed at ${ROUNDS} random moments leaves the document whole or nothing of it`,
  { timeout: 180_000 },
  async () => {
    const random = new Random(Date.now())
    const start = performance.now()
    await library.ingest(library.pdf('a first one, to know how long it takes', 40))
    await library.ingest(library.pdf('a second one, when everything is loaded', 40))
    const usual = (performance.now() - start) / 2
    const outcomes = new Map<string, number>()
    for (let round = 0; round < ROUNDS; round++) {
      const file = library.pdf(`round ${round}`, 40)
      const hash = await library.hashOf(file)
      const stage = await killWhileReading(file, random.next() * usual)
      const outcome = await wholeOrNothing(hash)
      outcomes.set(`${stage}: ${outcome}`, (outcomes.get(`${stage}: ${outcome}`) ?? 0) + 1)
      await deleteDocument(library.db, hash)
    }
    console.info(`killed after ${Math.round(usual)} ms or less:`, Object.fromEntries(outcomes))
  },
)

async function wholeOrNothing(hash: string): Promise<'whole' | 'nothing'> {
  const document = await getDocument(library.db, hash)
  if (!document) {
    expect(await storesMentioning(library.db, hash)).toEqual([])
    return 'nothing'
  }
  expect(await getPages(library.db, hash)).toHaveLength(document.pages)
  expect(await getPassages(library.db, hash)).toHaveLength(document.passages)
  expect(await library.db.get('files', hash)).toBeDefined()
  expect(await library.db.get('segments', hash)).toBeDefined()
  return 'whole'
}
