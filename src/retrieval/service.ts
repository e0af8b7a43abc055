import type { Document, DocumentHash } from '../domain'
import type { Database } from '../storage/database'
import { listDocuments } from '../storage/documents'
import { getPassage, getPassages } from '../storage/passages'
import { getSegments, replaceSegment } from '../storage/segments'
import type { IndexApi, SearchRequest, SearchResult } from '../threads/protocols'
import { buildSegment } from './lexical/build'
import { tokenizerFingerprint } from './lexical/fingerprint'
import { LexicalIndex } from './lexical/index'
import type { LexicalSegment } from './lexical/segment'
import { retrieve } from './retrieve'

/** Segments read at once: a few megabytes. */
const batch = 32

type Synced = Awaited<ReturnType<IndexApi['sync']>>

/** The lexical index over the documents of a database: the api of workers/index.ts. */
export class IndexService implements IndexApi {
  #open: () => Promise<Database>
  #database: Promise<Database> | undefined
  #index = new LexicalIndex()
  #names = new Map<DocumentHash, string>()
  #syncing: Promise<unknown> = Promise.resolve()

  /** `open` is called when the database is first needed, and again when opening failed or the connection was closed. */
  constructor(open: (closed: () => void) => Promise<Database>) {
    this.#open = () => open(() => (this.#database = undefined))
  }

  /** One at a time: a call during another one sees the database as it is after that. */
  sync(): Promise<Synced> {
    const synced = this.#syncing.then(() => this.#sync())
    this.#syncing = synced.catch(() => undefined)
    return synced
  }

  async search(request: SearchRequest, signal: AbortSignal): Promise<SearchResult> {
    await this.#syncing
    signal.throwIfAborted()
    if (request.documents.some((document) => !this.#index.has(document))) await this.sync()
    signal.throwIfAborted()
    const db = await this.#connected()
    const result = await retrieve(request, this.#index, {
      passage: (document, ordinal) => getPassage(db, document, ordinal),
      documentName: (document) => this.#names.get(document) ?? '',
    })
    signal.throwIfAborted()
    return result
  }

  #connected(): Promise<Database> {
    if (!this.#database) {
      const opening = this.#open()
      this.#database = opening
      opening.catch(() => {
        if (this.#database === opening) this.#database = undefined
      })
    }
    return this.#database
  }

  async #sync(): Promise<Synced> {
    const db = await this.#connected()
    const documents = await listDocuments(db)
    this.#names = new Map(documents.map(({ hash, name }) => [hash, name]))
    for (const hash of this.#index.documents) if (!this.#names.has(hash)) this.#index.remove(hash)
    // A hash stands for the file's bytes, and one version of the page makes the same passages of the same bytes: a document
    // that is in the index needs no second look.
    const missing = documents.filter(({ hash }) => !this.#index.has(hash))
    let rebuilt = 0
    for (let at = 0; at < missing.length; at += batch) rebuilt += await this.#load(db, missing.slice(at, at + batch))
    return { documents: this.#names.size, passages: this.#index.passages, rebuilt }
  }

  /** Adds documents to the index; returns how many of their segments were made by another tokenizer and were rebuilt. */
  async #load(db: Database, documents: Document[]): Promise<number> {
    const segments = await getSegments(
      db,
      documents.map(({ hash }) => hash),
    )
    const current = new Map(segments.filter(isCurrent).map((segment) => [segment.document, segment]))
    let rebuilt = 0
    for (const document of documents) {
      const kept = current.get(document.hash)
      this.#index.add(kept ?? (await rebuild(db, document)))
      if (!kept) rebuilt++
    }
    return rebuilt
  }
}

const isCurrent = ({ fingerprint }: LexicalSegment): boolean => fingerprint === tokenizerFingerprint()

async function rebuild(db: Database, document: Document): Promise<LexicalSegment> {
  const segment = buildSegment(document, await getPassages(db, document.hash))
  await replaceSegment(db, segment)
  return segment
}
