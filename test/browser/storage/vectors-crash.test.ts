import { expect, test } from 'vitest'
import { compactVectors } from '../../../src/storage/compact-vectors'
import type { Database } from '../../../src/storage/database'
import { listDocuments } from '../../../src/storage/documents'
import { documentsWithoutVectors } from '../../../src/storage/vectors'
import { Random } from '../../fixtures/random'
import { deferred, temporaryDatabase, withCollections } from './fixtures'
import { hashOf } from './prepared'
import { loadAll, PASSAGES, SPACE, vectorsOf } from './vectors'
import type { Kept } from './vectors-writer.worker'

const ROUNDS = 8

interface Told {
  kept: Set<string>
  removed: Set<string>
  compacted: number
}

/** Starts a writer, and kills it some milliseconds after its first compaction. */
async function killWhileWriting(db: Database, round: number, milliseconds: number, told: Told): Promise<void> {
  const worker = new Worker(new URL('./vectors-writer.worker.ts', import.meta.url), { type: 'module' })
  const compacted = deferred<void>()
  worker.addEventListener('message', ({ data }: MessageEvent<Kept>) => {
    if ('kept' in data) told.kept.add(data.kept)
    else if ('removed' in data) told.removed.add(data.removed)
    else told.compacted += data.compacted
    if ('compacted' in data) compacted.resolve()
  })
  worker.postMessage({ name: db.name, round })
  await compacted.promise
  await new Promise((resolve) => setTimeout(resolve, milliseconds))
  worker.terminate()
}

async function expectConsistent(db: Database, told: Told): Promise<void> {
  const documents = new Map((await listDocuments(db)).map(({ hash, name }) => [hash, name.replace('.pdf', '')]))
  const { vectors, damaged } = await loadAll(db)
  expect(damaged).toEqual([])
  for (const [hash, found] of vectors) expect(found).toEqual(vectorsOf(documents.get(hash)!, PASSAGES))
  for (const seed of told.kept) {
    // The last one may have been removed without the writer living to tell.
    if (documents.has(hashOf(seed))) expect(vectors.has(hashOf(seed))).toBe(true)
  }
  for (const seed of told.removed) expect(documents.has(hashOf(seed))).toBe(false)
  const lacking = await documentsWithoutVectors(db, SPACE)
  for (const { name } of lacking) expect(told.kept).not.toContain(name.replace('.pdf', ''))
  const keys = await Promise.all(
    (['vectorPacks', 'coarsePlanes', 'finePlanes'] as const).map((store) => db.getAllKeys(store)),
  )
  expect(keys[1]).toEqual(keys[0])
  expect(keys[2]).toEqual(keys[0])
}

test('a writer killed at any moment of keeping, removing and compacting leaves everything whole', async () => {
  const db = await temporaryDatabase()
  await withCollections(db, 'one')
  const random = new Random(11)
  const told: Told = { kept: new Set(), removed: new Set(), compacted: 0 }
  let present = 0
  for (let round = 0; round < ROUNDS; round++) {
    await killWhileWriting(db, round, random.integer(0, 60), told)
    await expectConsistent(db, told)
    const documents = (await listDocuments(db)).length
    expect(documents).toBeGreaterThan(present)
    present = documents
  }
  // Every round can have removed one more document than it told.
  expect(present).toBeGreaterThanOrEqual(told.kept.size - told.removed.size - ROUNDS)
  expect(told.compacted).toBeGreaterThanOrEqual(ROUNDS)
  expect((await compactVectors(db, SPACE, { smallPacks: 1 })).state).toBe('done')
  await expectConsistent(db, told)
}, 60_000)
