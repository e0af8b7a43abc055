/**
 * What each worker offers: one interface per worker, in one place, so that the page and the worker cannot disagree.
 * The page reaches them through `connect`; the entries in workers/ expose objects of these types and nothing else.
 */
import type { CollectionId, Coverage, Document, DocumentHash, Evidence } from '../domain'
import type { EmbedKind, EmbedderPlan } from '../engines/embedding/catalogue'
import type { LoadProgress } from '../engines/embedding/load'
import type { DownloadRequest } from '../engines/model-files/download/download'
import type { Preflight } from '../engines/model-files/download/preflight'
import type { DownloadProgress } from '../engines/model-files/download/progress'
import type { DeviceCapabilities } from '../engines/onnx/runtime'
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

export interface LoadEmbedderRequest {
  /** Its files are read from the store of models (src/engines/model-files/store.ts), where a download has put them. */
  plan: EmbedderPlan
}

/**
 * workers/embed.ts: turns texts into vectors with one model at a time. After any rejection that is neither an AbortError nor
 * one of a model's files, the worker has to be ended: the runtime does not recover from a session that failed.
 */
export interface EmbedApi {
  /** What models could run on here. */
  capabilities(): Promise<DeviceCapabilities>
  /**
   * Makes the model ready, in place of any other; at once if it is ready already.
   * Rejects with ModelFileMissing, ModelFileDamaged, ModelUnusable, DeviceLost or an AbortError.
   */
  load(
    request: LoadEmbedderRequest,
    onProgress: ((progress: LoadProgress) => void) | undefined,
    signal: AbortSignal,
  ): Promise<void>
  /**
   * texts × dimension, in the order of the texts. A query is embedded before the passages that are waiting.
   * Rejects with ModelUnusable, DeviceLost or an AbortError.
   */
  embed(texts: string[], kind: EmbedKind, signal: AbortSignal): Promise<Float32Array<ArrayBuffer>>
  unload(): Promise<void>
}

/**
 * workers/download.ts: the only thread whose policy lets it reach another host. It brings the files of models into the store
 * that all others read from, and must never be given a document, a question or an answer.
 */
export interface DownloadApi {
  /**
   * What a download will take, before its first byte.
   * Rejects with ModelFileMissing, ModelUnreachable, HostNotAllowed or an AbortError.
   */
  preflight(request: DownloadRequest, signal: AbortSignal): Promise<Preflight>
  /**
   * Resolves when all files are kept. What had arrived stays after a rejection, and the next call goes on from there; an
   * abort is a pause.
   * Rejects with ModelBusy, ModelFileMissing, ModelFileDamaged, ModelUnreachable, HostNotAllowed, StorageFull or an AbortError.
   */
  download(
    request: DownloadRequest,
    onProgress: (progress: DownloadProgress) => void,
    signal: AbortSignal,
  ): Promise<void>
}
