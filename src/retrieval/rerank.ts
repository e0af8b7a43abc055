import type { LoadedCandidate } from './candidate'

/** Reads question and passage together and scores how well one answers the other: a cross-encoder. */
export interface Reranker {
  /** Id of the model, for the trace. */
  readonly id: string
  /**
   * One score a text, in their order; the higher the better, of any scale.
   * Rejects with an AbortError, or with the reason why it cannot run; the search then goes on without it.
   */
  score(question: string, texts: string[], signal: AbortSignal): Promise<ArrayLike<number>>
}

/** Candidates that a cross-encoder looks at: it is slow, and the right passage is among these in 98 of 100 cases. */
const looked = 20

/** Orders the first candidates by a cross-encoder's scores; the rest stay behind them. */
export async function rerank(
  question: string,
  candidates: readonly LoadedCandidate[],
  reranker: Reranker,
  signal: AbortSignal,
): Promise<LoadedCandidate[]> {
  const read = candidates.slice(0, looked)
  const texts = read.map(({ passage: { headingPath, text } }) => [...headingPath, text].join('\n'))
  const scores = await reranker.score(question, texts, signal)
  if (scores.length !== texts.length)
    throw new RangeError(`${reranker.id} scored ${scores.length} of ${texts.length} texts`)
  const ordered = read
    .map((candidate, at) => ({ candidate, score: scores[at]! }))
    .sort((a, b) => b.score - a.score)
    .map(({ candidate, score }, at): LoadedCandidate => ({ ...candidate, reranked: { score, rank: at + 1 } }))
  // The later stages compare scores: the fused ones are dealt out anew in the new order.
  const fused = read.map(({ score }) => score)
  return [...ordered.map((candidate, at) => ({ ...candidate, score: fused[at]! })), ...candidates.slice(looked)]
}
