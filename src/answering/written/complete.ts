import type { ChatMessage, GenerateOptions, LanguageModel } from '../../engines/llm/language-model'
import { SpokenText } from './spoken-text'

/**
 * What a model says to messages, whole: without what it thinks, and ended by its stop texts. For the steps beside the answer,
 * which nobody watches.
 * @throws PromptTooLong, DeviceLost, ModelUnusable, Interrupted, AbortError
 */
export async function complete(
  model: Pick<LanguageModel, 'generate' | 'applyTemplate'>,
  messages: readonly ChatMessage[],
  options: GenerateOptions,
  signal: AbortSignal,
): Promise<string> {
  signal.throwIfAborted()
  const spoken = new SpokenText(options.stop, await opensThinking(model, messages))
  let said = ''
  for await (const { text } of model.generate(messages, options, signal)) {
    said += spoken.take(text)
    if (spoken.ended) break
  }
  signal.throwIfAborted()
  return (said + spoken.end()).trim()
}

/** Does the model's template open the block in which it thinks? The answer then begins within it. */
export const opensThinking = async (
  model: Pick<LanguageModel, 'applyTemplate'>,
  messages: readonly ChatMessage[],
): Promise<boolean> => /<think(?:ing)?>\s*$/u.test(await model.applyTemplate(messages))
