/**
 * What each worker offers: one interface per worker, in one place, so that the page and the worker cannot disagree.
 * The page reaches them through `connect`; the entries in workers/ expose objects of these types and nothing else.
 */
import type { CollectionId, Coverage, Document, DocumentHash, Evidence } from '../domain'
import type { EmbedKind, Embedder } from '../engines/embedding/catalogue'
import type { LoadProgress } from '../engines/model-files/load-progress'
import type { EncoderModel, EncoderPlan } from '../engines/encoder/model'
import type { AdapterUse } from '../lora/adapter'
import type { AdapterDescription } from '../lora/peft'
import type { AdapterEntry } from '../engines/llm/adapters/catalogue'
import type { LlmPlan } from '../engines/llm/catalogue'
import type {
  ChatMessage,
  GenerateOptions,
  GenerationEnd,
  Prompt,
  ScoredContinuation,
} from '../engines/llm/language-model'
import type { Examination, Findings } from '../engines/llm/onnx/examine'
import type { WebLlmPlan } from '../engines/llm/webllm/catalogue'
import type { Obstacle } from '../engines/llm/webllm/device-fit'
import type { DownloadRequest } from '../engines/model-files/download/download'
import type { Preflight } from '../engines/model-files/download/preflight'
import type { DownloadProgress } from '../engines/model-files/download/progress'
import type { Repository } from '../engines/model-files/download/repository'
import type { HubSource } from '../engines/model-files/download/source'
import type { DeviceCapabilities } from '../engines/onnx/devices'
import type { CrossEncoder } from '../engines/reranking/catalogue'
import type { FusionMethod } from '../retrieval/fuse'
import type { SearchTrace } from '../retrieval/trace'
import type { VectorIndexKind } from '../retrieval/vector/create-index'
import type { VectorSpace } from '../storage/vector-space'

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

/** A question that was embedded for a search by meaning. */
export interface QuestionVector {
  /** Id of the model, for the trace. */
  model: string
  /** Only passages with vectors of this space are compared with it. */
  space: VectorSpace
  vector: Float32Array<ArrayBuffer>
  /** How much likeness counts beside words, which count 1. */
  weight: number
  /** How long embedding the question took. */
  milliseconds: number
  index: VectorIndexKind
}

export interface SearchRequest {
  question: string
  /** The documents to look in; all of them have to be in the index (see `sync`). */
  documents: DocumentHash[]
  /** Passages wanted, at most. */
  limit: number
  /** Tell step by step how they were found. */
  trace?: true
  /** The question's vector, or why there is none; absent where nobody has chosen to search by meaning. */
  meaning?: QuestionVector | { skipped: string }
  /** How the lists of all ways of searching become one; absent: as fusion.json says. */
  fusion?: FusionMethod
  /** Id of the cross-encoder whose scores are asked for, see `IndexApi.search`. */
  reranker?: string
}

/** One score a text: a cross-encoder that runs elsewhere. */
export type ScoreTexts = (question: string, texts: string[]) => Promise<ArrayLike<number>>

export interface SearchResult {
  /** Best first. */
  evidence: Evidence[]
  /** Like the question in meaning, where a model says so whose likeness is not counted; no evidence. */
  similar?: Evidence[]
  coverage: Coverage
  /** Where it was asked for. */
  trace?: SearchTrace
}

/** workers/index.ts: holds the index of words and of the soft lexicon of all documents in memory and loads from IndexedDB what it lacks. */
export interface IndexApi {
  /** Brings the index in line with the documents in the database; called at start and after every change. */
  sync(): Promise<{ documents: number; passages: number; rebuilt: number }>
  /** Loads the vectors of a space ahead of the first question. Those of any other space are let go. */
  loadVectors(space: VectorSpace, index: VectorIndexKind): Promise<void>
  /** @param score called in the middle of the search where the request names a reranker */
  search(request: SearchRequest, signal: AbortSignal, score?: ScoreTexts): Promise<SearchResult>
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
   * What a repository of the hub consists of; no weights are fetched.
   * Rejects with RepositoryMissing, ModelGated, ModelFileMissing, ModelFileDamaged, ModelUnreachable, HostNotAllowed or an
   * AbortError.
   */
  inspect(source: HubSource, probed: readonly string[], signal: AbortSignal): Promise<Repository>
  /**
   * Resolves when all files are kept. What had arrived stays after a rejection, and the next call goes on from there; an
   * abort is a pause.
   * Rejects with ModelBusy, ModelFileMissing, ModelFileDamaged, ModelGated, ModelUnreachable, HostNotAllowed, StorageFull or an
   * AbortError.
   */
  download(
    request: DownloadRequest,
    onProgress: (progress: DownloadProgress) => void,
    signal: AbortSignal,
  ): Promise<void>
}

