import { DeviceLost, Interrupted, isAbort, ModelUnusable } from '../../errors'
import { proxy } from '../../threads/expose'
import type { EncoderApi } from '../../threads/protocols'
import type { Device } from '../onnx/session'
import type { LoadProgress } from '../model-files/load-progress'
import { plansFor, type EncoderModel, type EncoderPlan } from './model'

/** A worker that is started by its first call, and anew by the next call after it was ended (RestartableWorker). */
export interface EncoderWorker<Api> {
  call<Result>(body: (api: Api) => Promise<Result>, signal?: AbortSignal): Promise<Result>
  end(): void
}

/** What a model is asked on every device, so that one device's answers can be held against another's. */
export interface SelfTest<Model extends EncoderModel, Api> {
  /** Names a model as it is run. Another revision, precision, or way of asking is another. */
  nameOf(plan: EncoderPlan<Model>): string
  answers(api: Api, signal: AbortSignal): Promise<Float32Array>
  /** 1 where the answers are the same, the lower the more they differ. */
  agreement(expected: Float32Array, found: Float32Array, model: Model): number
  /** The least agreement for a device to be trusted. */
  least: number
}

/** What earlier self-tests found, by model and adapter, so that the test is made once and not at every start. */
export interface Verdicts {
  get(key: string): Promise<number | undefined>
  set(key: string, agreement: number): Promise<void>
}

/** Why a model does not run on the graphics processor although there is one. */
export interface Fallback {
  reason: 'differs' | 'failed' | 'lost'
  /** With wasm's answers, where they differ. */
  agreement?: number
  detail?: string
}

export interface OpenEncoder<Model extends EncoderModel> {
  plan: EncoderPlan<Model>
  /** Set where wasm runs in place of the graphics processor. */
  fallback?: Fallback
}

type OnProgress = (progress: LoadProgress) => void

/** How often a device may be lost before wasm takes over for good: once happens when a laptop wakes up. */
const LOSSES = 2

/**
 * A model on the page's side: chooses the device, compares it with wasm before it is trusted, and starts the worker anew
 * after every failure, on wasm where the graphics processor was the cause.
 */
export class EncoderOwner<Model extends EncoderModel, Api extends EncoderApi<Model>> {
  readonly #test: SelfTest<Model, Api>
  readonly #worker: EncoderWorker<Api>
  readonly #reference: () => EncoderWorker<Api>
  readonly #verdicts: Verdicts
  #open: OpenEncoder<Model> | undefined
  #losses = 0

  /** @param reference starts a second worker, used for one comparison and ended */
  constructor(
    test: SelfTest<Model, Api>,
    worker: EncoderWorker<Api>,
    reference: () => EncoderWorker<Api>,
    verdicts: Verdicts,
  ) {
    this.#test = test
    this.#worker = worker
    this.#reference = reference
    this.#verdicts = verdicts
  }

  /** What is open; undefined before `open` and after `close`. */
  get current(): OpenEncoder<Model> | undefined {
    return this.#open
  }

