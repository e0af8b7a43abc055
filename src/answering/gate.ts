import type { Language } from '../domain'
import type { ReadPassage } from './passages'
import { identifiersOf } from './identifiers'
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
  /** Share of the weight of the question's nouns that no passage read holds: what it asks about is not spoken of. */
  missingNouns: number
}

/**
 * Fitted by test/eval/fit-gate.ts on questions of jaquad-train and on English ones (pairs/t0qa and our own), asked of
 * paragraphs that hold the answer and of paragraphs that do not; but `missingNouns` is set by hand, since the fitted sets
 * hardly have what it is for: a question in the words of a document about a thing that the document does not know. It costs
 * 2 (ja) to 5 (en) points of answerable questions there, and finds 12 to 19 more of those whose paragraph was taken out.
 */
const weights: Record<keyof GateSigns | 'constant', number> = {
  constant: -3.53,
  surroundings: 2.88,
  termCoverage: 4.03,
  missingNames: -2.14,
  missingNouns: -2,
}

/**
 * Below this probability a question is refused. Chosen low: a person who is refused wrongly has to look for what was there,
 * one who is shown the nearest sentences sees that they do not answer; and people ask in other words than documents use,
 * which questions written beside a paragraph (all that we could fit on) do less. What it costs on sets that were not fitted on
 * is printed by `npm run eval -- quote`.
 */
export const thresholds: Record<Language, number> = { en: 0.14, ja: 0.15 }

/** What the gate decided about a question, and by what. Plain data. */
export interface GateDecision {
  refused: boolean
  /** Below it a question is refused, unless a passage in the other language means the same. */
  threshold: number
  /** 0 to 1. */
  probability: number
  signs: GateSigns
  /** What each sign, and the constant, adds to the log-odds. */
  contributions: Record<keyof GateSigns | 'constant', number>
  /** A passage in the other language speaks of what is asked: then the probability, which counts words, does not matter. */
  otherLanguage: boolean
  /** The documents explain codes of the form asked for, but not this one: then it is refused in any case. */
  otherIdentifier: boolean
}

/** What each sign, and the constant, adds to the log-odds. */
function contributionsOf(signs: GateSigns): GateDecision['contributions'] {
  // A negative weight of nothing would be -0, which is not what comes back from JSON.
  const contribution = (sign: keyof GateSigns) => weights[sign] * signs[sign] + 0
  return {
    constant: weights.constant,
    surroundings: contribution('surroundings'),
    termCoverage: contribution('termCoverage'),
    missingNames: contribution('missingNames'),
    missingNouns: contribution('missingNouns'),
  }
}

/** Probability, 0 to 1, that the passages answer the question, were both cases equally frequent. */
export function answerProbability(signs: GateSigns): number {
  const odds = Object.values(contributionsOf(signs)).reduce((sum, one) => sum + one, 0)
  return 1 / (1 + Math.exp(-odds))
}

/** Does anything among the passages answer? Without any passage, nothing does. */
export function decide(question: Question, passages: ReadPassage[]): GateDecision {
  const signs = gateSigns(question, passages)
  const probability = answerProbability(signs)
  const threshold = thresholds[question.language]
  const otherLanguage = passages.some((passage) => meansTheSame(question, passage))
  const otherIdentifier = speaksOfOthers(question, passages)
  return {
    refused: (probability < threshold && !otherLanguage) || otherIdentifier,
    threshold,
    probability,
    signs,
    contributions: contributionsOf(signs),
    otherLanguage,
    otherIdentifier,
  }
}

/** Does nothing among the passages answer? */
export const refuses = (question: Question, passages: ReadPassage[]): boolean => decide(question, passages).refused

/** The documents explain codes of the form asked for, but not this one. */
function speaksOfOthers({ identifiers }: Question, passages: ReadPassage[]): boolean {
  const held = passages.flatMap(({ evidence: { passage, documentName } }) =>
    identifiersOf([documentName, ...passage.headingPath, passage.text].join('\n')),
  )
  return identifiers.some(
    (asked) => held.some(({ form }) => form === asked.form) && !held.some(({ whole }) => whole === asked.whole),
  )
}

/** The best sign of each kind among the passages; those of no passage at all when there is none. */
export function gateSigns(question: Question, passages: ReadPassage[]): GateSigns {
  const signs = passages.map((passage) => passageSigns(question, passage))
  return {
    surroundings: Math.max(0, ...signs.map(({ surroundings }) => surroundings)),
    termCoverage: Math.max(0, ...signs.map(({ termCoverage }) => termCoverage)),
    missingNames: Math.min(1, ...signs.map(({ missingNames }) => missingNames)),
    missingNouns: missingNouns(question, passages),
  }
}

/** A noun counts as held when any passage has half of it; a question without nouns misses none. */
function missingNouns(question: Question, passages: ReadPassage[]): number {
  const first = passages[0]
  if (!first) return 1
  const nouns = nounsOf(question)
  const terms = first.reading.overlap.questionTerms.flatMap(({ norm }, term) => (nouns.has(norm) ? [term] : []))
  const holds = ({ reading, headings }: ReadPassage, term: number) =>
    (headings[term] ?? 0) >= 0.5 || reading.overlap.held.some((shares) => shares[term]! >= 0.5)
  const weigh = (these: number[]) => these.reduce((sum, term) => sum + (first.termWeights[term] ?? 0), 0)
  const missing = terms.filter((term) => !passages.some((passage) => holds(passage, term)))
  return terms.length ? weigh(missing) / weigh(terms) : 0
}

const beforeNoun =
  /^(?:the|an?|my|our|your|their|his|her|its|any|every|each|of|for|into|in|on|with|per|from|about|some)$/i
const afterNoun = /^(?:は|が|を|の|に|で|も|と|から|まで)$/u

const namesForm =
  /^(?:number|phone|telephone|line|e-?mail|address|deadline|frequency|price|cost|電話|番号|電話番号|住所|所在地|連絡先|問い合わせ先|期限|頻度|料金|費用)$/iu

/**
 * The words that name what the question is about, as far as their place tells: in English the last word after an article,
 * a possessive or a preposition, and what "which" and "how many" count; in Japanese a word before a particle.
 */
function nounsOf({ words, language, head, shapes }: Question): Set<string> {
  const nouns = new Set<string>(head && [head.norm])
  for (const [at, word] of words.entries()) {
    if (!word.content || words[at + 1]?.content) continue
    if (language === 'ja') {
      if (word.script !== 'hiragana' && word.text.length > 1 && afterNoun.test(words[at + 1]?.text ?? ''))
        nouns.add(word.norm)
      continue
    }
    let before = at - 1
    while (words[before]?.content) before--
    if (beforeNoun.test(words[before]?.text ?? '')) nouns.add(word.norm)
  }
  // "The number of the hotline" may be given without the word number.
  if (head && shapes.length > 0 && namesForm.test(head.text)) nouns.delete(head.norm)
  return nouns
}

function passageSigns(
  question: Question,
  { reading, evidence, sentence, termWeights, headings }: ReadPassage,
): Omit<GateSigns, 'missingNouns'> {
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
export function isName({ text, script }: Word, first: boolean): boolean {
  if (script === 'latin') return !first && /^\p{Lu}/u.test(text)
  return script === 'number' || (script === 'katakana' && text.length > 2)
}
