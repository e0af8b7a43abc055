import { deleteDB, openDB } from 'idb'

const SCRATCH = 'fumikura-scratch'

let renewed: Promise<void> | undefined

/**
 * Makes the browser begin a new write-ahead log for the databases of this origin; once in the life of a thread.
 *
 * Chromium keeps them in LevelDB and goes on in the log of the session before. When that session was killed in the middle
 * of writing a record, the record is rightly left out at the next start, but what is then written stands behind half a
 * record, and the start after that takes the log for corrupted and deletes every database of the origin
 * (github.com/google/leveldb/issues/1287; seen once in 24 kills by `npm run bench -- kill`, and after every one that cuts
 * the log). Deleting a database, even an empty one, makes LevelDB move what its log holds into a table and drop the log.
 */
export function renewLog(): Promise<void> {
  renewed ??= makeAndDelete().catch(() => undefined) // nothing depends on it but the next start
  return renewed
}

async function makeAndDelete(): Promise<void> {
  const scratch = await openDB(SCRATCH, 1, { upgrade: (db) => void db.createObjectStore('nothing') })
  scratch.close()
  await deleteDB(SCRATCH)
}
