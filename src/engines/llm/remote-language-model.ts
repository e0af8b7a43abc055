import { DeviceLost, Interrupted, ModelUnusable } from '../../errors'
import type { AdapterUse } from '../../lora/adapter'
import { transfer, type Remote } from '../../threads/expose'
import type { LlmApi, LoadedLlm, RunningLlmApi } from '../../threads/protocols'
import type { LlmPlan } from './catalogue'
import type {
  ChatMessage,
  GeneratedPiece,
  GenerateOptions,
  GenerationEnd,
  LanguageModel,
  ModelCapabilities,
  Prompt,
  ScoredContinuation,
} from './language-model'
import { receivePieces } from './receive-pieces'
import type { WebLlmPlan } from './webllm/catalogue'

/** A worker that is started by its first call, and anew by the next call after it was ended (RestartableWorker). */
export interface LlmWorker {
  call<Result>(body: (api: Remote<LlmApi>) => Promise<Result>, signal?: AbortSignal): Promise<Result>
  end(): void
}

/** The worker of either engine. */
export interface AnyLlmWorker {
  call<Result>(body: (api: Remote<RunningLlmApi>) => Promise<Result>, signal?: AbortSignal): Promise<Result>
  end(): void
}

/** How often a device may be lost before the next plan takes over for good: once happens when a laptop wakes up. */
const LOSSES = 2

/**
 * A language model in a worker, on the page's side. What fails there is told once; the worker is then ended, and the next
 * call starts another and loads the model again.
 */
export class RemoteLanguageModel<Plan extends LlmPlan | WebLlmPlan = LlmPlan> implements LanguageModel {
  readonly id: string
  readonly name: string
  readonly #worker: AnyLlmWorker
  /** How to run it: the first until its device was lost too often, then the next. */
  readonly #plans: Plan[]
  readonly #loaded: LoadedLlm
  #losses = 0
  #unloaded = false

  /** @param plans at least one; the worker holds the model of the first */
  constructor(worker: AnyLlmWorker, plans: readonly Plan[], loaded: LoadedLlm) {
    const [plan] = plans
    this.id = plan!.model.id
    this.name = plan!.model.name
    this.#worker = worker
    this.#plans = [...plans]
    this.#loaded = loaded
  }

  get plan(): Plan {
    return this.#plans[0]!
  }

  get capabilities(): ModelCapabilities {
    const plan: LlmPlan | WebLlmPlan = this.plan
    const loaded = this.#loaded
    if ('build' in plan)
      return {
        engine: 'webllm',
        device: 'webgpu',
        dtype: plan.build.dtype,
        ...loaded,
        score: true,
        schema: true,
        adapters: 'merged',
      }
    const { device, dtype } = plan
    return { engine: 'onnx', device, dtype, ...loaded, score: true, schema: true, adapters: 'exact' }
  }

  async *generate(
    prompt: Prompt,
    options: GenerateOptions,
    signal: AbortSignal,
  ): AsyncGenerator<GeneratedPiece, GenerationEnd, undefined> {
    // Who leaves the loop before its end wants no more tokens: that is an abort too.
    const left = new AbortController()
    const either = AbortSignal.any([signal, left.signal])
    const { port1, port2 } = new MessageChannel()
    const end = this.#call((api) => api.generate({ prompt, options }, transfer(port2, [port2]), either), signal)
    try {
      yield* receivePieces(port1, end)
      return await end
    } finally {
      left.abort()
      port1.close()
    }
  }

  score(
    prompt: Prompt,
    continuations: readonly string[],
    signal: AbortSignal,
    adapters?: readonly AdapterUse[],
  ): Promise<ScoredContinuation[]> {
    return this.#call((api) => api.score(prompt, continuations, signal, adapters), signal)
  }

  countTokens(text: Prompt): Promise<number> {
    return this.#call((api) => api.countTokens(text))
  }

  applyTemplate(messages: readonly ChatMessage[]): Promise<string> {
    return this.#call((api) => api.applyTemplate(messages))
  }

  unload(): Promise<void> {
    this.#unloaded = true
    this.#worker.end()
    return Promise.resolve()
  }

  /** A worker that was started anew has no model, so every call asks for it; where it is loaded that costs a message. */
  async #call<Result>(body: (api: Remote<RunningLlmApi>) => Promise<Result>, signal?: AbortSignal): Promise<Result> {
    if (this.#unloaded) throw new Interrupted()
    const { plan } = this
    try {
      return await this.#worker.call(async (api) => {
        await api.load({ plan: plan as never }, undefined, signal ?? new AbortController().signal)
        return body(api)
      }, signal)
    } catch (error) {
      if (this.#unloaded) throw new Interrupted()
      this.#heed(error, plan)
      throw error
    }
  }

  /** Other errors are the request's own, and the worker goes on. */
  #heed(error: unknown, plan: Plan): void {
    if (!(error instanceof DeviceLost) && !(error instanceof ModelUnusable)) return
    this.#worker.end()
    if (error instanceof ModelUnusable || plan !== this.plan) return
    this.#losses += 1
    if (this.#losses >= LOSSES && this.#plans.length > 1) this.#plans.shift()
  }
}
