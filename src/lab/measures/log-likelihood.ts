import type { LanguageModel, Prompt, ScoredContinuation } from '../../engines/llm/language-model'
import type { AdapterUse } from '../../lora/adapter'

/** How the options of a question were scored, and which won. */
export interface ScoredOptions {
  /** In the order of the options. */
  scores: ScoredContinuation[]
  /** Index of the highest log-probability; the first of equals. */
  chosen: number
  /** The same, each divided by its tokens: long options are not at a disadvantage. */
  chosenNormalised: number
}

/**
 * Scores each option as what follows the prompt, as the paper does (arXiv 2312.05934, section 4.1): question and option are
 * one text, its log-probability is the score, and the highest wins. Since the prompt is the same for all of them, its own
 * share changes nothing, and only the option's is computed.
 * @throws whatever the model's score throws
 */
export async function scoreOptions(
  model: Pick<LanguageModel, 'score'>,
  prompt: Prompt,
  options: readonly string[],
  signal: AbortSignal,
  adapters?: readonly AdapterUse[],
): Promise<ScoredOptions> {
  const scores = await model.score(prompt, options, signal, adapters)
  return {
    scores,
    chosen: highest(scores.map(({ logProbability }) => logProbability)),
    chosenNormalised: highest(scores.map(({ logProbability, tokens }) => logProbability / Math.max(1, tokens))),
  }
}

/** Index of the largest number; the first of equals. */
const highest = (values: readonly number[]): number =>
  values.reduce((best, value, at) => (value > values[best]! ? at : best), 0)

/** Accuracy of guessing: the mean of 1 / options. Undefined without options. */
export function chanceOf(optionCounts: readonly number[]): number | undefined {
  if (optionCounts.length === 0) return undefined
  return optionCounts.reduce((sum, count) => sum + 1 / count, 0) / optionCounts.length
}
