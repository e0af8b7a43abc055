import type {
  ChatMessage,
  GeneratedPiece,
  GenerateOptions,
  GenerationEnd,
  LanguageModel,
} from '../../engines/llm/language-model'
import { withoutLoop } from './repetition'
import { SpokenText } from './spoken-text'

/** What a model said to a prompt. */
export interface Completion {
  text: string
  /** It ended before its end: no tokens were left, or it began to repeat itself. */
  cut: boolean
}

/**
 * What a model says to messages, whole: without what it thinks, and ended by its stop texts or where it begins to repeat
 * itself. For the steps beside the answer, which nobody watches.
 * @throws PromptTooLong, DeviceLost, ModelUnusable, Interrupted, AbortError
 */
export async function complete(
  model: Pick<LanguageModel, 'generate' | 'applyTemplate'>,
  messages: readonly ChatMessage[],
  options: GenerateOptions,
  signal: AbortSignal,
): Promise<Completion> {
  signal.throwIfAborted()
  const spoken = new SpokenText(options.stop, await opensThinking(model, messages))
  const stop = new AbortController()
  const pieces = model.generate(messages, options, AbortSignal.any([signal, stop.signal]))
  let text = ''
  try {
    for (;;) {
      const next = await pieces.next()
      if (next.done) return { text: (text + spoken.end()).trim(), cut: next.value.reason !== 'stop' }
      text += spoken.take(next.value.text)
      signal.throwIfAborted()
      if (spoken.ended) return { text: text.trim(), cut: false }
      const round = withoutLoop(text)
      if (round !== undefined) return { text: round.trim(), cut: true }
    }
  } finally {
    stop.abort()
    closeGeneration(pieces)
  }
}

/** Ends a generation that nobody reads to its end; how it takes that is its own affair. */
export function closeGeneration(pieces: AsyncIterator<GeneratedPiece, GenerationEnd>): void {
  pieces.return?.().catch(() => undefined)
}

/** Does the model's template open the block in which it thinks? The answer then begins within it. */
export const opensThinking = async (
  model: Pick<LanguageModel, 'applyTemplate'>,
  messages: readonly ChatMessage[],
): Promise<boolean> => /<think(?:ing)?>\s*$/u.test(await model.applyTemplate(messages))
