import { Interrupted } from '../../../errors'
import type {
  ChatMessage,
  GeneratedPiece,
  GenerateOptions,
  GenerationEnd,
  LanguageModel,
  ModelCapabilities,
  Prompt,
  ScoredContinuation,
} from '../language-model'
import type { AdapterUse } from '../../../lora/adapter'
import type { OpenedModel } from './messages'
import type { ModelClient } from './model-client'

/** A language model that one tab owns and every tab may ask; it stays the same when another tab becomes the owner. */
export class ServedLanguageModel<Wanted, Passed> implements LanguageModel {
  readonly id: string
  readonly name: string
  /** What is asked of the owner is asked of the model with this key. */
  readonly key: string
  /** As the owner told it last. */
  capabilities: ModelCapabilities
  readonly #client: ModelClient<Wanted, Passed>
  readonly #unload: () => Promise<void>
  #ended: Error | undefined

  /** @param unload lets go of it in this tab */
  constructor(
    client: ModelClient<Wanted, Passed>,
    key: string,
    { id, name, capabilities }: OpenedModel<unknown>,
    unload: () => Promise<void>,
  ) {
    this.id = id
    this.name = name
    this.key = key
    this.capabilities = capabilities
    this.#client = client
    this.#unload = unload
  }

  async *generate(
    prompt: Prompt,
    options: GenerateOptions,
    signal: AbortSignal,
  ): AsyncGenerator<GeneratedPiece, GenerationEnd, undefined> {
    this.#throwIfEnded()
    // Who leaves the loop before its end wants no more tokens: that is an abort too.
    const left = new AbortController()
    const either = AbortSignal.any([signal, left.signal])
    const come: GeneratedPiece[] = []
    let isOver = false
    let wake: () => void = () => undefined
    const onPiece = (piece: GeneratedPiece) => {
      come.push(piece)
      wake()
    }
    const call = { method: 'generate', model: this.key, prompt, options } as const
    const end = this.#client.ask(call, { onPiece }, either).finally(() => {
      isOver = true
      wake()
    })
    end.catch(() => undefined)
    try {
      for (;;) {
        for (let piece = come.shift(); piece; piece = come.shift()) yield piece
        if (isOver) return await end
        await new Promise<void>((resolve) => (wake = resolve))
      }
    } finally {
      left.abort()
    }
  }

  async score(
    prompt: Prompt,
    continuations: readonly string[],
    signal: AbortSignal,
    adapters?: readonly AdapterUse[],
  ): Promise<ScoredContinuation[]> {
    this.#throwIfEnded()
    return this.#client.ask(
      { method: 'score', model: this.key, prompt, continuations, ...(adapters && { adapters }) },
      {},
      signal,
    )
  }

  async countTokens(text: Prompt): Promise<number> {
    this.#throwIfEnded()
    return this.#client.ask({ method: 'countTokens', model: this.key, text }, {})
  }

  async applyTemplate(messages: readonly ChatMessage[]): Promise<string> {
    this.#throwIfEnded()
    return this.#client.ask({ method: 'applyTemplate', model: this.key, messages }, {})
  }

  /** This tab needs it no more. Where the tab owns it, the next one that needs it opens it anew. */
  async unload(): Promise<void> {
    if (!this.#ended) await this.#unload()
  }

  /** From now on every request is refused for this reason. */
  end(reason: Error = new Interrupted()): void {
    this.#ended ??= reason
  }

  #throwIfEnded(): void {
    if (this.#ended) throw this.#ended
  }
}
