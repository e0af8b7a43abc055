import { expect, test, vi } from 'vitest'
import { compactVectors } from '../../../src/storage/compact-vectors'
import type { Database } from '../../../src/storage/database'
import { commitDocument, deleteDocument } from '../../../src/storage/documents'
import { documentsWithoutVectors, keepVectors } from '../../../src/storage/vectors'
import { deferred, storesMentioning, temporaryDatabase, withCollections } from './fixtures'
import { hashOf, prepare } from './prepared'
import { loadAll, packCounts, SPACE, vectorsOf } from './vectors'

const names = (count: number) => Array.from({ length: count }, (_, i) => `document ${i}`)

/** Documents of three passages with their vectors, each in a pack of its own. */
async function withVectors(count: number): Promise<Database> {
  const db = await temporaryDatabase()
  await withCollections(db, 'one')
  for (const seed of names(count)) {
    await commitDocument(db, prepare(seed))
    await keepVectors(db, SPACE, hashOf(seed), vectorsOf(seed, 3))
  }
  return db
}

async function expectWhole(db: Database, seeds: readonly string[]) {
  const { vectors, damaged } = await loadAll(db)
  expect(damaged).toEqual([])
  expect([...vectors.keys()].sort()).toEqual(seeds.map(hashOf).sort())
  for (const seed of seeds) expect(vectors.get(hashOf(seed))).toEqual(vectorsOf(seed, 3))
  expect(await documentsWithoutVectors(db, SPACE)).toEqual([])
}

test('small packs are merged into one, and every vector stays', async () => {
  const db = await withVectors(65)
  expect(await packCounts(db)).toEqual([65, 65, 65])
  const spy = vi.spyOn(IDBDatabase.prototype, 'transaction')
  expect(await compactVectors(db, SPACE)).toEqual({ state: 'done', written: 1, damaged: [] })
  const writing = spy.mock.calls.filter(([, mode]) => mode === 'readwrite')
  spy.mockRestore()
  expect(writing.map(([, , options]) => options?.durability)).toEqual(['strict'])
  expect(await packCounts(db)).toEqual([1, 1, 1])
  await expectWhole(db, names(65))
})

test('few small packs are left alone', async () => {
  const db = await withVectors(5)
  expect(await compactVectors(db, SPACE)).toEqual({ state: 'done', written: 0, damaged: [] })
  expect(await packCounts(db)).toEqual([5, 5, 5])
})

test('rows of documents that were removed are dead, and go when they are many or when asked', async () => {
  const db = await withVectors(10)
  await compactVectors(db, SPACE, { smallPacks: 1 })
  const seeds = names(10)
  for (const seed of seeds.splice(0, 2)) await deleteDocument(db, hashOf(seed))
  expect(await compactVectors(db, SPACE)).toMatchObject({ written: 0 })
  expect((await db.getAll('vectorPacks'))[0]!.rows).toBe(30)
  expect(await compactVectors(db, SPACE, { deadShare: 0 })).toMatchObject({ written: 1 })
  expect((await db.getAll('vectorPacks'))[0]!.rows).toBe(24)
  await expectWhole(db, seeds)
  for (const seed of seeds.splice(0, 3)) await deleteDocument(db, hashOf(seed))
  expect(await compactVectors(db, SPACE)).toMatchObject({ written: 1 })
  expect((await db.getAll('coarsePlanes'))[0]!.scales).toHaveLength(15)
  await expectWhole(db, seeds)
})

test('a pack whose last document is removed goes at once', async () => {
  const db = await withVectors(2)
  await compactVectors(db, SPACE, { smallPacks: 1 })
  for (const seed of names(2)) await deleteDocument(db, hashOf(seed))
  expect(await packCounts(db)).toEqual([0, 0, 0])
})

test('a document embedded again after compaction leaves its merged rows dead', async () => {
  const db = await withVectors(4)
  await compactVectors(db, SPACE, { smallPacks: 1 })
  await keepVectors(db, SPACE, hashOf('document 1'), vectorsOf('again', 3))
  expect(await packCounts(db)).toEqual([2, 2, 2])
  const { vectors } = await loadAll(db)
  expect(vectors.get(hashOf('document 1'))).toEqual(vectorsOf('again', 3))
  expect(vectors.size).toBe(4)
})

test('what a new version took over in part is merged and stays in part', async () => {
  const db = await withVectors(3)
  const text = (page: number) => (page === 2 ? 'Another second page.' : prepare('document 1').pages[page - 1]!.text)
  await commitDocument(db, prepare('next', { text }), { replaces: hashOf('document 1') })
  await compactVectors(db, SPACE, { smallPacks: 1 })
  expect(await packCounts(db)).toEqual([1, 1, 1])
  expect((await documentsWithoutVectors(db, SPACE)).map(({ name }) => name)).toEqual(['next.pdf'])
  expect([...(await loadAll(db)).vectors.keys()].sort()).toEqual([hashOf('document 0'), hashOf('document 2')])
})

test('a second tab does nothing and says so; the first goes on', async () => {
  const db = await withVectors(3)
  const [first, second] = await Promise.all([
    compactVectors(db, SPACE, { smallPacks: 1 }),
    compactVectors(db, SPACE, { smallPacks: 1 }),
  ])
  expect([first.state, second.state]).toEqual(['done', 'busy'])
  expect(second.written).toBe(0)
  await expectWhole(db, names(3))
})

test('stops when asked', async () => {
  const db = await withVectors(3)
  const stopped = await compactVectors(db, SPACE, { smallPacks: 1, signal: AbortSignal.abort() })
  expect(stopped).toEqual({ state: 'stopped', written: 0, damaged: [] })
  expect(await packCounts(db)).toEqual([3, 3, 3])
})

test('documents removed and embedded between the listing and the step are as their last writer left them', async () => {
  const db = await withVectors(6)
  const gate = deferred<void>()
  // Holds the lock of all writers, as another tab does in the middle of a commit.
  const holding = navigator.locks.request('fumikura-write', () => gate.promise)
  const compacting = compactVectors(db, SPACE, { smallPacks: 1 })
  const other = deleteDocument(db, hashOf('document 2'))
  const listed = await db.getAll('vectorPacks')
  const gone = listed.find(({ documents }) => documents.includes(hashOf('document 4')))!
  await db.delete('vectorPacks', [gone.space, gone.pack])
  gate.resolve()
  await Promise.all([holding, compacting, other])
  const { vectors } = await loadAll(db)
  const left = ['document 0', 'document 1', 'document 3', 'document 5']
  expect([...vectors.keys()].sort()).toEqual(left.map(hashOf))
  expect(await storesMentioning(db, hashOf('document 2'))).toEqual([])
})

test('two writers at once: nothing of either is lost', async () => {
  const db = await withVectors(20)
  const fresh = Array.from({ length: 20 }, (_, i) => `fresh ${i}`)
  const writing = (async () => {
    for (const seed of fresh) {
      await commitDocument(db, prepare(seed))
      await keepVectors(db, SPACE, hashOf(seed), vectorsOf(seed, 3))
    }
  })()
  for (let i = 0; i < 10; i++) await compactVectors(db, SPACE, { smallPacks: 1 })
  await writing
  await expectWhole(db, [...names(20), ...fresh])
})
