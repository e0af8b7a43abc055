import { PromptTooLong } from '../../../errors'
import { hearMessages } from '../../../threads/hear-messages'
import type { Prompt } from '../language-model'
import type { Adapters } from './adapters/adapters'
import type { Decoder } from './decoder'
import type { KeyValueCache } from './key-value-cache'
import type { LlmTokenizer } from './tokenizer'

/** A model that is loaded, with the keys and values of what it read last. */
export interface ReadyLlm {
  /** Another one once adapters are used. */
  decoder: Decoder
  adapters: Adapters
  cache: KeyValueCache
  tokenizer: LlmTokenizer
  /** Tokens of prompt and answer together, at most. */
  contextTokens: number
  /** Tokens that end an answer. */
  ends: ReadonlySet<number>
}

export interface ReadPrompt {
  tokens: number[]
  /** Of those, how many were in the cache already. */
  reused: number
  /** Logits after the last token, one for each token of the vocabulary. */
  logits: Float32Array
}

/**
 * Makes the cache hold exactly a prompt, reading only what it does not share with the one before.
 * @param room tokens that have to fit behind it
 * @throws PromptTooLong, ModelUnusable, DeviceLost, AbortError
 */
export async function readPrompt(
  llm: ReadyLlm,
  prompt: Prompt,
  room: number,
  signal: AbortSignal,
): Promise<ReadPrompt> {
  const tokens = llm.tokenizer.encodePrompt(prompt)
  const limit = llm.contextTokens - room
  if (tokens.length === 0 || tokens.length > limit) throw new PromptTooLong({ tokens: tokens.length, limit })
  const reused = await llm.cache.keepPrefixOf(tokens)
  const chunk = llm.decoder.chunk(llm.cache)
  let logits: Float32Array = new Float32Array()
  for (let at = reused; at < tokens.length; at += chunk) {
    if (at > reused) await hearMessages()
    signal.throwIfAborted()
    logits = await readTokens(llm, tokens.slice(at, at + chunk))
  }
  return { tokens, reused, logits }
}

/** Reads tokens behind those of the cache into it. @returns the logits after the last one */
export async function readTokens({ decoder, cache }: ReadyLlm, tokens: readonly number[]): Promise<Float32Array> {
  const { logits, present } = await decoder.run(tokens, cache, 1)
  cache.extend(tokens, present)
  return logits
}
