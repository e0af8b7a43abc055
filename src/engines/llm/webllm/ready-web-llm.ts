import { ModelUnusable, PromptTooLong } from '../../../errors'
import type { Prompt } from '../language-model'
import type { LlmTokenizer } from '../onnx/tokenizer'
import type { CachedTurns } from './cached-turns'
import type { DeviceWatch } from './device-watch'
import { ownError } from './engine-errors'
import type { KeptMatrices } from './kept-matrices'
import type { LinearLayer } from './linear-layers'
import type { LogitProcessor, MlcEngine, MlcPipeline, MlcRequest } from './mlc-engine'
import type { PromptText } from './prompt-text'

/** A model that web-llm has loaded. */
export interface ReadyWebLlm {
  engine: MlcEngine
  pipeline: MlcPipeline
  /** Read from the same file as web-llm's own, which it keeps to itself. */
  tokenizer: LlmTokenizer
  prompts: PromptText
  turns: CachedTurns
  device: DeviceWatch
  /** Tokens of prompt and answer together, at most. */
  contextTokens: number
  /** What adapters can change. */
  layers: readonly LinearLayer[]
  /** Its weights as they are without any. */
  kept: KeptMatrices
}

/**
 * A prompt as text and as tokens.
 * @param room tokens that have to fit behind it
 * @throws PromptTooLong
 */
export function readPrompt(llm: ReadyWebLlm, prompt: Prompt, room: number): { text: string; tokens: number[] } {
  const text = llm.prompts.of(prompt)
  const tokens = llm.tokenizer.encodePrompt(text)
  const limit = llm.contextTokens - room
  if (tokens.length === 0 || tokens.length > limit) throw new PromptTooLong({ tokens: tokens.length, limit })
  return { text, tokens }
}

/** Why web-llm ended an answer. */
export type FinishReason = 'stop' | 'length' | 'abort'

/**
 * Runs one request, and tells the tokens of the answer as they come: none, one, or those that were held back until they made
 * a whole character. Who leaves before the end ends the answer after the token that is being computed.
 * @throws DeviceLost, ModelUnusable and what the processor throws
 */
export async function* run(
  { engine, pipeline, device }: ReadyWebLlm,
  request: MlcRequest,
  processor?: LogitProcessor,
): AsyncGenerator<number[], FinishReason, undefined> {
  pipeline.logitProcessor = processor
  let chunks: AsyncIterator<{ choices: { finish_reason?: string | null }[] }> | undefined
  let told = 0
  try {
    chunks = (await device.unlessLost(engine.chat.completions.create(request)))[Symbol.asyncIterator]()
    for (;;) {
      const { done, value } = await device.unlessLost(chunks.next())
      if (done) throw new ModelUnusable({ detail: 'an answer ended without a reason' })
      const tokens = pipeline.outputIds.slice(told)
      told += tokens.length
      if (tokens.length > 0) yield tokens
      const reason = value.choices[0]?.finish_reason
      if (reason) return reason as FinishReason
    }
  } catch (error) {
    throw ownError(error)
  } finally {
    // On a device that is gone it would wait for ever.
    if (!device.lost) await chunks?.return?.()
    pipeline.logitProcessor = undefined
  }
}
