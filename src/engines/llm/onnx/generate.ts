import { hearMessagesNowAndThen } from '../../../threads/hear-messages'
import type { GeneratedPiece, GenerateOptions, GenerationEnd, Prompt, TokenMask } from '../language-model'
import { schemaMask } from './grammar/schema-mask'
import { Pieces } from './pieces'
import { readPrompt, readTokens, type ReadPrompt, type ReadyLlm } from './ready-llm'
import { logProbabilityOf, Sampler } from './sampler'

/**
 * The answer to a prompt, token by token.
 *
 * The loop is ours and not `generate` of transformers.js, which silently ignores top-p and min-p, cannot shorten its cache to
 * what two prompts share, hears no abort while it reads a prompt, and hands the error of one failed run to every later one.
 * The tokenizer, its template and the model's configuration are theirs.
 *
 * @param mask restricts what may come next; by default the request's schema does, where it has one
 * @throws PromptTooLong, AdapterUnusable, ModelUnusable, DeviceLost, AbortError
 */
export async function* generate(
  llm: ReadyLlm,
  prompt: Prompt,
  options: GenerateOptions,
  signal: AbortSignal,
  mask?: TokenMask,
): AsyncGenerator<GeneratedPiece, GenerationEnd, undefined> {
  const start = performance.now()
  await llm.adapters.use(llm, options.adapters ?? [], signal)
  const read = await readPrompt(llm, prompt, 1, signal)
  const pieces = new Pieces(llm.tokenizer.decode, options.stop ?? [], options.logProbabilities ?? false)
  const tokens = chooseTokens(llm, read, options, signal, mask ?? schemaMask(llm, read, options))
  const times: number[] = []
  let reason: GenerationEnd['reason'] = 'stop'
  while (!pieces.stopped) {
    const next = await tokens.next()
    if (next.done) {
      reason = next.value
      break
    }
    times.push(performance.now())
    const piece = pieces.add(next.value.token, next.value.logProbability)
    if (piece) yield piece
  }
  const rest = pieces.finish()
  if (rest) yield rest
  const [first = performance.now()] = times
  return {
    reason,
    promptTokens: read.tokens.length,
    reusedTokens: read.reused,
    generatedTokens: times.length,
    firstToken: first - start,
    decoding: (times.at(-1) ?? first) - first,
  }
}

interface ChosenToken {
  token: number
  /** 0 where it is not asked for. */
  logProbability: number
}

/** @returns why no further token follows */
async function* chooseTokens(
  llm: ReadyLlm,
  { tokens: prompt, logits }: ReadPrompt,
  options: GenerateOptions,
  signal: AbortSignal,
  mask: TokenMask | undefined,
): AsyncGenerator<ChosenToken, GenerationEnd['reason'], undefined> {
  const sampler = new Sampler(options, prompt)
  const chosen: number[] = []
  let row = logits
  for (;;) {
    const limit = limitReached(llm, options, prompt.length, chosen.length)
    if (limit) return limit
    const last = chosen.at(-1)
    if (last !== undefined) {
      await hearMessagesNowAndThen()
      signal.throwIfAborted()
      row = await readTokens(llm, [last])
    }
    const token = sampler.choose(row, mask?.(chosen))
    if (llm.ends.has(token)) return 'stop'
    chosen.push(token)
    yield { token, logProbability: options.logProbabilities ? logProbabilityOf(row, token) : 0 }
  }
}

/** Why no further token may be chosen. */
function limitReached(
  { contextTokens }: ReadyLlm,
  { maxTokens }: GenerateOptions,
  prompt: number,
  answer: number,
): GenerationEnd['reason'] | undefined {
  if (answer >= maxTokens) return 'length'
  return prompt + answer >= contextTokens ? 'context' : undefined
}
