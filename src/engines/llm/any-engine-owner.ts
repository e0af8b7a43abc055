import type { LoadProgress } from '../model-files/load-progress'
import type { LlmEntry } from './catalogue'
import type { LanguageModel } from './language-model'
import type { PassedOver } from './llm-owner'
import type { ModelOpener } from './shared/messages'
import type { WebLlmEntry } from './webllm/catalogue'
import type { PassedOverBuild } from './webllm/owner'

/** A language model with the engine that is to run it: one of its own is for `onnx`. */
export type AnyLlmEntry = LlmEntry | WebLlmEntry

export const isWebLlm = (entry: AnyLlmEntry): entry is WebLlmEntry => 'engine' in entry

/**
 * Opens the language models of either engine, one at a time over both: each takes gigabytes of the one graphics processor, so
 * the other engine's worker is ended before anything is loaded.
 */
export class AnyEngineOwner implements ModelOpener<AnyLlmEntry, PassedOver | PassedOverBuild> {
  readonly #onnx: ModelOpener<LlmEntry, PassedOver>
  readonly #webllm: ModelOpener<LlmEntry, PassedOverBuild>

  constructor(onnx: ModelOpener<LlmEntry, PassedOver>, webllm: ModelOpener<LlmEntry, PassedOverBuild>) {
    this.#onnx = onnx
    this.#webllm = webllm
  }

  /** @throws what the owner of its engine throws (LlmOwner, WebLlmOwner) */
  async open(
    wanted: AnyLlmEntry,
    onProgress: (progress: LoadProgress) => void,
    signal: AbortSignal,
  ): Promise<{ model: LanguageModel; passedOver: readonly (PassedOver | PassedOverBuild)[] }> {
    if (isWebLlm(wanted)) {
      await this.#onnx.close()
      return this.#webllm.open(wanted.model, onProgress, signal)
    }
    await this.#webllm.close()
    return this.#onnx.open(wanted, onProgress, signal)
  }

  async close(): Promise<void> {
    await Promise.all([this.#onnx.close(), this.#webllm.close()])
  }
}
