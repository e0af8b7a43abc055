import { expect, test, vi } from 'vitest'
import { onChange, type Change } from '../../../src/storage/changes'
import { checksum } from '../../../src/storage/checksum'
import { openDatabase, type Database } from '../../../src/storage/database'
import { commitDocument, deleteDocument } from '../../../src/storage/documents'
import { migrations } from '../../../src/storage/migrations'
import { getPassages } from '../../../src/storage/passages'
import { documentBytes } from '../../../src/storage/usage'
import { deleteOtherSpaces, listVectorSpaces, spaceId, type VectorSpace } from '../../../src/storage/vector-space'
import { documentsWithoutVectors, getVectors, keepVectors, presentVectors } from '../../../src/storage/vectors'
import { storesMentioning, temporaryDatabase, temporaryName, withCollections } from './fixtures'
import { hashOf, prepare } from './prepared'
import { loadAll, packCounts, SPACE, vectorsOf } from './vectors'

const OTHER: VectorSpace = { ...SPACE, dtype: 'fp32' }

/** A database with documents of three passages by these names. */
async function withDocuments(...seeds: string[]): Promise<Database> {
  const db = await temporaryDatabase()
  await withCollections(db, 'one')
  for (const seed of seeds) await commitDocument(db, prepare(seed))
  return db
}

const lacking = async (db: Database, space = SPACE) =>
  (await documentsWithoutVectors(db, space)).map(({ name }) => name.replace('.pdf', ''))

test('vectors come back as they were kept', async () => {
  const db = await withDocuments('a', 'b')
  expect(await keepVectors(db, SPACE, hashOf('a'), vectorsOf('a', 3))).toBe(true)
  expect(await keepVectors(db, SPACE, hashOf('b'), vectorsOf('b', 3))).toBe(true)
  expect(await getVectors(db, SPACE, hashOf('a'))).toEqual(vectorsOf('a', 3))
  const { vectors, ...loaded } = await loadAll(db)
  expect(loaded).toEqual({ documents: 2, rows: 6, damaged: [] })
  expect(vectors.get(hashOf('b'))).toEqual(vectorsOf('b', 3))
})

test('views of larger buffers are kept without what is around them', async () => {
  const db = await withDocuments('a')
  const large = vectorsOf('a', 1000)
  const view = {
    dimension: 16,
    coarse: large.coarse.subarray(16, 64),
    fine: large.fine.subarray(16, 64),
    scales: large.scales.subarray(1, 4),
    residuals: large.residuals.subarray(1, 4),
  }
  await keepVectors(db, SPACE, hashOf('a'), view)
  expect((await db.getAll('coarsePlanes'))[0]!.coarse.buffer.byteLength).toBe(48)
  expect(await getVectors(db, SPACE, hashOf('a'))).toEqual(view)
})

test('vectors kept again take the place of the earlier ones', async () => {
  const db = await withDocuments('a')
  await keepVectors(db, SPACE, hashOf('a'), vectorsOf('first', 3))
  await keepVectors(db, SPACE, hashOf('a'), vectorsOf('second', 3))
  expect(await packCounts(db)).toEqual([1, 1, 1])
  expect(await getVectors(db, SPACE, hashOf('a'))).toEqual(vectorsOf('second', 3))
})

test('a document of more passages than a pack has rows is kept in several and comes back whole', async () => {
  const db = await temporaryDatabase()
  await withCollections(db, 'one')
  const prepared = prepare('long')
  prepared.document.passages = 9000
  await commitDocument(db, prepared)
  await keepVectors(db, SPACE, hashOf('long'), vectorsOf('long', 9000))
  expect(await packCounts(db)).toEqual([3, 3, 3])
  const { coarse, fine, scales, residuals } = (await loadAll(db)).vectors.get(hashOf('long'))!
  const expected = vectorsOf('long', 9000)
  expect([coarse, fine, scales, residuals].map((array) => checksum(array))).toEqual(
    [expected.coarse, expected.fine, expected.scales, expected.residuals].map((array) => checksum(array)),
  )
  expect(await lacking(db)).toEqual([])
  await db.delete('vectorPacks', (await db.getAllKeys('vectorPacks'))[1]!)
  expect((await loadAll(db)).vectors.size).toBe(0)
  expect(await lacking(db)).toEqual(['long'])
})

