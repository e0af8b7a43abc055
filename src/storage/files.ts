import type { DocumentHash } from '../domain'
import type { Database } from './database'

/** The original bytes of a document, or undefined. */
export async function getFile(db: Database, hash: DocumentHash): Promise<Blob | undefined> {
  return (await db.get('files', hash))?.file
}
