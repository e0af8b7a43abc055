import { DeviceLost, ModelUnusable } from '../../../errors'
import type { AdapterUse } from '../../../lora/adapter'
import type { GenerateRequest, LoadedLlm, WebLlmApi } from '../../../threads/protocols'
import type { LoadProgress } from '../../model-files/load-progress'
import type { ChatMessage, GenerationEnd, Prompt, ScoredContinuation } from '../language-model'
import { loadAdapter } from '../adapters/load'
import { sendPieces } from '../send-pieces'
import { Requests } from '../onnx/requests'
import { AdaptersInUse, type WithAdapters } from './adapters-in-use'
import { planName, type WebLlmPlan } from './catalogue'
import { findDevice, obstaclesOn, type Obstacle } from './device-fit'
import { generate } from './generate'
import type { KeptFiles } from './kept-files-cache'
import { loadWebLlm } from './load'
import type { LoadAdapter } from './merge-plan'
import { createMlcEngine, type CreateMlcEngine } from './mlc-engine'
import type { ReadyWebLlm } from './ready-web-llm'
import { score } from './score'

/** The worker of a language model that web-llm runs: one model at a time, one request at a time. */
export class WebLlmService implements WebLlmApi {
  readonly #createEngine: CreateMlcEngine
  readonly #requests = new Requests()
  readonly #loadAdapter: LoadAdapter
  #name: string | undefined
  #ready: Promise<ReadyWebLlm> | undefined
  #adapters: AdaptersInUse | undefined

  constructor(createEngine: CreateMlcEngine = createMlcEngine, load: LoadAdapter = loadAdapter) {
    this.#createEngine = createEngine
    this.#loadAdapter = load
  }

  async obstacles({ build }: WebLlmPlan): Promise<Obstacle[]> {
    return obstaclesOn(await findDevice(), build.dtype, 0)
  }

  async load(
    { plan }: { plan: WebLlmPlan },
    onProgress: ((progress: LoadProgress) => void) | undefined,
    signal: AbortSignal,
  ): Promise<LoadedLlm> {
    if (this.#name !== planName(plan)) {
      await this.unload()
      this.#name = planName(plan)
      this.#start(loadWebLlm(plan, this.#createEngine, (progress) => onProgress?.(progress), signal))
      this.#adapters = new AdaptersInUse(this.#loadAdapter, (change, until) => this.#reload(plan, change, until))
    }
    const { contextTokens, tokenizer } = await this.#model()
    return { contextTokens, controlTokens: tokenizer.controlTokens }
  }

  generate({ prompt, options }: GenerateRequest, port: MessagePort, signal: AbortSignal): Promise<GenerationEnd> {
    const work = async ({ llm, survival }: WithAdapters): Promise<GenerationEnd> => {
      const end = await sendPieces(generate(llm, prompt, options, signal), port)
      return { ...end, ...(survival && { survival }) }
    }
    return this.#run(work, options.adapters, signal)
  }

  score(
    prompt: Prompt,
    continuations: readonly string[],
    signal: AbortSignal,
    adapters?: readonly AdapterUse[],
  ): Promise<ScoredContinuation[]> {
    return this.#run(({ llm }) => score(llm, prompt, continuations, signal), adapters, signal)
  }

  async countTokens(text: Prompt): Promise<number> {
    const { tokenizer, prompts } = await this.#model()
    // A text alone is counted as the part of a prompt that it will be, without what every prompt begins with.
    return typeof text === 'string'
      ? tokenizer.encodeContinuation(text).length
      : tokenizer.encodePrompt(prompts.of(text)).length
  }

  async applyTemplate(messages: readonly ChatMessage[]): Promise<string> {
    return (await this.#model()).prompts.of(messages)
  }

  async unload(): Promise<void> {
    const ready = this.#ready
    this.#forget()
    await end(ready)
  }

  #run<Result>(
    work: (ready: WithAdapters) => Promise<Result>,
    adapters: readonly AdapterUse[] | undefined,
    signal: AbortSignal,
  ): Promise<Result> {
    return this.#requests.run(async () => {
      const llm = await this.#model()
      return work(await this.#adapters!.putOn(llm, adapters ?? [], signal))
    }, signal)
  }

  #start(ready: Promise<ReadyWebLlm>): void {
    this.#ready = ready
    ready.catch(() => {
      if (this.#ready === ready) this.#forget()
    })
  }

  /** Two models at once may be more than the device holds. */
  #reload(plan: WebLlmPlan, change: KeptFiles['change'], signal: AbortSignal): Promise<ReadyWebLlm> {
    const before = this.#ready
    const reloading = end(before).then(() => loadWebLlm(plan, this.#createEngine, () => undefined, signal, change))
    this.#start(reloading)
    return reloading
  }

  async #model(): Promise<ReadyWebLlm> {
    if (!this.#ready) throw new ModelUnusable({ detail: 'no model is loaded' })
    const llm = await this.#ready
    // It may have gone while nobody asked for anything: when the machine slept.
    if (llm.device.lost) throw new DeviceLost()
    return llm
  }

  #forget(): void {
    this.#name = undefined
    this.#ready = undefined
    this.#adapters = undefined
  }
}

/** Frees a model, once it is there. */
async function end(ready: Promise<ReadyWebLlm> | undefined): Promise<void> {
  const llm = await ready?.catch(() => undefined)
  llm?.device.end()
  if (!llm?.device.lost) await llm?.engine.unload()
}
