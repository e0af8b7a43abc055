import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { cdp } from 'vitest/browser'
import { StorageFull } from '../../../src/errors'
import { commitDocument, listDocuments } from '../../../src/storage/documents'
import { getFile } from '../../../src/storage/files'
import { getPages } from '../../../src/storage/pages'
import { enqueue, listQueue } from '../../../src/storage/queue'
import { compactVectors } from '../../../src/storage/compact-vectors'
import { documentsWithoutVectors, getVectors, keepVectors } from '../../../src/storage/vectors'
import { rowCounts, storesMentioning, temporaryDatabase, withCollections } from './fixtures'
import { hashOf, prepare, randomBytes } from './prepared'
import { loadAll, packCounts, SPACE, vectorsOf } from './vectors'

const MEGABYTE = 1_000_000

const origin = location.origin

// The browser remembers for half a minute how much room it last found, so the disk is made small before anything is written.
beforeAll(async () => {
  await cdp().send('Storage.clearDataForOrigin', { origin, storageTypes: 'indexeddb' })
  await cdp().send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 8 * MEGABYTE })
})
afterAll(async () => {
  await cdp().send('Storage.overrideQuotaForOrigin', { origin })
  await cdp().send('Storage.clearDataForOrigin', { origin, storageTypes: 'indexeddb' })
})

test('a full disk refuses a document whole and leaves the others whole', async () => {
  const db = await temporaryDatabase()
  await withCollections(db, 'one')
  await commitDocument(db, prepare('before', { bytes: MEGABYTE }))
  const counts = await rowCounts(db)
  const large = prepare('large', { bytes: 20 * MEGABYTE })
  await expect(commitDocument(db, large, { replaces: hashOf('before') })).rejects.toBeInstanceOf(StorageFull)
  expect(await rowCounts(db)).toEqual(counts)
  expect(await storesMentioning(db, hashOf('large'))).toEqual([])
  expect((await listDocuments(db)).map((document) => document.name)).toEqual(['before.pdf'])
  expect((await getFile(db, hashOf('before')))?.size).toBe(MEGABYTE)
  expect(await getPages(db, hashOf('before'))).toHaveLength(3)
})

test('what still fits is kept after a refusal', async () => {
  const db = await temporaryDatabase()
  await withCollections(db, 'one')
  await expect(commitDocument(db, prepare('large', { bytes: 30 * MEGABYTE }))).rejects.toBeInstanceOf(StorageFull)
  await commitDocument(db, prepare('small', { bytes: 1000 }))
  expect((await listDocuments(db)).map((document) => document.name)).toEqual(['small.pdf'])
})

test('a file that does not fit is not put on the queue', async () => {
  const db = await temporaryDatabase()
  const file = new Blob([randomBytes(20 * MEGABYTE)])
  await expect(enqueue(db, { collection: 'one', name: 'large.pdf', file })).rejects.toBeInstanceOf(StorageFull)
  expect(await listQueue(db)).toEqual([])
})

test('a put refused for want of room becomes StorageFull', async () => {
  const db = await temporaryDatabase()
  await withCollections(db, 'one')
  const counts = await rowCounts(db)
  const original = IDBObjectStore.prototype.put
  const spy = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, ...args) {
    if (this.name === 'pages') throw new DOMException('', 'QuotaExceededError')
    return original.apply(this, args)
  })
  await expect(commitDocument(db, prepare('refused'))).rejects.toBeInstanceOf(StorageFull)
  spy.mockRestore()
  expect(await rowCounts(db)).toEqual(counts)
})

test('vectors that do not fit are refused whole, and the document keeps those it had', async () => {
  const db = await temporaryDatabase()
  await withCollections(db, 'one')
  const rows = 20_000
  const space = { ...SPACE, dimension: 1024 }
  await commitDocument(db, prepare('embedded'))
  await keepVectors(db, space, hashOf('embedded'), vectorsOf('embedded', 3, space))
  const prepared = prepare('large')
  prepared.document.passages = rows
  await commitDocument(db, prepared)
  const noise = () => new Int8Array(randomBytes(rows * 1024).buffer)
  const floats = new Float32Array(rows)
  const vectors = { dimension: 1024, coarse: noise(), fine: noise(), scales: floats, residuals: floats }
  await expect(keepVectors(db, space, hashOf('large'), vectors)).rejects.toBeInstanceOf(StorageFull)
  expect(await packCounts(db)).toEqual([1, 1, 1])
  expect(await getVectors(db, space, hashOf('embedded'))).toEqual(vectorsOf('embedded', 3, space))
  expect((await documentsWithoutVectors(db, space)).map(({ name }) => name)).toEqual(['large.pdf'])
})

test('a compaction refused for want of room leaves the packs as they were', async () => {
  const db = await temporaryDatabase()
  await withCollections(db, 'one')
  for (const seed of ['a', 'b', 'c']) {
    await commitDocument(db, prepare(seed))
    await keepVectors(db, SPACE, hashOf(seed), vectorsOf(seed, 3))
  }
  const original = IDBObjectStore.prototype.put
  const spy = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, ...args) {
    if (this.name === 'finePlanes') throw new DOMException('', 'QuotaExceededError')
    return original.apply(this, args)
  })
  await expect(compactVectors(db, SPACE, { smallPacks: 1 })).rejects.toBeInstanceOf(StorageFull)
  spy.mockRestore()
  expect(await packCounts(db)).toEqual([3, 3, 3])
  expect((await loadAll(db)).documents).toBe(3)
  expect(await compactVectors(db, SPACE, { smallPacks: 1 })).toMatchObject({ state: 'done', written: 1 })
})
