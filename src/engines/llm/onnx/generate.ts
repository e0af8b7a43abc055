import { hearMessages } from '../../../threads/hear-messages'
import type { GeneratedPiece, GenerateOptions, GenerationEnd, Prompt, TokenMask } from '../language-model'
import { Pieces } from './pieces'
import { readPrompt, readTokens, type ReadyLlm } from './ready-llm'
import { logProbabilityOf, Sampler } from './sampler'

/**
 * The answer to a prompt, token by token.
 *
 * The loop is ours and not `generate` of transformers.js, which silently ignores top-p and min-p, cannot shorten its cache to
 * what two prompts share, hears no abort while it reads a prompt, and hands the error of one failed run to every later one.
 * The tokenizer, its template and the model's configuration are theirs.
 *
 * @param mask restricts what may come next
 * @throws PromptTooLong, ModelUnusable, DeviceLost, AbortError
 */
export async function* generate(
  llm: ReadyLlm,
  prompt: Prompt,
  options: GenerateOptions,
  signal: AbortSignal,
  mask?: TokenMask,
): AsyncGenerator<GeneratedPiece, GenerationEnd, undefined> {
  const start = performance.now()
  let { tokens, reused, logits } = await readPrompt(llm, prompt, 1, signal)
  const sampler = new Sampler(options, tokens)
  const pieces = new Pieces(llm.tokenizer.decode, options.stop ?? [], options.logProbabilities ?? false)
  const chosen: number[] = []
  let [first, last] = [0, 0]
  let reason = limitReached(llm, options, tokens.length, 0)
  while (!reason) {
    const token = sampler.choose(logits, mask?.(chosen))
    last = performance.now()
    first ||= last
    if (llm.ends.has(token)) {
      reason = 'stop'
      break
    }
    chosen.push(token)
    const piece = pieces.add(token, options.logProbabilities ? logProbabilityOf(logits, token) : 0)
    if (piece) yield piece
    reason = pieces.stopped ? 'stop' : limitReached(llm, options, tokens.length, chosen.length)
    if (reason) break
    await hearMessages()
    signal.throwIfAborted()
    logits = await readTokens(llm, [token])
  }
  const rest = pieces.finish()
  if (rest) yield rest
  return {
    reason: reason!,
    promptTokens: tokens.length,
    reusedTokens: reused,
    generatedTokens: chosen.length,
    firstToken: (first || performance.now()) - start,
    decoding: last - first,
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
