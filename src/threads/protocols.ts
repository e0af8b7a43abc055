/**
 * What each worker offers: one interface per worker, in one place, so that the page and the worker cannot disagree.
 * The page reaches them through `connect`; the entries in workers/ expose objects of these types and nothing else.
 */
import type { CollectionId, Coverage, Document, DocumentHash, Evidence } from '../domain'
import type { EmbedKind, Embedder } from '../engines/embedding/catalogue'
import type { LoadProgress } from '../engines/encoder/load'
import type { EncoderModel, EncoderPlan } from '../engines/encoder/model'
import type { DeviceCapabilities } from '../engines/onnx/runtime'
import type { CrossEncoder } from '../engines/reranking/catalogue'
import type { SearchTrace } from '../retrieval/trace'

/** What is being done with a file, for the progress line ("page 12 of 80"). */
export interface IngestProgress {
  stage: 'opening' | 'reading' | 'indexing' | 'keeping'
  /** Pages done so far and in all, in stage "reading". */
  page?: number
  pages?: number
}

export interface IngestRequest {
  file: Blob
  name: string
  collection: CollectionId
  password?: string
  /** Hash of the document that this is a new version of: unchanged pages are taken over, then the old one is removed. */
  replaces?: DocumentHash
  /** The row of the queue that the file came from; it is taken off in the transaction that commits the document. */
  queueId?: string
}

export interface IngestResult {
  document: Document
  /** The same bytes were in this collection already; nothing was read. */
  known: boolean
}

/**
 * workers/ingest.ts: reads one file to the end and commits it, or rejects with a FumikuraError and leaves nothing.
 * Rejects with an AbortError when the signal is aborted before the commit.
 */
export interface IngestApi {
  ingest(
    request: IngestRequest,
    onProgress: (progress: IngestProgress) => void,
    signal: AbortSignal,
  ): Promise<IngestResult>
}

export interface SearchRequest {
  question: string
  /** The documents to look in; all of them have to be in the index (see `sync`). */
  documents: DocumentHash[]
  /** Passages wanted, at most. */
  limit: number
  /** Tell step by step how they were found. */
  trace?: true
}

export interface SearchResult {
  /** Best first. */
  evidence: Evidence[]
  coverage: Coverage
  /** Where it was asked for. */
  trace?: SearchTrace
}

/** workers/index.ts: holds the index of words and of the soft lexicon of all documents in memory and loads from IndexedDB what it lacks. */
export interface IndexApi {
  /** Brings the index in line with the documents in the database; called at start and after every change. */
  sync(): Promise<{ documents: number; passages: number; rebuilt: number }>
  search(request: SearchRequest, signal: AbortSignal): Promise<SearchResult>
}

export interface LoadRequest<Model extends EncoderModel> {
  /** Its files are read from the store of models (src/engines/model-files/store.ts), where a download has put them. */
  plan: EncoderPlan<Model>
}

/**
 * What the workers of encoders offer alike. After any rejection that is neither an AbortError nor one of a model's files, the
 * worker has to be ended: the runtime does not recover from a session that failed.
 */
export interface EncoderApi<Model extends EncoderModel> {
  /** What models could run on here. */
  capabilities(): Promise<DeviceCapabilities>
  /**
   * Makes the model ready, in place of any other; at once if it is ready already.
   * Rejects with ModelFileMissing, ModelFileDamaged, ModelUnusable, DeviceLost or an AbortError.
   */
  load(
    request: LoadRequest<Model>,
    onProgress: ((progress: LoadProgress) => void) | undefined,
    signal: AbortSignal,
  ): Promise<void>
  unload(): Promise<void>
}

/** workers/embed.ts: turns texts into vectors with one model at a time. */
export interface EmbedApi extends EncoderApi<Embedder> {
  /**
   * texts × dimension, in the order of the texts. A query is embedded before the passages that are waiting.
   * Rejects with ModelUnusable, DeviceLost or an AbortError.
   */
  embed(texts: string[], kind: EmbedKind, signal: AbortSignal): Promise<Float32Array<ArrayBuffer>>
}

/** workers/rerank.ts: reads a question together with passages, with one model at a time. */
export interface RerankApi extends EncoderApi<CrossEncoder> {
  /**
   * How well each text answers the question, in the order of the texts; the higher the better, of any scale.
   * Rejects with ModelUnusable, DeviceLost or an AbortError.
   */
  score(question: string, texts: string[], signal: AbortSignal): Promise<Float32Array<ArrayBuffer>>
}