test('spaces never mix, and a document that has vectors in another one only is listed', async () => {
  const db = await withDocuments('a', 'b')
  await keepVectors(db, SPACE, hashOf('a'), vectorsOf('a', 3))
  await keepVectors(db, OTHER, hashOf('b'), vectorsOf('b', 3))
  expect([...(await loadAll(db, SPACE)).vectors.keys()]).toEqual([hashOf('a')])
  expect([...(await loadAll(db, OTHER)).vectors.keys()]).toEqual([hashOf('b')])
  expect(await lacking(db, SPACE)).toEqual(['b'])
  expect(await lacking(db, OTHER)).toEqual(['a'])
  expect(await getVectors(db, OTHER, hashOf('a'))).toBeUndefined()
})

test('every part of a space tells it from others', () => {
  const changed: Partial<VectorSpace>[] = [
    { model: 'test/other' },
    { dimension: 32 },
    { prefix: 'query: ' },
    { prefix: '' },
    { dtype: 'fp32' },
    { tokenizer: '2' },
    { model: 'test/embedder/16', prefix: '' },
  ]
  const ids = [SPACE, ...changed.map((part) => ({ ...SPACE, ...part }))].map(spaceId)
  expect(new Set(ids).size).toBe(ids.length)
  expect(spaceId({ ...SPACE })).toBe(spaceId(SPACE))
})

test('vectors of other spaces are deleted, those of the ones in use stay', async () => {
  const db = await withDocuments('a', 'b')
  for (const space of [SPACE, OTHER, { ...SPACE, tokenizer: '0' }]) {
    for (const seed of ['a', 'b']) await keepVectors(db, space, hashOf(seed), vectorsOf(seed, 3))
  }
  expect(await listVectorSpaces(db)).toHaveLength(3)
  expect(await deleteOtherSpaces(db, [SPACE, OTHER])).toBe(1)
  expect(await listVectorSpaces(db)).toEqual([spaceId(SPACE), spaceId(OTHER)].sort())
  expect(await deleteOtherSpaces(db, [SPACE])).toBe(1)
  expect(await packCounts(db)).toEqual([2, 2, 2])
  expect((await loadAll(db)).documents).toBe(2)
})

test('vectors are not kept for a document that is gone or was cut anew', async () => {
  const db = await withDocuments('cut anew')
  expect(await keepVectors(db, SPACE, hashOf('gone'), vectorsOf('gone', 3))).toBe(false)
  expect(await keepVectors(db, SPACE, hashOf('cut anew'), vectorsOf('cut anew', 4))).toBe(false)
  expect(await packCounts(db)).toEqual([0, 0, 0])
})

test('arrays that do not fit are refused', async () => {
  const db = await withDocuments('a')
  const sound = vectorsOf('a', 3)
  const wrong = [
    vectorsOf('a', 3, { ...SPACE, dimension: 32 }),
    { ...sound, coarse: sound.coarse.slice(1) },
    { ...sound, fine: sound.fine.slice(16) },
    { ...sound, residuals: new Float32Array(2) },
  ]
  for (const vectors of wrong) await expect(keepVectors(db, SPACE, hashOf('a'), vectors)).rejects.toThrow(RangeError)
  expect(await packCounts(db)).toEqual([0, 0, 0])
})

test('documents without vectors are listed in the order they were added, those without text are not', async () => {
  const db = await temporaryDatabase()
  await withCollections(db, 'one')
  for (const [at, seed] of ['late', 'early', 'blank'].entries()) {
    const prepared = prepare(seed, { pages: seed === 'blank' ? 0 : 3 })
    prepared.document.added = 10 - at
    await commitDocument(db, prepared)
  }
  expect(await lacking(db)).toEqual(['early', 'late'])
  await keepVectors(db, SPACE, hashOf('early'), vectorsOf('early', 3))
  expect(await lacking(db)).toEqual(['late'])
})

test('a document that is removed takes its vectors along', async () => {
  const db = await withDocuments('a', 'b')
  for (const seed of ['a', 'b']) await keepVectors(db, SPACE, hashOf(seed), vectorsOf(seed, 3))
  await deleteDocument(db, hashOf('a'))
  expect(await storesMentioning(db, hashOf('a'))).toEqual([])
  expect(await packCounts(db)).toEqual([1, 1, 1])
  expect([...(await loadAll(db)).vectors.keys()]).toEqual([hashOf('b')])
})

