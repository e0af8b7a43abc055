import { ModelUnusable } from '../../../errors'
import type { Prompt, ScoredContinuation } from '../language-model'
import { LogitChoice } from './logit-choice'
import { readPrompt, run, type ReadyWebLlm } from './ready-web-llm'

/**
 * The log-probability of each continuation after a prompt, by teacher forcing: web-llm generates, its choice is each time the
 * given token, and the probability is read off the logits before. That is exact, and an error if web-llm took any other
 * token. Its cache cannot be cut back, so the prompt is read again for each continuation, and each of its tokens is a step.
 * @throws PromptTooLong, DeviceLost, ModelUnusable, AbortError
 */
export async function score(
  llm: ReadyWebLlm,
  prompt: Prompt,
  continuations: readonly string[],
  signal: AbortSignal,
): Promise<ScoredContinuation[]> {
  const given = continuations.map((text) => llm.tokenizer.encodeContinuation(text))
  const { text } = readPrompt(llm, prompt, Math.max(0, ...given.map(({ length }) => length)))
  llm.turns.forget()
  const scores: ScoredContinuation[] = []
  for (const tokens of given) {
    signal.throwIfAborted()
    const logProbability = tokens.length === 0 ? 0 : await scoreTokens(llm, text, tokens, signal)
    scores.push({ logProbability, tokens: tokens.length })
  }
  return scores
}

async function scoreTokens(
  llm: ReadyWebLlm,
  prompt: string,
  tokens: readonly number[],
  signal: AbortSignal,
): Promise<number> {
  const forced = new LogitChoice((_logits, at) => tokens[at]!)
  const request = {
    messages: [{ role: 'user' as const, content: prompt }],
    stream: true as const,
    max_tokens: tokens.length,
    temperature: 1,
    top_p: 1,
    repetition_penalty: 1 as const,
    frequency_penalty: 0 as const,
    presence_penalty: 0 as const,
    // A continuation may hold a token that ends answers.
    ignore_eos: true as const,
  }
  let taken = 0
  for await (const step of run(llm, request, forced)) {
    signal.throwIfAborted()
    taken += step.length
  }
  const { logProbabilities } = forced
  if (taken !== tokens.length || logProbabilities.length !== taken)
    throw new ModelUnusable({ detail: `${logProbabilities.length} of ${tokens.length} tokens were scored` })
  return logProbabilities.reduce((sum, value) => sum + value, 0)
}
