import { expect, test } from 'vitest'
import { listDocuments } from '../../../src/storage/documents'
import { getPages } from '../../../src/storage/pages'
import { getPassages } from '../../../src/storage/passages'
import { getSegment } from '../../../src/storage/segments'
import type { Database } from '../../../src/storage/database'
import { deferred, storesMentioning, temporaryDatabase, withCollections } from './fixtures'
import { hashOf } from './prepared'

const ROUNDS = 4

/** Starts a writer, kills it after `milliseconds`, and says which documents it began and which it was told are kept. */
async function killWhileCommitting(db: Database, round: number, milliseconds: number) {
  const began: string[] = []
  const kept: string[] = []
  const worker = new Worker(new URL('./committer.worker.ts', import.meta.url), { type: 'module' })
  const started = deferred<void>()
  worker.addEventListener('message', ({ data }: MessageEvent<{ began?: string; kept?: string }>) => {
    if (data.began) began.push(data.began)
    if (data.kept) kept.push(data.kept)
    if (kept.length) started.resolve()
  })
  worker.postMessage({ name: db.name, round })
  await started.promise
  await new Promise((resolve) => setTimeout(resolve, milliseconds))
  worker.terminate()
  return { began, kept }
}

test('a writer killed at any moment leaves whole documents or none, and none that it was told are kept is lost', async () => {
  const db = await temporaryDatabase()
  await withCollections(db, 'one')
  for (let round = 0; round < ROUNDS; round++) {
    const { began, kept } = await killWhileCommitting(db, round, 15 + round * 17)
    const present = (await listDocuments(db)).map((document) => document.hash)
    for (const seed of kept) expect(present).toContain(hashOf(seed))
    for (const seed of began) {
      const hash = hashOf(seed)
      if (!present.includes(hash)) {
        expect(await storesMentioning(db, hash)).toEqual([])
        continue
      }
      expect(await getPages(db, hash)).toHaveLength(120)
      expect(await getPassages(db, hash)).toHaveLength(120)
      expect(await getSegment(db, hash)).toBeDefined()
    }
  }
})
