import type { Document, DocumentHash } from '../domain'
import { onChange } from '../storage/changes'
import type { Database } from '../storage/database'
import { listDocuments } from '../storage/documents'
import { getPassage, getPassages } from '../storage/passages'
import { getSegments, replaceSegment } from '../storage/segments'
import { spaceId, type VectorSpace } from '../storage/vector-space'
import type { IndexApi, ScoreTexts, SearchRequest, SearchResult } from '../threads/protocols'
import type { DenseRetriever } from './dense'
import { buildSegment } from './lexical/build'
import { tokenizerFingerprint } from './lexical/fingerprint'
import { LexicalIndex } from './lexical/index'
import type { LexicalSegment } from './lexical/segment'
import type { SoftSearch } from './find'
import { retrieve, type PassageSource } from './retrieve'
import { SoftIndex } from './soft-lexicon/index'
import type { Lexicon } from './soft-lexicon/lexicon'
import { PieceTokenizer } from './soft-lexicon/tokenizer'
import { createVectorIndex, type VectorIndexKind } from './vector/create-index'
import { StoredVectors } from './vector/stored-vectors'

/** Segments read at once: a few megabytes. */
const batch = 32

type Synced = Awaited<ReturnType<IndexApi['sync']>>

/** The vectors in memory: of one space at a time. */
interface VectorHolding {
  name: string
  stored: Promise<StoredVectors>
}

/** The indexes of words, of the soft lexicon and of vectors over the documents of a database: the api of workers/index.ts. */
export class IndexService implements IndexApi {
  #open: () => Promise<Database>
  #lexicon: (() => Promise<Lexicon>) | undefined
  #soft: Promise<SoftSearch | undefined> | undefined
  #database: Promise<Database> | undefined
  #index = new LexicalIndex()
  #names = new Map<DocumentHash, string>()
  #syncing: Promise<unknown> = Promise.resolve()
  #vectors: VectorHolding | undefined

  /**
   * `open` is called when the database is first needed, and again when opening failed or the connection was closed; `lexicon`
   * once. Without a lexicon, or where it cannot be had, words alone are searched.
   */
  constructor(open: (closed: () => void) => Promise<Database>, lexicon?: () => Promise<Lexicon>) {
    this.#lexicon = lexicon
    this.#open = () => open(() => (this.#database = undefined))
  }

  /** One at a time: a call during another one sees the database as it is after that. */
  sync(): Promise<Synced> {
    const synced = this.#syncing.then(() => this.#sync())
    this.#syncing = synced.catch(() => undefined)
    return synced
  }

