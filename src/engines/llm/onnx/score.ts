import type { AdapterUse } from '../../../lora/adapter'
import { hearMessages } from '../../../threads/hear-messages'
import type { Prompt, ScoredContinuation } from '../language-model'
import { disposeAll, type Past } from './key-value-cache'
import { readPrompt, type ReadyLlm } from './ready-llm'
import { logProbabilityOf } from './sampler'

/**
 * The log-probability of each continuation after a prompt, by teacher forcing. The prompt is read once, and its keys and
 * values serve all of them.
 * @throws PromptTooLong, AdapterUnusable, ModelUnusable, DeviceLost, AbortError
 */
export async function score(
  llm: ReadyLlm,
  prompt: Prompt,
  continuations: readonly string[],
  signal: AbortSignal,
  adapters: readonly AdapterUse[] = [],
): Promise<ScoredContinuation[]> {
  await llm.adapters.use(llm, adapters, signal)
  const given = continuations.map((text) => llm.tokenizer.encodeContinuation(text))
  const longest = Math.max(0, ...given.map(({ length }) => length))
  const { logits } = await readPrompt(llm, prompt, longest, signal)
  const scores: ScoredContinuation[] = []
  for (const tokens of given) {
    scores.push(await scoreTokens(llm, logits, tokens, signal))
    await hearMessages()
  }
  return scores
}

/** @param logits those after the prompt */
async function scoreTokens(
  llm: ReadyLlm,
  logits: Float32Array,
  tokens: readonly number[],
  signal: AbortSignal,
): Promise<ScoredContinuation> {
  signal.throwIfAborted()
  const [first] = tokens
  if (first === undefined) return { logProbability: 0, tokens: 0 }
  let logProbability = logProbabilityOf(logits, first)
  // A state without positions takes what follows token by token.
  const chunk = llm.cache.hasPositions ? tokens.length : 1
  let past: Past = llm.cache
  for (let at = 0; at < tokens.length - 1; at += chunk) {
    const part = tokens.slice(at, Math.min(at + chunk, tokens.length - 1))
    const { logits: rows, present } = await llm.decoder.run(part, past, part.length)
    if (past !== llm.cache) disposeAll(past.tensors)
    past = { tensors: present, length: past.length + part.length }
    const vocabulary = rows.length / part.length
    for (const row of part.keys())
      logProbability += logProbabilityOf(rows.subarray(row * vocabulary, (row + 1) * vocabulary), tokens[at + row + 1]!)
  }
  if (past !== llm.cache) disposeAll(past.tensors)
  return { logProbability, tokens: tokens.length }
}
