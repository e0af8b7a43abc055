import { openDB } from 'idb'
import { expect, test, vi } from 'vitest'
import { cdp } from 'vitest/browser'
import { StorageUnavailable } from '../../../src/errors'
import { openDatabase, type Database } from '../../../src/storage/database'
import { migrations, type Migration } from '../../../src/storage/migrations'
import { getPages } from '../../../src/storage/pages'
import { getSetting, setSetting } from '../../../src/storage/settings'
import { deferred, temporaryDatabase, temporaryName, withCollections } from './fixtures'
import { prepare } from './prepared'
import { commitDocument } from '../../../src/storage/documents'

const shout: Migration = async (_db, transaction) => {
  for await (const cursor of transaction.objectStore('collections')) {
    await cursor.update({ ...cursor.value, name: cursor.value.name.toUpperCase() })
  }
}

test('has every store of the schema', async () => {
  const db = await temporaryDatabase()
  expect([...db.objectStoreNames]).toEqual([
    'coarsePlanes',
    'collections',
    'documents',
    'files',
    'finePlanes',
    'labResults',
    'labRuns',
    'labSets',
    'pages',
    'passages',
    'queue',
    'segments',
    'settings',
    'turns',
    'vectorPacks',
  ])
})

test('a later version migrates what an earlier one wrote', async () => {
  const name = temporaryName()
  const first = await openDatabase({ name })
  await withCollections(first, 'library')
  await commitDocument(first, prepare('kept', { collections: ['library'] }))
  first.close()
  const db = await temporaryDatabase({ name, migrations: [...migrations, shout] })
  expect(db.version).toBe(migrations.length + 1)
  expect((await db.getAll('collections')).map((collection) => collection.name)).toEqual(['LIBRARY'])
  expect(await getPages(db, prepare('kept').document.hash)).toHaveLength(3)
})

test('runs only the steps that a database made by hand lacks', async () => {
  const name = temporaryName()
  const old = await openDB(name, 1, {
    upgrade(db) {
      db.createObjectStore('collections', { keyPath: 'id' }).put({ id: 'x', name: 'made by hand', created: 1 })
    },
  })
  old.close()
  const never = vi.fn()
  const db = await temporaryDatabase({ name, migrations: [never, shout] })
  expect(never).not.toHaveBeenCalled()
  expect((await db.get('collections', 'x'))?.name).toBe('MADE BY HAND')
})

test('a migration that fails undoes the upgrade and leaves the old database', async () => {
  const name = temporaryName()
  const first = await openDatabase({ name })
  await setSetting(first, 'theme', 'dark')
  first.close()
  const failing: Migration = async (_db, transaction) => {
    await transaction.objectStore('settings').clear()
    throw new Error('the step is wrong')
  }
  await expect(openDatabase({ name, migrations: [...migrations, failing] })).rejects.toBeInstanceOf(StorageUnavailable)
  const db = await temporaryDatabase({ name })
  expect(await getSetting(db, 'theme')).toBe('dark')
})

test('refuses a database of a newer version of the page', async () => {
  const name = temporaryName()
  const newer = await openDatabase({ name, migrations: [...migrations, shout] })
  newer.close()
  await expect(openDatabase({ name })).rejects.toMatchObject({ key: 'storageUnavailable', params: { reason: 'newer' } })
})

test('an old tab lets go for a newer version and says so', async () => {
  const name = temporaryName()
  const onBlocking = vi.fn()
  const onBlocked = vi.fn()
  const old = await openDatabase({ name, onBlocking })
  const db = await temporaryDatabase({ name, onBlocked, migrations: [...migrations, shout] })
  expect(onBlocking).toHaveBeenCalledOnce()
  expect(onBlocked).not.toHaveBeenCalled()
  await expect(setSetting(old, 'theme', 'dark')).rejects.toMatchObject({
    key: 'storageUnavailable',
    params: { reason: 'closed' },
  })
  await setSetting(db, 'theme', 'dark')
})

test('says when another tab does not let go, and opens once it does', async () => {
  const name = temporaryName()
  // Without a `blocking` callback the connection stays open, as a tab does that is frozen.
  const stubborn = await openDB(name, 1)
  const onBlocked = vi.fn(() => stubborn.close())
  const db = await temporaryDatabase({ name, onBlocked, migrations: [() => {}, ...migrations] })
  expect(onBlocked).toHaveBeenCalledOnce()
  expect(db.version).toBe(migrations.length + 1)
})

test('opens again when the browser ends the connection', async () => {
  const name = temporaryName()
  const terminated = deferred<{ reopened: Promise<Database> }>()
  await openDatabase({ name, onTerminated: (reopened) => terminated.resolve({ reopened }) })
  await cdp().send('Storage.clearDataForOrigin', { origin: location.origin, storageTypes: 'indexeddb' })
  const reopened = await (await terminated.promise).reopened
  expect(await reopened.count('documents')).toBe(0)
  reopened.close()
})

test('says that storage is unavailable where IndexedDB is forbidden', async () => {
  const spy = vi.spyOn(IDBFactory.prototype, 'open').mockImplementation(() => {
    throw new DOMException('forbidden', 'SecurityError')
  })
  await expect(openDatabase({ name: 'forbidden' })).rejects.toMatchObject({
    key: 'storageUnavailable',
    params: { reason: 'blocked' },
  })
  spy.mockRestore()
})
