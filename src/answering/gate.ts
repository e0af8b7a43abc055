import type { Language } from '../domain'
import type { ReadPassage } from './passages'
import { meansTheSame } from './other-language'
import type { Question } from './question-type'
import type { Word } from './words'

/** What the gate looks at, each from 0 to 1: the best of the passages read. */
export interface GateSigns {
  /** Share of the question's weight in the answering sentence with its neighbours and headings. */
  surroundings: number
  /** Share as the index counts it, with the rarity of terms over all documents. */
  termCoverage: number
  /** Share of the question's names and numbers that the passage lacks. */
  missingNames: number
}

/**
 * Fitted by test/eval/fit-gate.ts on questions of jaquad-train and of the tuning half of squad2-visible, asked of
 * paragraphs that hold the answer and of paragraphs that do not.
 */
const weights = { constant: -4.08, surroundings: 3.37, termCoverage: 4.52, missingNames: -1.59 }

/**
 * Below this probability a question is refused. Chosen low: a person who is refused wrongly has to look for what was there,
 * one who is shown the nearest sentences sees that they do not answer; and people ask in other words than documents use,
 * which questions written beside a paragraph (all that we could fit on) do less. On the tuning sets this refuses 3 % (en)
 * and 1 % (ja) of answerable questions, and 83 % and 71 % of those that the documents have nothing on.
 */
export const thresholds: Record<Language, number> = { en: 0.15, ja: 0.2 }

/** Probability, 0 to 1, that the passages answer the question, were both cases equally frequent. */
export function answerProbability(signs: GateSigns): number {
  const odds =
    weights.constant +
    weights.surroundings * signs.surroundings +
    weights.termCoverage * signs.termCoverage +
    weights.missingNames * signs.missingNames
  return 1 / (1 + Math.exp(-odds))
}

/** Does nothing among the passages answer? Without any passage, nothing does. */
export const refuses = (question: Question, passages: ReadPassage[]): boolean =>
  answerProbability(gateSigns(question, passages)) < thresholds[question.language] &&
  !passages.some((passage) => meansTheSame(question, passage))

/** The best sign of each kind among the passages; those of no passage at all when there is none. */
export function gateSigns(question: Question, passages: ReadPassage[]): GateSigns {
  const signs = passages.map((passage) => passageSigns(question, passage))
  return {
    surroundings: Math.max(0, ...signs.map(({ surroundings }) => surroundings)),
    termCoverage: Math.max(0, ...signs.map(({ termCoverage }) => termCoverage)),
    missingNames: Math.min(1, ...signs.map(({ missingNames }) => missingNames)),
  }
}

function passageSigns(
  question: Question,
  { reading, evidence, sentence, termWeights, headings }: ReadPassage,
): GateSigns {
  const { questionTerms, held } = reading.overlap
  const total = termWeights.reduce((sum, weight) => sum + weight, 0)
  const share = (of: (term: number) => number) =>
    total > 0 ? termWeights.reduce((sum, weight, term) => sum + weight * of(term), 0) / total : 0
  const heldBy = (sentences: Float64Array[]) => (term: number) =>
    Math.max(headings[term] ?? 0, ...sentences.map((shares) => shares[term]!))
  const inPassage = heldBy(held)
  const named = questionTerms.flatMap(({ word }, term) => (isName(word, word === question.words[0]) ? [term] : []))
  return {
    surroundings: share(heldBy(held.slice(Math.max(0, sentence - 1), sentence + 2))),
    termCoverage: evidence.termCoverage,
    missingNames: named.length ? named.filter((term) => inPassage(term) < 0.5).length / named.length : 0,
  }
}

/** Words that a passage cannot do without if it is to answer: proper names, katakana words, numbers. */
function isName({ text, script }: Word, first: boolean): boolean {
  if (script === 'latin') return !first && /^\p{Lu}/u.test(text)
  return script === 'number' || (script === 'katakana' && text.length > 2)
}
