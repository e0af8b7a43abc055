import { catalogue, type Embedder, type EmbedKind } from '../../engines/embedding/catalogue'
import type { OpenEmbedder } from '../../engines/embedding/embedder'
import type { LoadProgress } from '../../engines/embedding/load'
import { isAbort, toFumikuraError, type FumikuraError } from '../../errors'
import type { FusionMethod } from '../../retrieval/fuse'
import type { VectorIndexKind } from '../../retrieval/vector/create-index'
import type { Database } from '../../storage/database'
import { getSetting, setSetting } from '../../storage/settings'
import type { VectorSpace } from '../../storage/vector-space'
import type { SearchRequest } from '../../threads/protocols'
import { EmbeddingWork } from './embedding-work.svelte'

/**
 * How much a model's likeness counts beside words where `npm run eval -- retrieval` has not measured it: little, since a
 * weak model that counts much costs more answers than it finds (facts of the evaluation: 4 to 7 points at equal ranks).
 */
const UNMEASURED_WEIGHT = 0.5

/** A question that is not embedded by then (the device is busy, or hangs) is searched by words. */
const PATIENCE = 3000

export type MeaningState = 'off' | 'opening' | 'ready' | 'failed'

/** The model as this class needs it: EmbedderOwner. */
export interface EmbedderPort {
  readonly current: OpenEmbedder | undefined
  open(embedder: Embedder, onProgress: (progress: LoadProgress) => void, signal: AbortSignal): Promise<OpenEmbedder>
  embed(texts: string[], kind: EmbedKind, signal: AbortSignal): Promise<Float32Array<ArrayBuffer>>
  close(): void
}

export interface MeaningParts {
  db: Database
  owner: EmbedderPort
  /** Tells the index worker which vectors will be asked for. */
  preload: (space: VectorSpace, index: VectorIndexKind) => Promise<void>
  /** Of EmbeddingWork; for tests. */
  idle?: (work: () => void) => void
}

/** Search by meaning: the model that was chosen, and what it does for questions and for the library. */
export class Meaning {
  chosen = $state.raw<Embedder | undefined>()
  state = $state<MeaningState>('off')
  /** While the model is being opened. */
  progress = $state.raw<LoadProgress | undefined>()
  opened = $state.raw<OpenEmbedder | undefined>()
  failure = $state.raw<FumikuraError | undefined>()
  /** For developers. */
  index = $state<VectorIndexKind>('exact')
  fusion = $state<FusionMethod>('sum')
  readonly work: EmbeddingWork
  readonly #parts: MeaningParts
  #opening: AbortController | undefined

  constructor(parts: MeaningParts) {
    this.#parts = parts
    this.work = new EmbeddingWork(parts.db, (texts, signal) => this.#embed(texts, 'passage', signal), parts.idle)
  }

  /** Takes the settings up, at start and when another tab has changed them. The model is opened in the background. */
  async load(): Promise<void> {
    const { db } = this.#parts
    const [id, paused, index, fusion] = await Promise.all([
      getSetting(db, 'embedder'),
      getSetting(db, 'embeddingPaused'),
      getSetting(db, 'vectorIndex'),
      getSetting(db, 'fusion'),
    ])
    this.index = index ?? 'exact'
    this.fusion = fusion ?? 'sum'
    this.work.paused = paused ?? false
    if (id === this.chosen?.id) return
    const embedder = catalogue.find((each) => each.id === id)
    void this.#change(embedder).catch(() => undefined)
  }

  /** Searches by this model from now on, or by words alone. Its files have to be kept already. */
  async choose(embedder: Embedder | undefined): Promise<void> {
    await setSetting(this.#parts.db, 'embedder', embedder?.id).catch(() => undefined)
    await this.#change(embedder)
  }

  /** Tries once more to open the model that was chosen: after its files have come, or to see whether it runs now. */
  async reopen(): Promise<void> {
    await this.#change(this.chosen)
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
   * @throws AbortError
   */
  async ask(question: string, signal: AbortSignal): Promise<SearchRequest['meaning']> {
    const { chosen, opened } = this
    if (!chosen) return undefined
    if (this.state !== 'ready' || !opened) return { skipped: this.failure?.key ?? 'opening' }
    const began = performance.now()
    const limit = AbortSignal.timeout(PATIENCE)
    try {
      const vector = await this.#embed([question], 'query', AbortSignal.any([signal, limit]))
      const { id: model, fusionWeight } = chosen
      const weight = fusionWeight ?? UNMEASURED_WEIGHT
      return { model, space: opened.space, vector, weight, milliseconds: performance.now() - began, index: this.index }
    } catch (error) {
      signal.throwIfAborted()
      return { skipped: limit.aborted ? 'slow' : toFumikuraError(error).key }
    }
  }

  async #change(embedder: Embedder | undefined): Promise<void> {
    this.#opening?.abort()
    const opening = new AbortController()
    this.#opening = opening
    this.chosen = embedder
    this.failure = undefined
    this.opened = undefined
    this.state = embedder ? 'opening' : 'off'
    await this.work.stop()
    if (opening.signal.aborted) return
    if (!embedder) return this.#parts.owner.close()
    try {
      await this.#open(embedder, opening.signal)
    } catch (error) {
      if (isAbort(error) || opening.signal.aborted) return
      this.failure = toFumikuraError(error)
      this.state = 'failed'
    } finally {
      if (this.#opening === opening) this.progress = undefined
    }
  }

  async #open(embedder: Embedder, signal: AbortSignal): Promise<void> {
    const { owner, preload } = this.#parts
    const opened = await owner.open(embedder, (progress) => (this.progress = progress), signal)
    signal.throwIfAborted()
    this.opened = opened
    this.state = 'ready'
    preload(opened.space, this.index).catch(() => undefined)
    this.work.start(opened.space)
  }

  async #embed(texts: string[], kind: EmbedKind, signal: AbortSignal): Promise<Float32Array<ArrayBuffer>> {
    const { owner } = this.#parts
    try {
      return await owner.embed(texts, kind, signal)
    } finally {
      // A device that was lost may have been left for wasm.
      if (this.state === 'ready' && owner.current) this.opened = owner.current
    }
  }
}
