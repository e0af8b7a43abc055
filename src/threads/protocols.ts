/**
 * What each worker offers: one interface per worker, in one place, so that the page and the worker cannot disagree.
 * The page reaches them through `connect`; the entries in workers/ expose objects of these types and nothing else.
 */
import type { CollectionId, Coverage, Document, DocumentHash, Evidence } from '../domain'
import type { EmbedKind, EmbedderPlan } from '../engines/embedding/catalogue'
import type { LoadProgress } from '../engines/embedding/load'
import type { LlmPlan } from '../engines/llm/catalogue'
import type {
  ChatMessage,
  GenerateOptions,
  GenerationEnd,
  Prompt,
  ScoredContinuation,
} from '../engines/llm/language-model'
import type { Examination, Findings } from '../engines/llm/onnx/examine'
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

export interface LoadLlmRequest {
  plan: LlmPlan
}

export interface LoadedLlm {
  /** Tokens of prompt and answer together, at most. */
  contextTokens: number
}

export interface GenerateRequest {
  prompt: Prompt
  options: GenerateOptions
}

/**
 * workers/llm.ts: runs one language model. Requests are worked off in the order they came. After a rejection with
 * ModelUnusable or DeviceLost the worker has to be ended: the runtime does not recover.
 */
export interface LlmApi {
  /** What models could run on here. */
  capabilities(): Promise<DeviceCapabilities>
  /**
   * Makes the model ready from its kept files, in place of any other; at once if it is ready already.
   * Rejects with ModelFileMissing, ModelFileDamaged, ModelUnusable, DeviceLost or an AbortError.
   */
  load(
    request: LoadLlmRequest,
    onProgress: ((progress: LoadProgress) => void) | undefined,
    signal: AbortSignal,
  ): Promise<LoadedLlm>
  /**
   * Sends the pieces of the answer over the port (src/engines/llm/send-pieces.ts). They cross by a port of their own, because
   * a call back to the page would wait for its answer before the next token.
   * Rejects with PromptTooLong, ModelUnusable, DeviceLost or an AbortError.
   */
  generate(request: GenerateRequest, pieces: MessagePort, signal: AbortSignal): Promise<GenerationEnd>
  /** Rejects with PromptTooLong, ModelUnusable, DeviceLost or an AbortError. */
  score(prompt: Prompt, continuations: readonly string[], signal: AbortSignal): Promise<ScoredContinuation[]>
  /** A short run whose logits are told: what the self-test compares. */
  examine(examination: Examination, signal: AbortSignal): Promise<Findings>
  countTokens(text: Prompt): Promise<number>
  applyTemplate(messages: readonly ChatMessage[]): Promise<string>
  unload(): Promise<void>
}
