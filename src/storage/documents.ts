import type { CollectionId, Document, DocumentHash } from '../domain'
import { carryVectors } from './carry-vectors'
import { announce } from './changes'
import type { Database } from './database'
import { packPage } from './pages'
import { forgetInCollection, MENTIONING_STORES, removeContent, removeDocument } from './removal'
import type { PreparedDocument } from './schema'
import { moveMentions } from './succession'
import { issue, writeAlone, type Transaction } from './transaction'
import { putPack } from './vector-packs'

export interface CommitOptions {
  /** Hash of the document that this is a new version of: it goes, and its place in every collection is taken. */
  replaces?: DocumentHash
  /** The row of the queue that the file came from: it goes in the same transaction. */
  queueId?: string
}

type Committing = Transaction<(typeof MENTIONING_STORES)[number] | 'collections'>

/** The document with this hash (the same file was added before), or undefined. */
export const getDocument = (db: Database, hash: DocumentHash): Promise<Document | undefined> =>
  db.get('documents', hash)

/** Documents of one collection, or all of them, in the order they were added. */
export async function listDocuments(db: Database, collection?: CollectionId): Promise<Document[]> {
  const documents =
    collection === undefined
      ? await db.getAll('documents')
      : await db.getAllFromIndex('documents', 'collection', collection)
  return documents.sort((a, b) => a.added - b.added || (a.name < b.name ? -1 : 1))
}

/**
 * Keeps a document and all that belongs to it in one strict transaction: when this resolves it is on the disk whole, when
 * it rejects there is nothing of it and what was there before is untouched.
 *
 * A document that is there already (two tabs added it at once, or it was read again) stays in its collections and keeps
 * the time it was added.
 * @returns the document as kept
 * @throws StorageFull when the browser refuses to keep more
 * @throws AbortError when every collection it was meant for has been deleted meanwhile, or its row in the queue (in another tab)
 */
export async function commitDocument(
  db: Database,
  prepared: PreparedDocument,
  options: CommitOptions = {},
): Promise<Document> {
  const { hash } = prepared.document
  const pages = prepared.pages.map((page) => packPage(hash, page))
  const kept = await writeAlone(db, [...MENTIONING_STORES, 'collections'], async (transaction) => {
    if (options.queueId !== undefined && !(await transaction.objectStore('queue').getKey(options.queueId)))
      throw new DOMException('the file was taken off the queue meanwhile', 'AbortError')
    const document = await placeInCollections(transaction, prepared.document, options.replaces)
    const carried = await carryVectors(transaction, new Set([hash, options.replaces ?? hash]), prepared)
    await removeContent(transaction, hash)
    if (options.replaces !== undefined && options.replaces !== hash) {
      await removeContent(transaction, options.replaces)
      await moveMentions(transaction, options.replaces, prepared, document.collections)
    }
    await issue([
      () => transaction.objectStore('documents').put(document),
      () => transaction.objectStore('files').put({ hash, file: prepared.file }),
      () => transaction.objectStore('segments').put(prepared.segment),
      ...pages.map((page) => () => transaction.objectStore('pages').put(page)),
      ...prepared.passages.map((passage) => () => transaction.objectStore('passages').put(passage)),
      ...carried.map((pack) => () => putPack(transaction, pack)),
    ])
    if (options.queueId !== undefined) await transaction.objectStore('queue').delete(options.queueId)
    return document
  })
  announce(db, { what: 'documents' })
  if (options.queueId !== undefined) announce(db, { what: 'queue' })
  return kept
}

/** The document with the collections it belongs to: its own, those it was in, those of the one it replaces; if they exist. */
async function placeInCollections(
  transaction: Committing,
  document: Document,
  replaces: DocumentHash | undefined,
): Promise<Document> {
  const documents = transaction.objectStore('documents')
  const [earlier, replaced, existing] = await Promise.all([
    documents.get(document.hash),
    replaces === undefined ? undefined : documents.get(replaces),
    transaction.objectStore('collections').getAllKeys(),
  ])
  const wanted = new Set([...document.collections, ...(earlier?.collections ?? []), ...(replaced?.collections ?? [])])
  const collections = [...wanted].filter((id) => existing.includes(id))
  if (!collections.length) throw new DOMException('the collection was deleted meanwhile', 'AbortError')
  return { ...document, added: earlier?.added ?? document.added, collections }
}

/**
 * Puts a document that is there already into one more collection.
 * @returns the document as kept; undefined when it or the collection is gone
 */
export async function addToCollection(
  db: Database,
  hash: DocumentHash,
  collection: CollectionId,
): Promise<Document | undefined> {
  const kept = await writeAlone(db, ['documents', 'collections'], async (transaction) => {
    const [document, known] = await Promise.all([
      transaction.objectStore('documents').get(hash),
      transaction.objectStore('collections').getKey(collection),
    ])
    if (!document || known === undefined) return undefined
    const changed = { ...document, collections: [...new Set([...document.collections, collection])] }
    await transaction.objectStore('documents').put(changed)
    return changed
  })
  if (kept) announce(db, { what: 'documents', collection })
  return kept
}

/** Takes a document out of a collection; out of its last one, it is removed with all that belongs to it. */
export async function removeFromCollection(db: Database, hash: DocumentHash, collection: CollectionId): Promise<void> {
  await writeAlone(db, [...MENTIONING_STORES], (transaction) => leaveCollection(transaction, hash, collection))
  announce(db, { what: 'documents', collection })
}

/** Within a transaction: `removeFromCollection`. */
export async function leaveCollection(
  transaction: Transaction<(typeof MENTIONING_STORES)[number]>,
  hash: DocumentHash,
  collection: CollectionId,
): Promise<void> {
  const document = await transaction.objectStore('documents').get(hash)
  if (!document?.collections.includes(collection)) return
  const collections = document.collections.filter((other) => other !== collection)
  if (!collections.length) return removeDocument(transaction, document)
  await Promise.all([
    transaction.objectStore('documents').put({ ...document, collections }),
    forgetInCollection(transaction, collection, hash),
  ])
}

/** Removes a document from every collection, with its file, pages, passages, postings, and the answers that quote it. */
export async function deleteDocument(db: Database, hash: DocumentHash): Promise<void> {
  await writeAlone(db, [...MENTIONING_STORES], async (transaction) => {
    const document = await transaction.objectStore('documents').get(hash)
    if (document) await removeDocument(transaction, document)
  })
  announce(db, { what: 'documents' })
}