  async search(request: SearchRequest, signal: AbortSignal, score?: ScoreTexts): Promise<SearchResult> {
    await this.#syncing
    signal.throwIfAborted()
    if (request.documents.some((document) => !this.#index.has(document))) await this.sync()
    signal.throwIfAborted()
    const db = await this.#connected()
    const source: PassageSource = {
      passage: (document, ordinal) => getPassage(db, document, ordinal),
      documentName: (document) => this.#names.get(document) ?? '',
    }
    const soft = await this.#loadSoft()
    const dense = request.meaning && denseOf(request.meaning, (space, index) => this.#vectorsOf(space, index))
    const retrievers = { lexical: this.#index, ...(soft && { soft }), ...(dense && { dense }) }
    const reranker = score && request.reranker !== undefined && { id: request.reranker, score }
    const result = await retrieve(request, { ...retrievers, ...(reranker && { reranker }), source }, signal)
    signal.throwIfAborted()
    return result
  }

  async loadVectors(space: VectorSpace, index: VectorIndexKind): Promise<void> {
    await this.#vectorsOf(space, index)
  }

  /** As they are stored now. Vectors of two spaces are never in memory together. */
  async #vectorsOf(space: VectorSpace, kind: VectorIndexKind): Promise<StoredVectors> {
    const db = await this.#connected()
    const name = `${kind} ${spaceId(space)}`
    if (this.#vectors?.name !== name) {
      void this.#vectors?.stored.then((stored) => stored.dispose())
      const stored = createVectorIndex(kind, space.dimension).then((index) => new StoredVectors(space, index))
      const holding = { name, stored }
      this.#vectors = holding
      stored.catch(() => {
        if (this.#vectors === holding) this.#vectors = undefined
      })
    }
    const stored = await this.#vectors.stored
    await stored.sync(db)
    return stored
  }

  #connected(): Promise<Database> {
    if (!this.#database) {
      const opening = this.#open()
      this.#database = opening
      opening.then(
        (db) => this.#follow(db),
        () => {
          if (this.#database === opening) this.#database = undefined
        },
      )
    }
    return this.#database
  }

  /** Any tab may embed or remove: what is in memory is then looked at before the next search. */
  #follow(db: Database): void {
    const end = onChange(db, ({ what }) => {
      if (what === 'vectors' || what === 'documents') void this.#vectors?.stored.then((stored) => stored.changed())
    })
    db.addEventListener('close', end, { once: true })
  }

  #loadSoft(): Promise<SoftSearch | undefined> {
    this.#soft ??= this.#lexicon
      ? this.#lexicon().then(
          (lexicon) => ({ index: new SoftIndex(lexicon), tokenizer: new PieceTokenizer(lexicon) }),
          () => undefined,
        )
      : Promise.resolve(undefined)
    return this.#soft
  }

  async #sync(): Promise<Synced> {
    const soft = await this.#loadSoft()
    const db = await this.#connected()
    const documents = await listDocuments(db)
    this.#names = new Map(documents.map(({ hash, name }) => [hash, name]))
    for (const hash of this.#index.documents) {
      if (this.#names.has(hash)) continue
      this.#index.remove(hash)
      soft?.index.remove(hash)
    }
    // A hash stands for the file's bytes, and one version of the page makes the same passages of the same bytes: a document
    // that is in the index needs no second look.
    const missing = documents.filter(({ hash }) => !this.#index.has(hash))
    let rebuilt = 0
    for (let at = 0; at < missing.length; at += batch)
      rebuilt += await this.#load(db, missing.slice(at, at + batch), soft)
    return { documents: this.#names.size, passages: this.#index.passages, rebuilt }
  }

  /** Adds documents to the index; returns how many of their segments were made by another tokenizer and were rebuilt. */
  async #load(db: Database, documents: Document[], soft: SoftSearch | undefined): Promise<number> {
    const segments = await getSegments(
      db,
      documents.map(({ hash }) => hash),
    )
    const current = new Map(
      segments.filter((segment) => isCurrent(segment, soft)).map((segment) => [segment.document, segment]),
    )
    let rebuilt = 0
    for (const document of documents) {
      const kept = current.get(document.hash)
      const segment = kept ?? (await rebuild(db, document, soft))
      this.#index.add(segment)
      if (segment.pieces) soft?.index.add({ document: document.hash, ...segment.pieces })
      if (!kept) rebuilt++
    }
    return rebuilt
  }
}

/** Search by vectors, or the reason why there is none. What fails here is told in the trace; the search goes on without. */
function denseOf(
  meaning: NonNullable<SearchRequest['meaning']>,
  vectorsOf: (space: VectorSpace, index: VectorIndexKind) => Promise<StoredVectors>,
): DenseRetriever {
  if ('skipped' in meaning) return { id: '', weight: 0, search: () => Promise.reject(new Error(meaning.skipped)) }
  const { model, weight, milliseconds } = meaning
  return {
    id: model,
    weight,
    embedding: milliseconds,
    search: async (question, options, signal) => {
      const stored = await vectorsOf(meaning.space, meaning.index)
      return stored.retriever(meaning).search(question, options, signal)
    },
  }
}

/** Without a lexicon nobody asks what its postings are. */
const isCurrent = ({ fingerprint, pieces }: LexicalSegment, soft: SoftSearch | undefined): boolean =>
  fingerprint === tokenizerFingerprint() && (!soft || pieces?.fingerprint === soft.tokenizer.lexicon.fingerprint)

async function rebuild(db: Database, document: Document, soft: SoftSearch | undefined): Promise<LexicalSegment> {
  const segment = buildSegment(document, await getPassages(db, document.hash), soft?.tokenizer)
  await replaceSegment(db, segment)
  return segment
}
