import type { Evidence, Language } from '../../domain'
import type { LanguageModel, Sampling } from '../../engines/llm/language-model'
import type { AdapterUse } from '../../lora/adapter'
import type { Cite } from '../cite'
import { buildPrompt } from '../prompt'
import type { Templates } from '../templates/templates'
import { sentenceChecker, type CheckSentence } from '../written/check-sentence'
import { complete } from '../written/complete'

/** What a model said of some passages that follow each other, and how what it says is tied to them. */
export interface ReadPortion {
  said: string
  /** It had no tokens left to say all. */
  cut: boolean
  check: CheckSentence
  passages: readonly Evidence[]
}

export interface ReadThroughOptions {
  templates: Templates
  sampling?: Sampling
  /** What is said of the portions is written with these adapters. */
  adapters?: readonly AdapterUse[]
  controlTokens?: readonly string[]
  /** Tokens that the model may write about one portion. */
  portionTokens: number
  /** Tokens kept free beside those. */
  reserve: number
}

/** Passages read at once, at most: small models overlook things in long prompts long before their context is full. */
export const portionSize = 8

/**
 * Shows a model all passages, some at a time and each once, and gives what it says of each portion.
 * @throws PromptTooLong, DeviceLost, ModelUnusable, Interrupted, AbortError; portions given before stay valid
 */
export async function* readThrough(
  model: LanguageModel,
  kind: 'items' | 'notes',
  { question, language, passages }: { question: string; language: Language; passages: readonly Evidence[] },
  options: ReadThroughOptions,
  cite: Cite,
  signal: AbortSignal,
): AsyncGenerator<ReadPortion, void, undefined> {
  for (let at = 0; at < passages.length;) {
    const { messages, shown } = await buildPrompt(
      model,
      { question, language, evidence: passages.slice(at, at + portionSize) },
      { ...options, kind, answerTokens: options.portionTokens },
      signal,
    )
    const { sampling, adapters, portionTokens: maxTokens } = options
    const generate = { ...sampling, maxTokens, ...(adapters && { adapters }) }
    const { text, cut } = await complete(model, messages, generate, signal)
    const check = sentenceChecker({ shown, question, cite, answering: () => -1 })
    yield { said: text, cut, check, passages: shown.map(({ evidence }) => evidence) }
    at += Math.max(1, shown.length)
  }
}
