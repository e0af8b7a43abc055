import { questionTerms } from '../../language/terms'
import { unclearReferences } from '../hygiene/references'
import type { ChoiceQuestion } from '../question-set'

/** Rarity of a term over the documents: logarithm of passages by passages that hold it. */
export type TermRarity = (term: string) => number

/** Rarity over these texts; a term in none of them is as rare as one that is in one. */
export function rarityOver(texts: readonly (readonly string[])[]): TermRarity {
  const counts = new Map<string, number>()
  for (const terms of texts) for (const term of new Set(terms)) counts.set(term, (counts.get(term) ?? 0) + 1)
  return (term) => Math.log((texts.length + 1) / Math.max(1, counts.get(term) ?? 1))
}

/**
 * How specific a question is. The paper means by it that a question can be answered without knowing which text it is about,
 * with little ambiguity; what can be measured of that: the rarity of its three rarest terms (a name makes a question
 * specific, however many common words stand around it), and nothing of it when it points at something that it does not tell.
 */
export function specificityOf(
  { question, language }: Pick<ChoiceQuestion, 'question' | 'language'>,
  rarity: TermRarity,
) {
  if (unclearReferences(question, language).length > 0) return 0
  const rarest = [...new Set(questionTerms(question).map(({ term }) => term))]
    .map(rarity)
    .sort((one, other) => other - one)
    .slice(0, 3)
  return rarest.reduce((sum, value) => sum + value, 0) / 3
}
