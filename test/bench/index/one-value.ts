import { openDB } from 'idb'

const open = (name: string) => openDB(name, 1, { upgrade: (db) => void db.createObjectStore('index') })

/** Keeps an index that comes in one piece as the only value of a database. */
export async function saveValue(name: string, value: Float32Array | string): Promise<void> {
  const db = await open(name)
  await db.put('index', value, 0)
  db.close()
}

export async function loadValue(name: string): Promise<unknown> {
  const db = await open(name)
  const value: unknown = await db.get('index', 0)
  db.close()
  return value
}
