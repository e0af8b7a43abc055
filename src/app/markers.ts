import type { Answer, Citation } from '../domain'

/** Citations of an answer in the order of its sentences. */
export const citationsOf = (answer: Pick<Answer, 'sentences'>): Citation[] =>
  answer.sentences.flatMap((sentence) => sentence.citations)

/** The first citation of each number shown in an answer, by number. */
export function markersOf(answer: Pick<Answer, 'sentences'>): Citation[] {
  const first = new Map<number, Citation>()
  for (const citation of citationsOf(answer)) if (!first.has(citation.marker)) first.set(citation.marker, citation)
  return [...first.values()].sort((a, b) => a.marker - b.marker)
}
