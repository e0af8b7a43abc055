import type { CollectionId, DocumentHash } from '../domain'
import { FumikuraError, Interrupted, isAbort, toFumikuraError } from '../errors'
import { announce } from './changes'
import type { Database } from './database'
import type { QueuedFile } from './schema'
import { webLocks, write } from './transaction'

const readingLock = (id: string) => `fumikura-reading/${id}`

/** Files that are waiting, being read or refused, of one collection or all, in the order they were added. */
export async function listQueue(db: Database, collection?: CollectionId): Promise<QueuedFile[]> {
  const rows = await db.getAll('queue')
  return rows
    .filter((row) => collection === undefined || row.collection === collection)
    .sort((a, b) => a.added - b.added)
}

/**
 * Keeps a file to be read, so that it survives a reload.
 * @throws StorageFull when there is no room for it
 */
export async function enqueue(
  db: Database,
  request: { collection: CollectionId; name: string; file: Blob; replaces?: DocumentHash },
): Promise<QueuedFile> {
  const row: QueuedFile = { ...request, id: crypto.randomUUID(), added: Date.now(), state: 'waiting' }
  await write(db, ['queue'], 'strict', (transaction) => transaction.objectStore('queue').add(row))
  announce(db, { what: 'queue', collection: row.collection })
  return row
}

/** Takes a file off the queue; nothing happens when it is not there. */
export async function dequeue(db: Database, id: string): Promise<void> {
  await write(db, ['queue'], 'strict', (transaction) => transaction.objectStore('queue').delete(id))
  announce(db, { what: 'queue' })
}

/** Lets a refused file wait again. */
export const retry = (db: Database, id: string): Promise<QueuedFile | undefined> =>
  change(db, id, (row) => (row.state === 'failed' ? waiting(row) : undefined))

/**
 * Runs `read` on a waiting file as its only reader over all tabs, and keeps the outcome: what it throws becomes the row's
 * reason, and is thrown on; when it was aborted, the row waits again. `read` (or `commitDocument`) takes the row off.
 * @returns what `read` returns; undefined when another tab has the file, or it is not waiting
 */
export async function readQueued<Result>(
  db: Database,
  id: string,
  read: (row: QueuedFile) => Promise<Result>,
): Promise<Result | undefined> {
  const claimed = async () => {
    const row = await change(db, id, (row) => (row.state === 'waiting' ? { ...row, state: 'reading' } : undefined))
    return row && readClaimed(db, row, read)
  }
  const locks = webLocks()
  if (!locks) return claimed()
  return locks.request(readingLock(id), { ifAvailable: true }, (lock) => (lock ? claimed() : undefined))
}

async function readClaimed<Result>(
  db: Database,
  row: QueuedFile,
  read: (row: QueuedFile) => Promise<Result>,
): Promise<Result> {
  try {
    return await read(row)
  } catch (error) {
    if (isAbort(error)) await change(db, row.id, waiting)
    else await change(db, row.id, (current) => failed(current, toFumikuraError(error)))
    throw error
  }
}

/**
 * At start: files that were being read when their tab was closed or killed become failed with `Interrupted`. Those that
 * another tab is reading now are left alone.
 */
export async function failInterrupted(db: Database): Promise<QueuedFile[]> {
  const held = new Set((await webLocks()?.query())?.held?.map((lock) => lock.name))
  const rows = await listQueue(db)
  const dead = rows.filter((row) => row.state === 'reading' && !held.has(readingLock(row.id)))
  const changed = await Promise.all(
    dead.map((row) =>
      change(db, row.id, (current) => (current.state === 'reading' ? failed(current, new Interrupted()) : undefined)),
    ),
  )
  return changed.filter((row) => row !== undefined)
}

/** Resolves when nobody reads a file any more, be it that its tab was closed; never where the browser does not tell of that. */
export async function whenNotRead(id: string): Promise<void> {
  const locks = webLocks()
  await (locks ? locks.request(readingLock(id), { mode: 'shared' }, () => undefined) : new Promise(() => undefined))
}

function waiting(row: QueuedFile): QueuedFile {
  const next: QueuedFile = { ...row, state: 'waiting' }
  delete next.failure
  return next
}

const failed = (row: QueuedFile, error: FumikuraError): QueuedFile => ({
  ...row,
  state: 'failed',
  failure: { key: error.key, params: error.params },
})

/** Changes a row in one transaction; undefined, and nothing is written, when it is gone or `next` declines. */
async function change(
  db: Database,
  id: string,
  next: (row: QueuedFile) => QueuedFile | undefined,
): Promise<QueuedFile | undefined> {
  const changed = await write(db, ['queue'], 'strict', async (transaction) => {
    const row = await transaction.objectStore('queue').get(id)
    const wanted = row && next(row)
    if (wanted) await transaction.objectStore('queue').put(wanted)
    return wanted
  })
  if (changed) announce(db, { what: 'queue', collection: changed.collection })
  return changed
}
