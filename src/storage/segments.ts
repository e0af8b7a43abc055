import type { DocumentHash } from '../domain'
import type { LexicalSegment } from '../retrieval/lexical/segment'
import type { Database } from './database'
import { write } from './transaction'

/** The postings of a document, or undefined. */
export const getSegment = (db: Database, hash: DocumentHash): Promise<LexicalSegment | undefined> =>
  db.get('segments', hash)

/** The segments of `hashes` that exist, in one read. */
export async function getSegments(db: Database, hashes: readonly DocumentHash[]): Promise<LexicalSegment[]> {
  const store = db.transaction('segments').store
  const segments = await Promise.all(hashes.map((hash) => store.get(hash)))
  return segments.filter((segment) => segment !== undefined)
}

/**
 * Puts a segment rebuilt from its passages (after a change of tokenizer) in place of the old one. Not strict: it can be
 * built again. False, and nothing is kept, when its document has been removed meanwhile.
 */
export const replaceSegment = (db: Database, segment: LexicalSegment): Promise<boolean> =>
  write(db, ['documents', 'segments'], 'relaxed', async (transaction) => {
    const known = await transaction.objectStore('documents').getKey(segment.document)
    if (known === undefined) return false
    await transaction.objectStore('segments').put(segment)
    return true
  })
