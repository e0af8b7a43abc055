import { DeviceLost, Interrupted, isAbort, ModelUnusable } from '../../errors'
import { proxy, type Remote } from '../../threads/expose'
import type { EmbedApi } from '../../threads/protocols'
import type { Device } from '../onnx/session'
import {
  embeddingSpace,
  nameOf,
  plansFor,
  type Embedder,
  type EmbedderPlan,
  type EmbeddingSpace,
  type EmbedKind,
} from './catalogue'
import type { LoadProgress } from './load'
import { KNOWN_TEXTS, LEAST_COSINE, lowestCosine } from './self-test'

/** A worker that is started by its first call, and anew by the next call after it was ended (RestartableWorker). */
export interface EmbedWorker {
  call<Result>(body: (api: Remote<EmbedApi>) => Promise<Result>, signal?: AbortSignal): Promise<Result>
  end(): void
}

/** What earlier self-tests found, by model and adapter, so that the test is made once and not at every start. */
export interface Verdicts {
  get(key: string): Promise<number | undefined>
  set(key: string, cosine: number): Promise<void>
}

/** Why a model does not run on the graphics processor although there is one. */
export interface Fallback {
  reason: 'differs' | 'failed' | 'lost'
  /** Lowest cosine to wasm's vectors, where it differs. */
  cosine?: number
  detail?: string
}

export interface OpenEmbedder {
  plan: EmbedderPlan
  space: EmbeddingSpace
  /** Set where wasm runs in place of the graphics processor. */
  fallback?: Fallback
}

/** How often a device may be lost before wasm takes over for good: once happens when a laptop wakes up. */
const LOSSES = 2

/**
 * A model on the page's side: chooses the device, compares it with wasm before it is trusted, and starts the worker anew
 * after every failure, on wasm where the graphics processor was the cause.
 */
export class EmbedderOwner {
  readonly #worker: EmbedWorker
  readonly #reference: () => EmbedWorker
  readonly #verdicts: Verdicts
  #open: OpenEmbedder | undefined
  #losses = 0

  /** @param reference starts a second worker, used for one comparison and ended */
  constructor(worker: EmbedWorker, reference: () => EmbedWorker, verdicts: Verdicts) {
    this.#worker = worker
    this.#reference = reference
    this.#verdicts = verdicts
  }

  /** What is open; undefined before `open` and after `close`. */
  get current(): OpenEmbedder | undefined {
    return this.#open
  }

  /**
   * Makes a model ready whose files are kept, on the best device that gives the vectors that it should.
   * @throws ModelFileMissing, ModelFileDamaged, ModelUnusable, AbortError
   */
  async open(
    embedder: Embedder,
    onProgress: (progress: LoadProgress) => void,
    signal: AbortSignal,
  ): Promise<OpenEmbedder> {
    this.close()
    const capabilities = await this.#worker.call((api) => api.capabilities(), signal)
    const plans = plansFor(embedder, capabilities)
    let fallback: Fallback | undefined
    const onDevice = plans.find(({ device }) => device === 'webgpu')
    if (onDevice) {
      fallback = await this.#tryDevice(onDevice, capabilities.webgpu?.adapter ?? '', onProgress, signal)
      if (!fallback) return this.#opened(onDevice)
    }
    const plan = plans.find(({ device }) => device === 'wasm')
    if (!plan) throw new ModelUnusable({ detail: fallback?.detail ?? `${embedder.id} needs a graphics processor` })
    await this.#load(this.#worker, plan, onProgress, signal)
    return this.#opened(plan, fallback)
  }

