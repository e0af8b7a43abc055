import { deleteDB } from 'idb'
import { onTestFinished } from 'vitest'
import type { CollectionId } from '../../../src/domain'
import { openDatabase, type Database, type OpenDatabaseOptions } from '../../../src/storage/database'

/** A database of its own for one test, gone when the test is over. */
export async function temporaryDatabase(options: OpenDatabaseOptions = {}): Promise<Database> {
  const name = options.name ?? temporaryName()
  const db = await openDatabase({ ...options, name })
  onTestFinished(() => db.close())
  return db
}

export function temporaryName(): string {
  const name = `storage-test-${crypto.randomUUID()}`
  onTestFinished(async () => {
    await deleteDB(name)
  })
  return name
}

/** Puts empty collections with these ids, so that documents may be committed into them. */
export async function withCollections(db: Database, ...ids: CollectionId[]): Promise<void> {
  for (const id of ids) await db.put('collections', { id, name: id, created: ids.indexOf(id) })
}

/** Names of the stores that hold `needle` anywhere in a key or a value. */
export async function storesMentioning(db: Database, needle: string): Promise<string[]> {
  const found: string[] = []
  for (const store of db.objectStoreNames) {
    const everything = [await db.getAllKeys(store), await db.getAll(store)]
    if (JSON.stringify(everything).includes(needle)) found.push(store)
  }
  return found.sort()
}

/** How many rows each store has. */
export async function rowCounts(db: Database): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const store of db.objectStoreNames) counts[store] = await db.count(store)
  return counts
}

export interface Deferred<Value> {
  promise: Promise<Value>
  resolve: (value: Value) => void
}

/** A promise that the test resolves itself. */
export function deferred<Value>(): Deferred<Value> {
  let resolve: (value: Value) => void = () => undefined
  const promise = new Promise<Value>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}
