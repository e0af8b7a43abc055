import type { IDBPDatabase, IDBPTransaction, StoreNames } from 'idb'
import type { Fumikura } from './schema'

type Upgrading = IDBPTransaction<Fumikura, StoreNames<Fumikura>[], 'versionchange'>

/**
 * One step from a version of the database to the next. It may await requests of `transaction` and nothing else: the
 * transaction commits by itself when it has none left.
 */
export type Migration = (db: IDBPDatabase<Fumikura>, transaction: Upgrading) => void | Promise<void>

/** Version 1: everything that issue 2 needs. */
const createStores: Migration = (db) => {
  db.createObjectStore('collections', { keyPath: 'id' })
  db.createObjectStore('documents', { keyPath: 'hash' }).createIndex('collection', 'collections', { multiEntry: true })
  db.createObjectStore('files', { keyPath: 'hash' })
  db.createObjectStore('pages', { keyPath: ['document', 'number'] })
  db.createObjectStore('passages', { keyPath: ['document', 'ordinal'] }).createIndex('id', 'id')
  db.createObjectStore('segments', { keyPath: 'document' })
  db.createObjectStore('queue', { keyPath: 'id' })
  db.createObjectStore('turns', { keyPath: 'id' }).createIndex('collection', 'collection')
  db.createObjectStore('settings')
}

/** Version 2: vectors of passages. Documents that are there already have none yet, and are embedded from their passages. */
const createVectorStores: Migration = (db) => {
  const packs = db.createObjectStore('vectorPacks', { keyPath: ['space', 'pack'] })
  packs.createIndex('document', 'documents', { multiEntry: true })
  db.createObjectStore('coarsePlanes', { keyPath: ['space', 'pack'] })
  db.createObjectStore('finePlanes', { keyPath: ['space', 'pack'] })
}

/** Version 3: the Lab's question sets, runs and results. */
const createLabStores: Migration = (db) => {
  db.createObjectStore('labSets', { keyPath: 'id' })
  db.createObjectStore('labRuns', { keyPath: 'id' })
  db.createObjectStore('labResults', { keyPath: ['run', 'key'] })
}

/** Step i leads from version i to version i + 1. Steps are only ever appended: databases of every version are out there. */
export const migrations: readonly Migration[] = [createStores, createVectorStores, createLabStores]

/** Runs the steps after `from`; when one fails the whole upgrade is undone and opening rejects. */
export async function migrate(
  db: IDBPDatabase<Fumikura>,
  transaction: Upgrading,
  from: number,
  steps: readonly Migration[],
): Promise<void> {
  try {
    for (const step of steps.slice(from)) {
      const pending = step(db, transaction)
      if (pending) await pending
    }
  } catch {
    // `openDB` rejects with the abort; `done` would tell it a second time.
    transaction.done.catch(() => undefined)
    transaction.abort()
  }
}
