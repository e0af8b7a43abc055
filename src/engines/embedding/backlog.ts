import type { DocumentHash } from '../../domain'
import { InvalidVector, Interrupted, isAbort, toFumikuraError, type FumikuraError } from '../../errors'

/** The passages of a document that lack a vector, and how to keep what they get. */
export interface BacklogWork {
  texts: string[]
  /**
   * Keeps the vectors, texts × dimension, all at once or not at all.
   * @returns false when the document was removed or cut anew meanwhile
   */
  keep(vectors: Float32Array<ArrayBuffer>): Promise<boolean>
}

/** Where the documents are. What is left to do is read from it every time, so a reload loses nothing but the current document. */
export interface BacklogStore {
  /** Documents with passages that have no vector yet, in the order to embed them. */
  waiting(): Promise<{ hash: DocumentHash; passages: number }[]>
  /** Undefined when the document is gone or needs nothing any more. */
  begin(document: DocumentHash): Promise<BacklogWork | undefined>
}

export interface BacklogProgress {
  state: 'idle' | 'embedding' | 'paused' | 'failed'
  /** Passages of the documents that wait, and how many of the current document are embedded. */
  passages: number
  done: number
  /** Documents still without vectors, the current one included. */
  documents: number
  /** In state "failed": why it stopped (no model, no room), or why a document was left out. */
  error?: FumikuraError
}

type EmbedPassages = (texts: string[], signal: AbortSignal) => Promise<Float32Array<ArrayBuffer>>

/** Passages per call to the worker: a pause is obeyed, and progress told, between two calls. */
const SLICE = 32
/** How often a document is tried before it is left for the next start. */
const ATTEMPTS = 2
/** Failures that may lie with one document; any other (no model, no room) would meet the next one too. */
const OF_ONE_DOCUMENT = [Interrupted, InvalidVector]

const IDLE: BacklogProgress = { state: 'idle', passages: 0, done: 0, documents: 0 }

/**
 * Embeds in the background what has no vectors, document by document. A document is searchable by its words all the while;
 * it counts as embedded when the transaction with all of its vectors is complete.
 */
export class EmbeddingBacklog {
  readonly #store: BacklogStore
  readonly #embed: EmbedPassages
  readonly #onProgress: (progress: BacklogProgress) => void
  #running: Promise<void> | undefined
  #stop = new AbortController()
  #paused = false
  #again = false
  #progress = IDLE
  /** Failed attempts by document, since the start. */
  readonly #failures = new Map<DocumentHash, number>()
  /** Why a document was given up. */
  #leftOut: FumikuraError | undefined

  constructor(store: BacklogStore, embed: EmbedPassages, onProgress: (progress: BacklogProgress) => void) {
    this.#store = store
    this.#embed = embed
    this.#onProgress = onProgress
  }

  /** Starts, or looks again: to be called when documents have come and when a model has been opened. */
  wake(): void {
    this.#again = true
    if (this.#paused || this.#running) return
    this.#stop = new AbortController()
    this.#running = this.#run(this.#stop.signal).finally(() => {
      this.#running = undefined
      if (this.#again && !this.#paused) this.wake()
    })
  }

  /** Resolves when nothing is under way any more. What was embedded of the current document is done again later. */
  async pause(): Promise<void> {
    this.#paused = true
    this.#stop.abort()
    await this.#running
    this.#tell({ state: 'paused' })
  }

  resume(): void {
    this.#paused = false
    this.wake()
  }

  /** Resolves when all that waits now is embedded, or the work has stopped. */
  async settled(): Promise<void> {
    while (this.#running) await this.#running
  }

  async #run(signal: AbortSignal): Promise<void> {
    try {
      while (this.#again) {
        this.#again = false
        await this.#embedAll(signal)
      }
      this.#tell(this.#leftOut ? { ...IDLE, state: 'failed', error: this.#leftOut } : IDLE)
    } catch (error) {
      this.#again = false
      if (isAbort(error) || signal.aborted) return
      this.#tell({ state: 'failed', error: toFumikuraError(error) })
    }
  }

  async #embedAll(signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted()
      const left = await this.#waiting()
      const [next] = left
      if (!next) return
      const passages = left.reduce((sum, document) => sum + document.passages, 0)
      this.#tell({ state: 'embedding', passages, done: 0, documents: left.length })
      await this.#embedDocument(next.hash, signal)
    }
  }

  /** What is still to be tried, documents that failed before after the others. */
  async #waiting(): Promise<{ hash: DocumentHash; passages: number }[]> {
    const failures = (hash: DocumentHash) => this.#failures.get(hash) ?? 0
    return (await this.#store.waiting())
      .filter(({ hash }) => failures(hash) < ATTEMPTS)
      .sort((a, b) => failures(a.hash) - failures(b.hash))
  }

  async #embedDocument(hash: DocumentHash, signal: AbortSignal): Promise<void> {
    try {
      const work = await this.#store.begin(hash)
      const kept = work && (await work.keep(await this.#embedTexts(work.texts, signal)))
      // Removed or changed meanwhile. Should it be listed again and again, it must not be embedded for ever.
      if (!kept) this.#failed(hash)
    } catch (error) {
      if (isAbort(error) || signal.aborted || !OF_ONE_DOCUMENT.some((kind) => error instanceof kind)) throw error
      if (this.#failed(hash) === ATTEMPTS) this.#leftOut = toFumikuraError(error)
    }
  }

  #failed(hash: DocumentHash): number {
    const failures = (this.#failures.get(hash) ?? 0) + 1
    this.#failures.set(hash, failures)
    return failures
  }

  async #embedTexts(texts: string[], signal: AbortSignal): Promise<Float32Array<ArrayBuffer>> {
    const parts: Float32Array[] = []
    for (let at = 0; at < texts.length; at += SLICE) {
      signal.throwIfAborted()
      parts.push(await this.#embed(texts.slice(at, at + SLICE), signal))
      this.#tell({ done: Math.min(texts.length, at + SLICE) })
    }
    const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0))
    let at = 0
    for (const part of parts) {
      whole.set(part, at)
      at += part.length
    }
    return whole
  }

  #tell(change: Partial<BacklogProgress>): void {
    this.#progress = { ...this.#progress, ...change }
    this.#onProgress(this.#progress)
  }
}
