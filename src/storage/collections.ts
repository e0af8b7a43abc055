import type { Collection, CollectionId, Language } from '../domain'
import { announce } from './changes'
import type { Database } from './database'
import { leaveCollection } from './documents'
import { MENTIONING_STORES } from './removal'
import { adaptersKey, excludedKey, summaryKey } from './settings'
import { write, writeAlone } from './transaction'

/** All collections, in the order they were made. */
export async function listCollections(db: Database): Promise<Collection[]> {
  const collections = await db.getAll('collections')
  return collections.sort((a, b) => a.created - b.created)
}

export const getCollection = (db: Database, id: CollectionId): Promise<Collection | undefined> =>
  db.get('collections', id)

/** Makes a collection. Of a built-in sample there is only one: asking again gives the one that is there. */
export async function createCollection(db: Database, name: string, sample?: Language): Promise<Collection> {
  const made: Collection = { id: crypto.randomUUID(), name, created: Date.now(), ...(sample && { sample }) }
  const collection = await write(db, ['collections'], 'strict', async (transaction) => {
    const existing =
      sample && (await transaction.objectStore('collections').getAll()).find((other) => other.sample === sample)
    if (existing) return existing
    await transaction.objectStore('collections').add(made)
    return made
  })
  announce(db, { what: 'collections', collection: collection.id })
  return collection
}

/** Does nothing when the collection is gone. */
export async function renameCollection(db: Database, id: CollectionId, name: string): Promise<void> {
  await write(db, ['collections'], 'strict', async (transaction) => {
    const collection = await transaction.objectStore('collections').get(id)
    if (collection) await transaction.objectStore('collections').put({ ...collection, name })
  })
  announce(db, { what: 'collections', collection: id })
}

/** Deletes a collection with its history, its waiting files, and the documents that are in no other collection. */
export async function deleteCollection(db: Database, id: CollectionId): Promise<void> {
  await writeAlone(db, [...MENTIONING_STORES, 'collections'], async (transaction) => {
    const hashes = await transaction.objectStore('documents').index('collection').getAllKeys(id)
    for (const hash of hashes) await leaveCollection(transaction, hash, id)
    for await (const cursor of transaction.objectStore('queue')) {
      if (cursor.value.collection === id) await cursor.delete()
    }
    for await (const cursor of transaction.objectStore('turns').index('collection').iterate(id)) await cursor.delete()
    await transaction.objectStore('settings').delete(excludedKey(id))
    await transaction.objectStore('settings').delete(summaryKey(id))
    await transaction.objectStore('settings').delete(adaptersKey(id))
    await transaction.objectStore('collections').delete(id)
  })
  announce(db, { what: 'collections', collection: id })
  announce(db, { what: 'documents', collection: id })
}
