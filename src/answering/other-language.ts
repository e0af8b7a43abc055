import type { Evidence } from '../domain'
import type { Question } from './question-type'

/**
 * Least share of the question's meaning that a passage in the other language has to hold. Of 300 questions of XQuAD, asked
 * of Japanese paragraphs that have nothing on them, none finds one that reaches it; of English sentences, with their translation
 * among 1,000, two thirds do (`npm run eval -- gate`). Chosen high: below it single words agree (服 of 服務 with "clothes"), and a
 * refusal shows the nearest passages all the same.
 */
const leastMeaning = 0.5

/**
 * Does a passage in the other language than the question's speak of what is asked? It shares no words with the question, so
 * the soft lexicon's count of what means the same is all there is to judge by.
 */
export const meansTheSame = (
  { language }: Pick<Question, 'language'>,
  { evidence: { passage, meaningCoverage = 0 } }: { evidence: Evidence },
): boolean => passage.language !== language && meaningCoverage >= leastMeaning

/** Share of what was found of the question in a passage of the other language that stands in [start, end) of its text. */
export function likeShare({ matches }: Evidence, start: number, end: number): number {
  const characters = (from: number, to: number) =>
    matches.reduce((sum, [first, last]) => sum + Math.max(0, Math.min(last, to) - Math.max(first, from)), 0)
  return characters(start, end) / Math.max(1, characters(0, Infinity))
}