/** A file that a person chose or dropped, with its path below what was chosen. */
export interface GivenFile {
  path: string
  file: File
}

export interface ExaminedAdapter {
  entry: AdapterEntry
  /** Its two files, under the names that the store of models knows them by. */
  files: GivenFile[]
}

/** workers/adapter.ts: reads LoRA adapters, which come from anywhere. It may be ended at any time. */
export interface AdapterApi {
  /**
   * The adapter among the files that a person gave, read to the end: its two files, their folder, or one .zip.
   * Rejects with AdapterUnusable or FileTooLarge.
   */
  examine(name: string, given: readonly GivenFile[]): Promise<ExaminedAdapter>
  /** What a kept adapter turns out to be. Rejects with AdapterUnusable, ModelFileMissing or ModelFileDamaged. */
  describeKept(name: string): Promise<AdapterDescription>
}

export interface LoadLlmRequest {
  plan: LlmPlan
}

export interface LoadedLlm {
  /** Tokens of prompt and answer together, at most. */
  contextTokens: number
  /** Texts that its tokenizer takes for special tokens. */
  controlTokens?: readonly string[]
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
   * Rejects with PromptTooLong, AdapterUnusable, ModelUnusable, DeviceLost or an AbortError.
   */
  generate(request: GenerateRequest, pieces: MessagePort, signal: AbortSignal): Promise<GenerationEnd>
  /** Rejects with PromptTooLong, AdapterUnusable, ModelUnusable, DeviceLost or an AbortError. */
  score(
    prompt: Prompt,
    continuations: readonly string[],
    signal: AbortSignal,
    adapters?: readonly AdapterUse[],
  ): Promise<ScoredContinuation[]>
  /** A short run whose logits are told: what the self-test compares. */
  examine(examination: Examination, signal: AbortSignal): Promise<Findings>
  countTokens(text: Prompt): Promise<number>
  applyTemplate(messages: readonly ChatMessage[]): Promise<string>
  unload(): Promise<void>
}

/** What the worker of either engine offers to run a model. Plans are those of its own engine. */
export interface RunningLlmApi extends Pick<LlmApi, 'generate' | 'score' | 'countTokens' | 'applyTemplate'> {
  load(
    request: { plan: never },
    onProgress: ((progress: LoadProgress) => void) | undefined,
    signal: AbortSignal,
  ): Promise<LoadedLlm>
}

/**
 * workers/webllm.ts: the same as LlmApi, for the engine `webllm`, which has no device to choose and no self-test of logits.
 * After a rejection with ModelUnusable or DeviceLost the worker has to be ended.
 */
export interface WebLlmApi extends Pick<LlmApi, 'generate' | 'score' | 'countTokens' | 'applyTemplate' | 'unload'> {
  /** What keeps the model from running on this device, as far as that is known without its files; empty: nothing. */
  obstacles(plan: WebLlmPlan): Promise<Obstacle[]>
  /**
   * Makes the model ready, in place of any other; at once if it is ready already.
   * Rejects with ModelFileMissing, ModelFileDamaged, WrongModelLibrary, ModelUnusable, DeviceLost or an AbortError.
   */
  load(
    request: { plan: WebLlmPlan },
    onProgress: ((progress: LoadProgress) => void) | undefined,
    signal: AbortSignal,
  ): Promise<LoadedLlm>
}
