import { readdirSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Cuts the browser's write-ahead log in the middle of its last record, as a kill does that comes in the middle of writing it.
 * @param profile of a browser that is not running
 * @returns false where there is no such log: a browser that keeps its databases in another way
 */
export function cutLog(profile: string): boolean {
  const databases = join(profile, 'Default', 'IndexedDB')
  const logs = readdirSync(databases)
    .filter((name) => name.endsWith('.leveldb'))
    .flatMap((folder) => readdirSync(join(databases, folder)).map((file) => join(databases, folder, file)))
    .filter((path) => path.endsWith('.log') && statSync(path).size > 100)
    .sort()
  const last = logs.at(-1)
  if (!last) return false
  truncateSync(last, statSync(last).size - 3)
  return true
}
