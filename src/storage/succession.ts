import type { Alternative, Answer, Citation, CollectionId, DocumentHash, Page } from '../domain'
import { mentions, type MENTIONING_STORES } from './removal'
import type { PreparedDocument } from './schema'
import { excludedKey } from './settings'
import type { Transaction } from './transaction'

type Mentioning = Transaction<(typeof MENTIONING_STORES)[number]>

/**
 * Makes what mentioned a document mention its new version: checkboxes, files waiting to replace it, and citations in the
 * history whose sentence stands unchanged at its place. A citation whose sentence moved or changed keeps the old hash; the
 * interface says that it comes from an earlier version.
 */
export async function moveMentions(
  transaction: Mentioning,
  from: DocumentHash,
  to: PreparedDocument,
  collections: readonly CollectionId[],
): Promise<void> {
  await Promise.all([
    ...collections.map((collection) => moveExclusion(transaction, collection, from, to.document.hash)),
    moveQueued(transaction, from, to.document.hash),
    moveTurns(transaction, from, to),
  ])
}

const renamed = (hashes: readonly DocumentHash[], from: DocumentHash, to: DocumentHash): DocumentHash[] => [
  ...new Set(hashes.map((hash) => (hash === from ? to : hash))),
]

async function moveExclusion(transaction: Mentioning, collection: CollectionId, from: DocumentHash, to: DocumentHash) {
  const settings = transaction.objectStore('settings')
  const excluded = (await settings.get(excludedKey(collection))) as DocumentHash[] | undefined
  if (excluded?.includes(from)) await settings.put(renamed(excluded, from, to), excludedKey(collection))
}

async function moveQueued(transaction: Mentioning, from: DocumentHash, to: DocumentHash) {
  for await (const cursor of transaction.objectStore('queue')) {
    if (cursor.value.replaces === from) await cursor.update({ ...cursor.value, replaces: to })
  }
}

async function moveTurns(transaction: Mentioning, from: DocumentHash, to: PreparedDocument) {
  const move = (citation: Citation) => moveCitation(citation, from, to)
  for await (const cursor of transaction.objectStore('turns')) {
    if (!mentions(cursor.value, from)) continue
    const { evidence, alternatives, ...turn } = cursor.value
    await cursor.update({
      ...turn,
      ...(turn.documents && { documents: renamed(turn.documents, from, to.document.hash) }),
      ...(turn.answer && { answer: moveCitations(turn.answer, move) }),
      ...(alternatives && { alternatives: alternatives.map((one) => moveAlternative(one, move)) }),
      // Passages of an earlier version are not read again.
      ...(evidence?.every(({ document }) => document !== from) && { evidence }),
    })
  }
}

const moveAlternative = (alternative: Alternative, move: (citation: Citation) => Citation): Alternative =>
  alternative.answer ? { ...alternative, answer: moveCitations(alternative.answer, move) } : alternative

function moveCitations(answer: Answer, move: (citation: Citation) => Citation): Answer {
  return {
    ...answer,
    nearest: answer.nearest.map(move),
    sentences: answer.sentences.map((sentence) => ({ ...sentence, citations: sentence.citations.map(move) })),
  }
}

const withoutSpace = (text: string) => text.replace(/\s+/g, '')

function moveCitation(citation: Citation, from: DocumentHash, to: PreparedDocument): Citation {
  if (citation.document !== from) return citation
  const pages = new Map<number, Page>(to.pages.map((page) => [page.number, page]))
  const found = citation.spans.map((span) => pages.get(span.page)?.text.slice(span.start, span.end) ?? '').join('')
  if (withoutSpace(found) !== withoutSpace(citation.quote)) return citation
  const passage = to.passages.find((candidate) => covers(candidate.pieces, citation))
  if (!passage) return citation
  return { ...citation, document: to.document.hash, documentName: to.document.name, passage: passage.id }
}

function covers(pieces: PreparedDocument['passages'][number]['pieces'], citation: Citation): boolean {
  return citation.spans.every((span) =>
    pieces.some(
      (piece) => piece.page === span.page && piece.start < span.end && span.start < piece.start + piece.length,
    ),
  )
}
