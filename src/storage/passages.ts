import type { DocumentHash, Passage, PassageId } from '../domain'
import type { Database } from './database'
import { ofDocument } from './pages'

/** All passages of a document, by ordinal. */
export const getPassages = (db: Database, hash: DocumentHash): Promise<Passage[]> =>
  db.getAll('passages', ofDocument(hash))

/** The passage at `ordinal` (from 0), or undefined. */
export const getPassage = (db: Database, hash: DocumentHash, ordinal: number): Promise<Passage | undefined> =>
  db.get('passages', [hash, ordinal])

/** The passage with this id, or undefined: its document was removed, or has been cut anew since. */
export const getPassageById = (db: Database, id: PassageId): Promise<Passage | undefined> =>
  db.getFromIndex('passages', 'id', id)