test('strict durability, one transaction, and the change is told', async () => {
  const db = await withDocuments('a')
  const heard: Change[] = []
  const stop = onChange(db, (change) => heard.push(change))
  const spy = vi.spyOn(IDBDatabase.prototype, 'transaction')
  await keepVectors(db, SPACE, hashOf('a'), vectorsOf('a', 3))
  expect(spy.mock.calls.map(([, mode, options]) => [mode, options?.durability])).toEqual([['readwrite', 'strict']])
  spy.mockRestore()
  await expect.poll(() => heard).toEqual([{ what: 'vectors', document: hashOf('a') }])
  stop()
})

test('what a document takes on the disk includes its vectors', async () => {
  const db = await withDocuments('a')
  const before = await documentBytes(db, hashOf('a'))
  await keepVectors(db, SPACE, hashOf('a'), vectorsOf('a', 3))
  expect((await documentBytes(db, hashOf('a'))).reading - before.reading).toBe(3 * (16 + 16 + 8))
})

test('a database of version 1 keeps its documents, which are then listed for embedding', async () => {
  const name = temporaryName()
  const old = await openDatabase({ name, migrations: migrations.slice(0, 1) })
  expect(old.version).toBe(1)
  await old.put('collections', { id: 'one', name: 'one', created: 1 })
  // As the page of version 1 wrote it, which knew no stores of vectors.
  const { document, passages } = prepare('kept')
  await old.put('documents', document)
  for (const passage of passages) await old.put('passages', passage)
  old.close()
  const db = await temporaryDatabase({ name })
  expect(db.version).toBe(migrations.length)
  expect(await db.getAll('documents')).toEqual([document])
  expect(await getPassages(db, hashOf('kept'))).toEqual(passages)
  expect(await lacking(db)).toEqual(['kept'])
  await keepVectors(db, SPACE, hashOf('kept'), vectorsOf('kept', 3))
  expect(await lacking(db)).toEqual([])
})

const text = (page: number) => `Rule ${page} of the house.`

test('a new version takes over the vectors of passages that stand unchanged', async () => {
  const db = await temporaryDatabase()
  await withCollections(db, 'one')
  await commitDocument(db, prepare('v1', { text, pages: 5 }))
  await keepVectors(db, SPACE, hashOf('v1'), vectorsOf('v1', 5))
  const next = prepare('v2', { text: (page) => (page === 3 ? 'Rule 3, amended.' : text(page)), pages: 6 })
  await commitDocument(db, next, { replaces: hashOf('v1') })
  expect(await storesMentioning(db, hashOf('v1'))).toEqual([])
  expect(await lacking(db)).toEqual(['v2'])
  expect((await loadAll(db)).vectors.size).toBe(0)
  const present = await presentVectors(db, SPACE, hashOf('v2'))
  expect(present?.lacking).toEqual([2, 5])
  expect([...present!.vectors.scales].map((scale) => scale > 0)).toEqual([true, true, false, true, true, false])
  expect([...present!.vectors.coarse.subarray(4 * 16, 5 * 16)]).toEqual([
    ...vectorsOf('v1', 5).coarse.subarray(4 * 16, 5 * 16),
  ])
  await keepVectors(db, SPACE, hashOf('v2'), vectorsOf('v2', 6))
  expect(await getVectors(db, SPACE, hashOf('v2'))).toEqual(vectorsOf('v2', 6))
  expect(await packCounts(db)).toEqual([1, 1, 1])
})

test('a document that was read again into the same passages keeps its vectors', async () => {
  const db = await withDocuments('same')
  await keepVectors(db, SPACE, hashOf('same'), vectorsOf('same', 3))
  await commitDocument(db, prepare('same'))
  expect(await getVectors(db, SPACE, hashOf('same'))).toEqual(vectorsOf('same', 3))
  expect(await lacking(db)).toEqual([])
})

test('nothing is said to be present where there is nothing', async () => {
  const db = await withDocuments('a')
  expect(await presentVectors(db, SPACE, hashOf('a'))).toBeUndefined()
  expect(await getVectors(db, SPACE, hashOf('a'))).toBeUndefined()
})
