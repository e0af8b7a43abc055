import { DeviceLost, ModelUnusable } from '../../../errors'
import type { GenerateRequest, LoadedLlm, WebLlmApi } from '../../../threads/protocols'
import type { LoadProgress } from '../../model-files/load-progress'
import type { ChatMessage, GenerationEnd, Prompt, ScoredContinuation } from '../language-model'
import { sendPieces } from '../send-pieces'
import { Requests } from '../onnx/requests'
import { planName, type WebLlmPlan } from './catalogue'
import { findDevice, obstaclesOn, type Obstacle } from './device-fit'
import { generate } from './generate'
import { loadWebLlm } from './load'
import { createMlcEngine, type CreateMlcEngine } from './mlc-engine'
import type { ReadyWebLlm } from './ready-web-llm'
import { score } from './score'

/** The worker of a language model that web-llm runs: one model at a time, one request at a time. */
export class WebLlmService implements WebLlmApi {
  readonly #createEngine: CreateMlcEngine
  readonly #requests = new Requests()
  #name: string | undefined
  #ready: Promise<ReadyWebLlm> | undefined

  constructor(createEngine: CreateMlcEngine = createMlcEngine) {
    this.#createEngine = createEngine
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
      const ready = loadWebLlm(plan, this.#createEngine, (progress) => onProgress?.(progress), signal)
      this.#ready = ready
      ready.catch(() => {
        if (this.#ready === ready) this.#forget()
      })
    }
    const { contextTokens, tokenizer } = await this.#model()
    return { contextTokens, controlTokens: tokenizer.controlTokens }
  }

  generate({ prompt, options }: GenerateRequest, port: MessagePort, signal: AbortSignal): Promise<GenerationEnd> {
    return this.#run((llm) => sendPieces(generate(llm, prompt, options, signal), port), signal)
  }

  score(prompt: Prompt, continuations: readonly string[], signal: AbortSignal): Promise<ScoredContinuation[]> {
    return this.#run((llm) => score(llm, prompt, continuations, signal), signal)
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
    const llm = await ready?.catch(() => undefined)
    llm?.device.end()
    if (!llm?.device.lost) await llm?.engine.unload()
  }

  #run<Result>(work: (llm: ReadyWebLlm) => Promise<Result>, signal: AbortSignal): Promise<Result> {
    return this.#requests.run(async () => work(await this.#model()), signal)
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
  }
}
