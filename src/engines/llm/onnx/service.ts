import { ModelUnusable } from '../../../errors'
import type { AdapterUse } from '../../../lora/adapter'
import { transfer } from '../../../threads/expose'
import type { GenerateRequest, LlmApi, LoadedLlm, LoadLlmRequest } from '../../../threads/protocols'
import type { LoadProgress } from '../../model-files/load-progress'
import { probeDevices, type DeviceCapabilities } from '../../onnx/devices'
import { loadAdapter } from '../adapters/load'
import { nameOf } from '../catalogue'
import type { ChatMessage, GenerationEnd, Prompt, ScoredContinuation } from '../language-model'
import { sendPieces } from '../send-pieces'
import type { LoadAdapter } from './adapters/adapters'
import { examine, type Examination, type Findings } from './examine'
import { generate } from './generate'
import { loadLlm } from './load'
import type { ReadyLlm } from './ready-llm'
import { Requests } from './requests'
import { score } from './score'

/** The worker of a language model: one model at a time, one request at a time. */
export class LlmService implements LlmApi {
  readonly #requests = new Requests()
  readonly #loadAdapter: LoadAdapter
  #name: string | undefined
  #ready: Promise<ReadyLlm> | undefined

  /** @param load reads an adapter by the name that it is kept under */
  constructor(load: LoadAdapter = loadAdapter) {
    this.#loadAdapter = load
  }

  capabilities(): Promise<DeviceCapabilities> {
    return probeDevices()
  }

  async load(
    { plan }: LoadLlmRequest,
    onProgress: ((progress: LoadProgress) => void) | undefined,
    signal: AbortSignal,
  ): Promise<LoadedLlm> {
    if (this.#name !== nameOf(plan)) {
      await this.unload()
      this.#name = nameOf(plan)
      const ready = loadLlm(plan, this.#loadAdapter, (progress) => onProgress?.(progress), signal)
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

  score(
    prompt: Prompt,
    continuations: readonly string[],
    signal: AbortSignal,
    adapters?: readonly AdapterUse[],
  ): Promise<ScoredContinuation[]> {
    return this.#run((llm) => score(llm, prompt, continuations, signal, adapters), signal)
  }

  async examine(examination: Examination, signal: AbortSignal): Promise<Findings> {
    const findings = await this.#run((llm) => examine(llm, examination, signal), signal)
    return transfer(findings, [findings.logits.buffer])
  }

  async countTokens(text: Prompt): Promise<number> {
    const { tokenizer } = await this.#model()
    // A text alone is counted as the part of a prompt that it will be, without what every prompt begins with.
    return (typeof text === 'string' ? tokenizer.encodeContinuation(text) : tokenizer.encodePrompt(text)).length
  }

  async applyTemplate(messages: readonly ChatMessage[]): Promise<string> {
    return (await this.#model()).tokenizer.applyTemplate(messages)
  }

  async unload(): Promise<void> {
    const ready = this.#ready
    this.#forget()
    const llm = await ready?.catch(() => undefined)
    if (!llm) return
    // Not under the feet of the request that runs on it.
    await this.#requests.run(async () => {
      llm.cache.clear()
      await llm.adapters.release()
      await llm.decoder.release()
    }, new AbortController().signal)
  }

  #run<Result>(work: (llm: ReadyLlm) => Promise<Result>, signal: AbortSignal): Promise<Result> {
    return this.#requests.run(async () => work(await this.#model()), signal)
  }

  #model(): Promise<ReadyLlm> {
    return this.#ready ?? Promise.reject(new ModelUnusable({ detail: 'no model is loaded' }))
  }

  #forget(): void {
    this.#name = undefined
    this.#ready = undefined
  }
}