  /**
   * texts × dimension. A worker that died is started again, and the call made once more.
   * @throws ModelUnusable, Interrupted, AbortError
   */
  async embed(texts: string[], kind: EmbedKind, signal: AbortSignal): Promise<Float32Array<ArrayBuffer>> {
    for (let attempt = 0; ; attempt++) {
      const open = this.#open
      if (!open) throw new ModelUnusable({ detail: 'no model is open' })
      try {
        return await this.#embed(this.#worker, open.plan, texts, kind, signal)
      } catch (error) {
        if (isAbort(error) || signal.aborted) throw error
        this.#worker.end()
        const gone = error instanceof DeviceLost || error instanceof Interrupted || open.plan.device === 'webgpu'
        if (!gone || attempt > LOSSES) throw error
        this.#lost(open)
      }
    }
  }

  /** Ends the worker and frees all memory of the model. */
  close(): void {
    this.#open = undefined
    this.#losses = 0
    this.#worker.end()
  }

  #opened(plan: EmbedderPlan, fallback?: Fallback): OpenEmbedder {
    this.#open = { plan, space: embeddingSpace(plan), ...(fallback && { fallback }) }
    return this.#open
  }

  /** The same files go on on wasm, so that the vectors stay in their space. Calls that failed together count once. */
  #lost(open: OpenEmbedder): void {
    if (this.#open !== open || open.plan.device === 'wasm') return
    this.#losses += 1
    const device: Device = this.#losses < LOSSES ? 'webgpu' : 'wasm'
    this.#open = { ...open, plan: { ...open.plan, device }, ...(device === 'wasm' && { fallback: { reason: 'lost' } }) }
  }

  /** @returns undefined where the device gives wasm's vectors; the worker then holds the model */
  async #tryDevice(
    plan: EmbedderPlan,
    adapter: string,
    onProgress: (progress: LoadProgress) => void,
    signal: AbortSignal,
  ): Promise<Fallback | undefined> {
    const key = `${adapter} ${nameOf(plan)}`
    try {
      const known = await this.#verdicts.get(key)
      const cosine = known ?? (await this.#compare(plan, onProgress, signal))
      if (known === undefined) await this.#verdicts.set(key, cosine)
      if (cosine < LEAST_COSINE) return this.#refused({ reason: 'differs', cosine })
      await this.#load(this.#worker, plan, onProgress, signal)
      return undefined
    } catch (error) {
      const ofDevice = [ModelUnusable, DeviceLost, Interrupted].some((kind) => error instanceof kind)
      if (!ofDevice || signal.aborted) throw error
      return this.#refused({ reason: 'failed', detail: (error as Error).message })
    }
  }

  #refused(fallback: Fallback): Fallback {
    this.#worker.end()
    return fallback
  }

  /** The known answers of wasm first, in a worker that is gone before the device's own needs its memory. */
  async #compare(
    plan: EmbedderPlan,
    onProgress: (progress: LoadProgress) => void,
    signal: AbortSignal,
  ): Promise<number> {
    const reference = this.#reference()
    const texts = [...KNOWN_TEXTS]
    let expected: Float32Array
    try {
      await this.#load(reference, { ...plan, device: 'wasm' }, onProgress, signal)
      expected = await this.#embed(reference, { ...plan, device: 'wasm' }, texts, 'passage', signal)
    } finally {
      reference.end()
    }
    const found = await this.#embed(this.#worker, plan, texts, 'passage', signal)
    return lowestCosine(expected, found, plan.embedder.dimension)
  }

  #load(
    worker: EmbedWorker,
    plan: EmbedderPlan,
    onProgress: (progress: LoadProgress) => void,
    signal: AbortSignal,
  ): Promise<void> {
    return worker.call((api) => api.load({ plan }, proxy(onProgress), signal), signal)
  }

  /** A worker that was started anew has no model, so every call asks for it; where it is loaded that costs a message. */
  #embed(
    worker: EmbedWorker,
    plan: EmbedderPlan,
    texts: string[],
    kind: EmbedKind,
    signal: AbortSignal,
  ): Promise<Float32Array<ArrayBuffer>> {
    return worker.call(async (api) => {
      await api.load({ plan }, undefined, signal)
      return api.embed(texts, kind, signal)
    }, signal)
  }
}
