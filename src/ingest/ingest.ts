import type { Document, DocumentHash, Language, Passage } from '../domain'
import { buildSegment } from '../retrieval/lexical/build'
import type { PieceTokenizer } from '../retrieval/soft-lexicon/tokenizer'
import type { Database } from '../storage/database'
import { addToCollection, commitDocument, getDocument, type CommitOptions } from '../storage/documents'
import { getPages } from '../storage/pages'
import { getPassages } from '../storage/passages'
import type { PreparedDocument } from '../storage/schema'
import type { IngestProgress, IngestRequest, IngestResult } from '../threads/protocols'
import { sha256 } from '../documents/hash'
import { cutPassages } from '../documents/passages'
import type { PdfEnvironment } from '../documents/pdf/open'
import { bytesOf, read } from '../documents/read'
import type { ReadDocument } from '../documents/reading'

export interface IngestDependencies {
  db: Database
  environment: PdfEnvironment
  /** Of the soft lexicon; absent, or where it cannot be had: the document is indexed by words alone. */
  tokenizer?: () => Promise<PieceTokenizer | undefined>
}

type Report = (progress: IngestProgress) => void

/** Pages are told at most this often: a book passes hundreds in a second, and nobody reads faster. */
const REPORT_INTERVAL = 100

/**
 * Reads a file to the end and keeps it, with its pages, passages and postings, in one transaction.
 *
 * A file that is in the library already is recognised by its hash and not read again; it only joins the collection. A file
 * that `replaces` a document takes over the pages that have not changed, and its place. Nothing of it is kept when this
 * rejects.
 * @throws FumikuraError of `read` and `commitDocument`; AbortError when `signal` is aborted before the commit
 */
export async function ingest(
  request: IngestRequest,
  dependencies: IngestDependencies,
  onProgress: Report,
  signal: AbortSignal,
): Promise<IngestResult> {
  onProgress({ stage: 'opening' })
  signal.throwIfAborted()
  const data = await bytesOf(request.file, request.name)
  const hash = await sha256(data)
  signal.throwIfAborted()
  const known = await join(hash, request, dependencies)
  if (known) return known
  const document = await prepare(hash, data, request, dependencies, onProgress, signal)
  signal.throwIfAborted()
  onProgress({ stage: 'keeping' })
  return { document: await commitDocument(dependencies.db, document, commitOptions(request)), known: false }
}

const commitOptions = ({ replaces, queueId }: IngestRequest): CommitOptions => ({
  ...(replaces !== undefined && { replaces }),
  ...(queueId !== undefined && { queueId }),
})

/**
 * Puts a document that is in the library into the wanted collection, in place of the one that it replaces; undefined when
 * there is no such document.
 */
async function join(
  hash: DocumentHash,
  request: IngestRequest,
  { db }: IngestDependencies,
): Promise<IngestResult | undefined> {
  const { collection, replaces, name } = request
  const existing = await getDocument(db, hash)
  if (!existing) return undefined
  const member = existing.collections.includes(collection)
  if (replaces !== undefined && replaces !== hash) {
    const prepared = await loadPrepared(db, existing, request.file)
    if (!prepared) return undefined
    prepared.document = { ...existing, name, collections: [collection] }
    return { document: await commitDocument(db, prepared, commitOptions(request)), known: member }
  }
  if (member) return { document: existing, known: true }
  const document = await addToCollection(db, hash, collection)
  return document && { document, known: false }
}

/** A document of the library as it was committed. */
async function loadPrepared(db: Database, document: Document, file: Blob): Promise<PreparedDocument | undefined> {
  const [pages, passages, segment] = await Promise.all([
    getPages(db, document.hash),
    getPassages(db, document.hash),
    db.get('segments', document.hash),
  ])
  return segment && { document, file, pages, passages, segment }
}

async function prepare(
  hash: DocumentHash,
  data: ArrayBuffer,
  { file, name, collection, password, replaces }: IngestRequest,
  { db, environment, tokenizer }: IngestDependencies,
  onProgress: Report,
  signal: AbortSignal,
): Promise<PreparedDocument> {
  const previous = replaces === undefined ? undefined : await getPages(db, replaces)
  const whole = await read(file, name, {
    environment,
    data,
    signal,
    onProgress: throttledPages(onProgress),
    ...(password !== undefined && { password }),
    ...(previous?.length && { previous }),
  })
  signal.throwIfAborted()
  onProgress({ stage: 'indexing' })
  const passages = cutPassages(hash, whole)
  const document = describe(hash, whole, passages, { name, bytes: file.size, collections: [collection] })
  const segment = buildSegment(document, passages, await tokenizer?.())
  return { document, file, pages: whole.pages, passages, segment }
}

function describe(
  hash: DocumentHash,
  { type, title, pages, outline, locked, unreadablePages, changedPages }: ReadDocument,
  passages: readonly Passage[],
  rest: Pick<Document, 'name' | 'bytes' | 'collections'>,
): Document {
  return {
    ...rest,
    hash,
    type,
    added: Date.now(),
    language: mainLanguage(passages),
    ...(title !== undefined && { title }),
    pages: pages.length,
    imagePages: pages.filter(({ image }) => image).map(({ number }) => number),
    ...(unreadablePages.length > 0 && { unreadablePages }),
    passages: passages.length,
    outline,
    locked,
    ...(changedPages !== undefined && { changedPages }),
  }
}

/** The language of most of the text, measured in tokens: a Japanese character says more than a Latin letter. */
function mainLanguage(passages: readonly Passage[]): Language {
  let balance = 0
  for (const { language, tokens } of passages) balance += language === 'ja' ? tokens : -tokens
  return balance > 0 ? 'ja' : 'en'
}

function throttledPages(onProgress: Report): (page: number, pages: number) => void {
  let told = -Infinity
  return (page, pages) => {
    const now = performance.now()
    if (page < pages && now - told < REPORT_INTERVAL) return
    told = now
    onProgress({ stage: 'reading', page, pages })
  }
}
