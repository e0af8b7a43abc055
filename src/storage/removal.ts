import type { Answer, Citation, CollectionId, Document, DocumentHash, Turn } from '../domain'
import { ofDocument } from './pages'
import { excludedKey, summaryKey } from './settings'
import type { Transaction } from './transaction'
import { VECTOR_STORES } from './vector-packs'
import { removeVectors } from './vectors'

/** The stores that hold something of a document under its own hash. */
export const CONTENT_STORES = ['documents', 'files', 'pages', 'passages', 'segments', ...VECTOR_STORES] as const

/** The stores that may mention a document: content, what is to replace it, answers that quote it, its checkbox. */
export const MENTIONING_STORES = [...CONTENT_STORES, 'queue', 'turns', 'settings'] as const

type Content = Transaction<(typeof CONTENT_STORES)[number]>
type Mentioning = Transaction<(typeof MENTIONING_STORES)[number]>

/** Removes what a document consists of. Within a transaction; part of every removal and replacement. */
export async function removeContent(transaction: Content, hash: DocumentHash): Promise<void> {
  await Promise.all([
    transaction.objectStore('documents').delete(hash),
    transaction.objectStore('files').delete(hash),
    transaction.objectStore('pages').delete(ofDocument(hash)),
    transaction.objectStore('passages').delete(ofDocument(hash)),
    transaction.objectStore('segments').delete(hash),
    removeVectors(transaction, hash),
  ])
}

/** Removes a document and every trace of it: a person who deletes a document does not expect its sentences to stay. */
export async function removeDocument(transaction: Mentioning, document: Document): Promise<void> {
  await Promise.all([
    removeContent(transaction, document.hash),
    ...document.collections.map((collection) => include(transaction, collection, document.hash)),
    forgetReplacing(transaction, document.hash),
    forgetTurns(transaction, document.hash),
  ])
}

/** Removes what one collection remembers of a document: its unticked checkbox and the answers that quote it. */
export async function forgetInCollection(
  transaction: Mentioning,
  collection: CollectionId,
  hash: DocumentHash,
): Promise<void> {
  await Promise.all([include(transaction, collection, hash), forgetTurns(transaction, hash, collection)])
}

/** A document that is gone is no longer among the excluded ones. */
async function include(transaction: Mentioning, collection: CollectionId, hash: DocumentHash): Promise<void> {
  const settings = transaction.objectStore('settings')
  const excluded = (await settings.get(excludedKey(collection))) as DocumentHash[] | undefined
  if (!excluded?.includes(hash)) return
  await settings.put(
    excluded.filter((other) => other !== hash),
    excludedKey(collection),
  )
}

/** A waiting file that was to replace the document is now simply a new one. */
async function forgetReplacing(transaction: Mentioning, hash: DocumentHash): Promise<void> {
  for await (const cursor of transaction.objectStore('queue')) {
    const { replaces, ...row } = cursor.value
    if (replaces === hash) await cursor.update(row)
  }
}

/**
 * A turn as it may be kept: a document may have been removed from its collection while its question was answered, or since it
 * was deleted. Undefined where its answer quotes such a document. Within a transaction.
 */
export async function lasting(
  transaction: Transaction<'documents', 'readwrite'>,
  turn: Turn,
): Promise<Turn | undefined> {
  let left = turn
  for (const hash of documentsOf(turn)) {
    const document = await transaction.objectStore('documents').get(hash)
    if (document?.collections.includes(turn.collection)) continue
    if (quotes(turn.answer, hash)) return undefined
    left = without(left, hash)
  }
  return left
}

/** Every document that a turn tells something of. */
function documentsOf({ answer, documents = [], evidence = [], alternatives = [] }: Turn): Set<DocumentHash> {
  const cited = [answer, ...alternatives.map((one) => one.answer)].flatMap(citationsOf)
  return new Set([...documents, ...[...evidence, ...cited].map(({ document }) => document)])
}

async function forgetTurns(transaction: Mentioning, hash: DocumentHash, collection?: CollectionId): Promise<void> {
  const range = collection === undefined ? null : IDBKeyRange.only(collection)
  for await (const cursor of transaction.objectStore('turns').index('collection').iterate(range)) {
    const turn = cursor.value
    if (quotes(turn.answer, hash)) {
      await cursor.delete()
      await transaction.objectStore('settings').delete(summaryKey(turn.collection))
    } else if (mentions(turn, hash)) await cursor.update(without(turn, hash))
  }
}

/** The turn without what it says of a document; from the passages that are left, its question is not answered again. */
function without({ evidence, alternatives, ...turn }: Turn, hash: DocumentHash): Turn {
  const left = alternatives?.filter(({ answer }) => !quotes(answer, hash)) ?? []
  return {
    ...turn,
    ...(turn.documents && { documents: turn.documents.filter((other) => other !== hash) }),
    ...(evidence && !holds(evidence, hash) && { evidence }),
    ...(left.length > 0 && { alternatives: left }),
  }
}

const holds = (evidence: Turn['evidence'], hash: DocumentHash): boolean =>
  evidence?.some(({ document }) => document === hash) ?? false

const quotes = (answer: Answer | undefined, hash: DocumentHash): boolean =>
  citationsOf(answer).some((citation) => citation.document === hash)

/** Every citation of an answer, those of a refusal included. */
function citationsOf(answer: Answer | undefined): Citation[] {
  return answer ? [...answer.sentences.flatMap((sentence) => sentence.citations), ...answer.nearest] : []
}

/** A turn one of whose answers quotes the document, whose question was limited to it, or for which it was found. */
export const mentions = ({ answer, documents, evidence, alternatives = [] }: Turn, hash: DocumentHash): boolean =>
  [{ answer }, ...alternatives].some((one) => quotes(one.answer, hash)) ||
  (documents?.includes(hash) ?? false) ||
  holds(evidence, hash)
