import type { CollectionId, DocumentHash } from '../domain'
import type { Database } from './database'

/** What was changed in the database; every tab and worker of the origin hears of it and reads anew what it shows. */
export interface Change {
  what: 'collections' | 'documents' | 'queue' | 'turns' | 'settings' | 'vectors' | 'lab'
  /** The collection concerned, where it is one. */
  collection?: CollectionId
  /** The document that has got vectors, where they are what changed. */
  document?: DocumentHash
}

const channelName = (databaseName: string) => `fumikura-changes/${databaseName}`

/** Tells everyone, this thread's own listeners included. Called after the transaction is complete. */
export function announce(db: Database, change: Change): void {
  const channel = new BroadcastChannel(channelName(db.name))
  channel.postMessage(change)
  // What was posted is still delivered; an open channel would keep the thread from being collected.
  channel.close()
}

/** Calls `listener` on every change from any tab or worker, until the function returned is called. */
export function onChange(db: Database, listener: (change: Change) => void): () => void {
  const channel = new BroadcastChannel(channelName(db.name))
  channel.onmessage = (event: MessageEvent<Change>) => listener(event.data)
  return () => channel.close()
}
