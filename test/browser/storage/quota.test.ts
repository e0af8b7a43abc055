import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { cdp } from 'vitest/browser'
import { StorageFull } from '../../../src/errors'
import { commitDocument, listDocuments } from '../../../src/storage/documents'
import { getFile } from '../../../src/storage/files'
import { getPages } from '../../../src/storage/pages'
import { enqueue, listQueue } from '../../../src/storage/queue'
import { rowCounts, storesMentioning, temporaryDatabase, withCollections } from './fixtures'
import { hashOf, prepare, randomBytes } from './prepared'

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
