import { openDB, type IDBPDatabase } from 'idb'
import { FumikuraError, StorageFull, StorageUnavailable } from '../errors'
import { migrate, migrations, type Migration } from './migrations'
import { renewLog } from './renew-log'
import type { Fumikura } from './schema'

export type Database = IDBPDatabase<Fumikura>

export const DATABASE_NAME = 'fumikura'

export interface OpenDatabaseOptions {
  /** Default "fumikura". */
  name?: string
  /** An older version is open in another tab and does not let go: opening waits until that tab is closed. */
  onBlocked?: () => void
  /** A newer version of the page wants the database (or it is being deleted): this connection has closed itself. */
  onBlocking?: () => void
  /**
   * The browser ended the connection (site data cleared, disk failure). `reopened` is the next connection, or rejects
   * with StorageUnavailable; a database whose data was cleared comes back empty.
   */
  onTerminated?: (reopened: Promise<Database>) => void
  /** Default: those of this version of the page. */
  migrations?: readonly Migration[]
}

/**
 * Opens the database in a window or a worker, creating or upgrading it as needed.
 * @throws StorageUnavailable where IndexedDB is missing or forbidden (`reason: "blocked"`), or the database belongs to a
 *   newer version of the page (`reason: "newer"`)
 * @throws StorageFull when there is no room even to create it
 */
export async function openDatabase(options: OpenDatabaseOptions = {}): Promise<Database> {
  const { name = DATABASE_NAME, onBlocked, onBlocking, onTerminated, migrations: steps = migrations } = options
  try {
    const db = await openDB<Fumikura>(name, steps.length, {
      upgrade(db, oldVersion, _newVersion, transaction) {
        void migrate(db, transaction, oldVersion, steps)
      },
      blocked() {
        onBlocked?.()
      },
      blocking(_currentVersion, _blockedVersion, event) {
        ;(event.target as IDBDatabase).close()
        onBlocking?.()
      },
      terminated() {
        onTerminated?.(reopen(options))
      },
    })
    void renewLog()
    return db
  } catch (error) {
    throw openingError(error)
  }
}

/** The browser may still be at what it ended the connection for (clearing the data takes a moment): tries for two seconds. */
async function reopen(options: OpenDatabaseOptions): Promise<Database> {
  for (let wait = 30; wait < 1000; wait *= 2) {
    try {
      return await openDatabase(options)
    } catch {
      await new Promise((resolve) => setTimeout(resolve, wait))
    }
  }
  return openDatabase(options)
}

function openingError(error: unknown): FumikuraError {
  const name = error instanceof Error || error instanceof DOMException ? error.name : ''
  if (name === 'QuotaExceededError') return new StorageFull()
  const unavailable = new StorageUnavailable({
    reason: name === 'VersionError' ? 'newer' : 'blocked',
    detail: error instanceof Error ? `${name}: ${error.message}` : String(error),
  })
  unavailable.cause = error
  return unavailable
}
