import type { IDBPObjectStore, IDBPTransaction, StoreNames } from 'idb'
import { FumikuraError, StorageFull, StorageUnavailable, toFumikuraError } from '../errors'
import type { Database } from './database'
import type { Fumikura } from './schema'

type Store = StoreNames<Fumikura>

/** A transaction, readwrite by default, as seen by code that needs `Stores` of it: one over more stores may be passed. */
export interface Transaction<Stores extends Store, Mode extends IDBTransactionMode = 'readwrite'> {
  objectStore<Name extends Stores>(name: Name): IDBPObjectStore<Fumikura, Store[], Name, Mode>
}

/** Name of the Web Lock under which documents are written: one writer at a time over all tabs and workers. */
export const WRITE_LOCK = 'fumikura-write'

/**
 * Runs `body` in one readwrite transaction over `stores`: all of its requests take effect, or none. `body` awaits requests
 * of this transaction and nothing else; what it needs must be computed before. Resolves when the data is kept: with
 * durability "strict", when it has been flushed to the disk.
 * @throws StorageFull when the browser refuses to keep more; whatever `body` throws, after undoing its requests
 */
export async function write<Stores extends Store, Result>(
  db: Database,
  stores: Stores[],
  durability: 'strict' | 'relaxed',
  body: (transaction: Transaction<Stores>) => Promise<Result>,
): Promise<Result> {
  const transaction = begin(db, stores, durability)
  // Requests of an aborted transaction all fail with AbortError; what aborted it stands in `transaction.error`.
  const finished = transaction.done.catch((error: unknown) => {
    throw transaction.error ?? error
  })
  finished.catch(() => undefined)
  try {
    const result = await body(transaction as unknown as Transaction<Stores>)
    await finished
    return result
  } catch (error) {
    abort(transaction)
    throw reasonOf(transaction.error ?? error)
  }
}

/** `write`, strict, as the only writer over all tabs where the browser has Web Locks. */
export function writeAlone<Stores extends Store, Result>(
  db: Database,
  stores: Stores[],
  body: (transaction: Transaction<Stores>) => Promise<Result>,
): Promise<Result> {
  const run = () => write(db, stores, 'strict', body)
  const locks = webLocks()
  return locks ? locks.request(WRITE_LOCK, run) : run()
}

/**
 * Issues requests of one transaction without waiting between them, then waits for all. A request that throws at once (a
 * value that cannot be cloned) is told like one that fails later, and those issued before it are not left unheard.
 */
export async function issue(requests: readonly (() => Promise<unknown>)[]): Promise<void> {
  await Promise.all(requests.map(async (request) => request()))
}

/** The browser's lock manager; absent in insecure contexts and in old browsers. */
export function webLocks(): LockManager | undefined {
  return typeof navigator === 'undefined' || !('locks' in navigator) ? undefined : navigator.locks
}

function begin<Stores extends Store>(
  db: Database,
  stores: Stores[],
  durability: 'strict' | 'relaxed',
): IDBPTransaction<Fumikura, Stores[], 'readwrite'> {
  try {
    return db.transaction(stores, 'readwrite', { durability })
  } catch (error) {
    // The connection was closed: a newer page took the database over, or the browser ended it.
    throw new StorageUnavailable({ reason: 'closed', detail: String(error) })
  }
}

function abort(transaction: { abort(): void }): void {
  try {
    transaction.abort()
  } catch {
    // It has finished already: aborted by the browser, or by its own request.
  }
}

/** Chromium names a full disk QuotaExceededError, sometimes UnknownError with the word in its message. */
function reasonOf(error: unknown): unknown {
  if (error instanceof FumikuraError) return error
  if (error instanceof DOMException && error.name === 'AbortError') return error
  if (error instanceof DOMException && /quota|disk.*full|no space/i.test(error.message)) return new StorageFull()
  return toFumikuraError(error)
}
