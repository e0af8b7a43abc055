import type { Language } from '../../domain'

/** Tokens that an answer is compared by: English as in SQuAD (articles and marks left out), Japanese by character. */
export function answerTokens(text: string, language: Language): string[] {
  const folded = text.normalize('NFKC').toLowerCase()
  if (language === 'ja') return [...folded.replace(/[^\p{L}\p{N}\p{M}]/gu, '')]
  return folded
    .replace(/[^\p{L}\p{N}\p{M}_\s]/gu, '')
    .replace(/\b(?:a|an|the)\b/g, ' ')
    .split(/\s+/)
    .filter(Boolean)
}

export interface Score {
  /** 1 when an answer is met exactly after normalisation, else 0. */
  exact: number
  /** Harmonic mean of precision and recall over tokens, against the best-matching answer: 0 to 1. */
  f1: number
}

/** How well `predicted` meets the best of the right answers. An empty prediction meets only an empty answer. */
export function scoreAnswer(predicted: string, answers: readonly string[], language: Language): Score {
  const tokens = answerTokens(predicted, language)
  const best: Score = { exact: 0, f1: 0 }
  for (const answer of answers) {
    const right = answerTokens(answer, language)
    if (tokens.length === right.length && tokens.every((token, at) => token === right[at])) best.exact = 1
    best.f1 = Math.max(best.f1, overlapF1(tokens, right))
  }
  return best
}

function overlapF1(predicted: string[], right: string[]): number {
  if (predicted.length === 0 && right.length === 0) return 1
  const left = new Map<string, number>()
  for (const token of right) left.set(token, (left.get(token) ?? 0) + 1)
  let common = 0
  for (const token of predicted) {
    const count = left.get(token) ?? 0
    if (count > 0) common++
    left.set(token, count - 1)
  }
  return common === 0 ? 0 : (2 * common) / (predicted.length + right.length)
}

/** The mean of scores as percentages with one decimal: what the tables show. */
export function meanScore(scores: Score[]): { exact: number; f1: number } {
  const mean = (of: (score: Score) => number) =>
    Math.round((1000 * scores.reduce((sum, score) => sum + of(score), 0)) / Math.max(1, scores.length)) / 10
  return { exact: mean((score) => score.exact), f1: mean((score) => score.f1) }
}
