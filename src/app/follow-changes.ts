import { onChange, type Change } from '../storage/changes'
import type { Database } from '../storage/database'

/**
 * Reads anew what is shown when a worker or another tab has changed it, until the function returned is called. A read that
 * fails leaves what is shown: the connection was closed under it, and then the page says that it is out of date.
 */
export function followChanges(
  db: Database,
  refresh: Partial<Record<Change['what'], () => Promise<unknown> | void>>,
): () => void {
  return onChange(db, ({ what }) => {
    Promise.resolve(refresh[what]?.()).catch(() => undefined)
  })
}
