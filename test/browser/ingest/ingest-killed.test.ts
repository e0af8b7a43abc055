import { expect, test } from 'vitest'
import { deleteDocument, getDocument } from '../../../src/storage/documents'
import { getPages } from '../../../src/storage/pages'
import { getPassages } from '../../../src/storage/passages'
import { proxy } from '../../../src/threads/expose'
import type { IngestProgress } from '../../../src/threads/protocols'
import { Random } from '../../fixtures/random'
import { storesMentioning } from '../storage/fixtures'
import { Library } from './library'

/** Each costs the start of a worker. VITE_KILL_ROUNDS=50 for a thorough run. */
const ROUNDS = Number(import.meta.env.VITE_KILL_ROUNDS ?? 20)
/** Keeping is the stage that matters, so it is hit most often. */
const stages: IngestProgress['stage'][] = ['opening', 'reading', 'indexing', 'keeping', 'keeping', 'keeping']
/** Longer than the commit of these documents takes. */
const LONGEST_WAIT = 60

const library = new Library()

/** Starts reading, and ends the worker `milliseconds` after it told that it is at `stage`. */
async function killAt(stage: IngestProgress['stage'], milliseconds: number, file: Blob): Promise<void> {
  await new Promise<void>((resolve) => {
    const told = proxy((progress: IngestProgress) => {
      if (progress.stage === stage) resolve()
    })
    const request = { file, name: 'killed.pdf', collection: library.one }
    // Not waited for: the worker is mostly gone before it could answer.
    void library.api.ingest(request, told, new AbortController().signal)
  })
  await new Promise((resolve) => setTimeout(resolve, milliseconds))
  library.restart()
}

const title = `a worker killed at ${ROUNDS} random moments leaves the document whole or nothing of it`

test(title, { timeout: 300_000 }, async () => {
  const random = new Random(Date.now())
  const outcomes: Record<string, number> = {}
  for (let round = 0; round < ROUNDS; round++) {
    const file = library.pdf(`round ${round}`, 40)
    const hash = await library.hashOf(file)
    const stage = random.pick(stages)
    await killAt(stage, random.next() * LONGEST_WAIT, file)
    const outcome = `${stage}: ${await wholeOrNothing(hash)}`
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
    await deleteDocument(library.db, hash)
  }
  console.info('killed', outcomes)
})

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
