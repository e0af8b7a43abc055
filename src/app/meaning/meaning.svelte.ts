import { catalogue, embeddingSpace, weightOf, type Embedder, type EmbedKind } from '../../engines/embedding/catalogue'
import type { EmbedderOwner } from '../../engines/embedding/embedder'
import type { OpenEncoder } from '../../engines/encoder/owner'
import { toFumikuraError } from '../../errors'
import type { FusionMethod } from '../../retrieval/fuse'
import type { VectorIndexKind } from '../../retrieval/vector/create-index'
import type { Database } from '../../storage/database'
import { getSetting, setSetting } from '../../storage/settings'
import type { VectorSpace } from '../../storage/vector-space'
import type { SearchRequest } from '../../threads/protocols'
import { ModelChoice } from '../models/model-choice.svelte'
import { EmbeddingWork } from './embedding-work.svelte'

/** A question that is not embedded by then (the device is busy, or hangs) is searched by words. */
const PATIENCE = 3000

/** The model as this class needs it. */
export type EmbedderPort = Pick<EmbedderOwner, 'current' | 'open' | 'embed' | 'close'>

export interface MeaningParts {
  db: Database
  owner: EmbedderPort
  /** Tells the index worker which vectors will be asked for. */
  preload: (space: VectorSpace, index: VectorIndexKind) => Promise<void>
  /** Told which vectors questions are compared with from now on, if with any. */
  onSpace?: (space: VectorSpace | undefined) => void
  /** Of EmbeddingWork; for tests. */
  idle?: (work: () => void) => void
}

/** Search by meaning: the model that was chosen, and what it does for questions and for the library. */
export class Meaning {
  /** For developers. */
  index = $state<VectorIndexKind>('exact')
  fusion = $state<FusionMethod>('sum')
  readonly model: ModelChoice<Embedder, OpenEncoder<Embedder>>
  readonly work: EmbeddingWork
  readonly #parts: MeaningParts

  constructor(parts: MeaningParts) {
    const { db, owner, preload } = parts
    this.#parts = parts
    this.work = new EmbeddingWork(db, (texts, signal) => this.#embed(texts, 'passage', signal), parts.idle)
    this.model = new ModelChoice({
      db,
      setting: 'embedder',
      find: (id) => catalogue.find((embedder) => embedder.id === id),
      open: (embedder, onProgress, signal) => owner.open(embedder, onProgress, signal),
      close: () => owner.close(),
      onClosing: () => {
        parts.onSpace?.(undefined)
        return this.work.stop()
      },
      onOpened: ({ plan }) => {
        const space = embeddingSpace(plan)
        parts.onSpace?.(space)
        preload(space, this.index).catch(() => undefined)
        this.work.start(space)
      },
    })
  }

  /** Takes the settings up, at start and when another tab has changed them. The model is opened in the background. */
  async load(): Promise<void> {
    const { db } = this.#parts
    const [paused, index, fusion] = await Promise.all([
      getSetting(db, 'embeddingPaused'),
      getSetting(db, 'vectorIndex'),
      getSetting(db, 'fusion'),
    ])
    this.index = index ?? 'exact'
    this.fusion = fusion ?? 'sum'
    this.work.paused = paused ?? false
    await this.model.load()
  }

  async setIndex(index: VectorIndexKind): Promise<void> {
    this.index = index
    await setSetting(this.#parts.db, 'vectorIndex', index === 'exact' ? undefined : index).catch(() => undefined)
  }

  async setFusion(fusion: FusionMethod): Promise<void> {
    this.fusion = fusion
    await setSetting(this.#parts.db, 'fusion', fusion === 'sum' ? undefined : fusion).catch(() => undefined)
  }

  async pause(): Promise<void> {
    await this.work.pause()
    await setSetting(this.#parts.db, 'embeddingPaused', true).catch(() => undefined)
  }

  async resume(): Promise<void> {
    this.work.resume()
    await setSetting(this.#parts.db, 'embeddingPaused', undefined).catch(() => undefined)
  }

  /**
   * The question as the model sees it, or why there is none: a search by words does not wait for what hangs.
   * @param patience milliseconds that embedding it may take
   * @throws AbortError
   */
  async ask(question: string, signal: AbortSignal, patience = PATIENCE): Promise<SearchRequest['meaning']> {
    const { chosen, opened, state, failure } = this.model
    if (!chosen) return undefined
    if (state !== 'ready' || !opened) return { skipped: failure?.key ?? 'opening' }
    const began = performance.now()
    const limit = AbortSignal.timeout(patience)
    try {
      const vector = await this.#embed([question], 'query', AbortSignal.any([signal, limit]))
      const { id: model } = chosen
      const weight = weightOf(chosen)
      const space = embeddingSpace(opened.plan)
      return { model, space, vector, weight, milliseconds: performance.now() - began, index: this.index }
    } catch (error) {
      signal.throwIfAborted()
      return { skipped: limit.aborted ? 'slow' : toFumikuraError(error).key }
    }
  }

  async #embed(texts: string[], kind: EmbedKind, signal: AbortSignal): Promise<Float32Array<ArrayBuffer>> {
    const { owner } = this.#parts
    try {
      return await owner.embed(texts, kind, signal)
    } finally {
      // A device that was lost may have been left for wasm.
      if (this.model.state === 'ready' && owner.current) this.model.opened = owner.current
    }
  }
}