  /**
   * Makes a model ready whose files are kept, on the best device that gives the answers that it should.
   * @throws ModelFileMissing, ModelFileDamaged, ModelUnusable, AbortError
   */
  async open(model: Model, onProgress: OnProgress, signal: AbortSignal): Promise<OpenEncoder<Model>> {
    this.close()
    const capabilities = await this.#worker.call((api) => api.capabilities(), signal)
    const plans = plansFor(model, capabilities)
    let fallback: Fallback | undefined
    const onDevice = plans.find(({ device }) => device === 'webgpu')
    if (onDevice) {
      fallback = await this.#tryDevice(onDevice, capabilities.webgpu?.adapter ?? '', onProgress, signal)
      if (!fallback) return (this.#open = { plan: onDevice })
    }
    const plan = plans.find(({ device }) => device === 'wasm')
    if (!plan) throw new ModelUnusable({ detail: fallback?.detail ?? `${model.id} needs a graphics processor` })
    await this.#load(this.#worker, plan, onProgress, signal)
    await this.#tryOnce(plan, signal)
    return (this.#open = { plan, ...(fallback && { fallback }) })
  }

  /** Files may be whole and yet those of another model: that is told now, and not by the first question. */
  async #tryOnce(plan: EncoderPlan<Model>, signal: AbortSignal): Promise<void> {
    const key = `wasm ${this.#test.nameOf(plan)}`
    if ((await this.#verdicts.get(key)) !== undefined) return
    await this.#ask(this.#worker, plan, (api) => this.#test.answers(api, signal), signal)
    await this.#verdicts.set(key, 1)
  }

  /** Ends the worker and frees all memory of the model. */
  close(): void {
    this.#open = undefined
    this.#losses = 0
    this.#worker.end()
  }

  /**
   * Asks the open model. A worker that died is started again, and the call made once more.
   * @throws ModelUnusable, Interrupted, AbortError
   */
  protected async ask<Result>(body: (api: Api) => Promise<Result>, signal: AbortSignal): Promise<Result> {
    for (let attempt = 0; ; attempt++) {
      const open = this.#open
      if (!open) throw new ModelUnusable({ detail: 'no model is open' })
      try {
        return await this.#ask(this.#worker, open.plan, body, signal)
      } catch (error) {
        if (isAbort(error) || signal.aborted) throw error
        this.#worker.end()
        const gone = error instanceof DeviceLost || error instanceof Interrupted || open.plan.device === 'webgpu'
        if (!gone || attempt > LOSSES) throw error
        this.#lost(open)
      }
    }
  }

  /** The same files go on on wasm, so that the answers stay the same. Calls that failed together count once. */
  #lost(open: OpenEncoder<Model>): void {
    if (this.#open !== open || open.plan.device === 'wasm') return
    this.#losses += 1
    const device: Device = this.#losses < LOSSES ? 'webgpu' : 'wasm'
    this.#open = { ...open, plan: { ...open.plan, device }, ...(device === 'wasm' && { fallback: { reason: 'lost' } }) }
  }

  /** @returns undefined where the device gives wasm's answers; the worker then holds the model */
  async #tryDevice(
    plan: EncoderPlan<Model>,
    adapter: string,
    onProgress: OnProgress,
    signal: AbortSignal,
  ): Promise<Fallback | undefined> {
    const key = `${adapter} ${this.#test.nameOf(plan)}`
    try {
      const known = await this.#verdicts.get(key)
      const agreement = known ?? (await this.#compare(plan, onProgress, signal))
      if (known === undefined) await this.#verdicts.set(key, agreement)
      if (agreement < this.#test.least) return this.#refused({ reason: 'differs', agreement })
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
  async #compare(plan: EncoderPlan<Model>, onProgress: OnProgress, signal: AbortSignal): Promise<number> {
    const onWasm: EncoderPlan<Model> = { ...plan, device: 'wasm' }
    const answers = (api: Api) => this.#test.answers(api, signal)
    const reference = this.#reference()
    let expected: Float32Array
    try {
      await this.#load(reference, onWasm, onProgress, signal)
      expected = await this.#ask(reference, onWasm, answers, signal)
    } finally {
      reference.end()
    }
    const found = await this.#ask(this.#worker, plan, answers, signal)
    return this.#test.agreement(expected, found, plan.model)
  }

  #load(
    worker: EncoderWorker<Api>,
    plan: EncoderPlan<Model>,
    onProgress: OnProgress,
    signal: AbortSignal,
  ): Promise<void> {
    return worker.call((api) => api.load({ plan }, proxy(onProgress), signal), signal)
  }

  /** A worker that was started anew has no model, so every call asks for it; where it is loaded that costs a message. */
  #ask<Result>(
    worker: EncoderWorker<Api>,
    plan: EncoderPlan<Model>,
    body: (api: Api) => Promise<Result>,
    signal: AbortSignal,
  ): Promise<Result> {
    return worker.call(async (api) => {
      await api.load({ plan }, undefined, signal)
      return body(api)
    }, signal)
  }
}
