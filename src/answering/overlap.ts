import type { Language } from '../domain'
import type { Question } from './question-type'
import type { Word } from './words'

/** How much of a question a sentence holds, and where. */
export interface Overlap {
  /** Per word of the passage: the weight of the question term that it repeats, 0 for none. */
  weights: Float64Array
  /** Per word of the passage: index of that term, -1 for none. */
  terms: Int32Array
  /** Weight of all question terms together. */
  total: number
  /** Per sentence: share of `total` that it holds, each term counted once. */
  sentences: number[]
  /** Per sentence: how much of each term it holds, 0 to 1. */
  held: Float64Array[]
  /** The question's terms with their weights, in order of first appearance. */
  questionTerms: { norm: string; weight: number; word: Word }[]
}

/** Weight of a term by how rare it is: the logarithm that BM25 uses, or any other statistic. */
export type Rarity = (norm: string) => number

/**
 * Aligns the passage with the question. Japanese words also match in part (両替 in 両替商), because the engine's dictionary
 * cuts compounds differently in different surroundings.
 */
export function overlap(
  question: Question,
  passage: Word[],
  sentenceOf: Int32Array,
  sentenceCount: number,
  rarity?: Rarity,
): Overlap {
  const questionTerms = termsOf(question, passage, sentenceOf, sentenceCount, rarity)
  const exact = new Map(questionTerms.map(({ norm }, at) => [norm, at]))
  const partial = question.language === 'ja' ? bigramsOf(questionTerms) : prefixesOf(questionTerms)
  const weights = new Float64Array(passage.length)
  const terms = new Int32Array(passage.length).fill(-1)
  const held = Array.from({ length: sentenceCount }, () => new Float64Array(questionTerms.length))
  for (const [at, word] of passage.entries()) {
    const match = matchOf(word, exact, partial, question.language)
    if (!match) continue
    const term = questionTerms[match.term]!
    weights[at] = term.weight * match.share
    terms[at] = match.term
    const sentence = held[sentenceOf[at] ?? -1]
    if (sentence && (match.share === 1 || question.language === 'en'))
      sentence[match.term] = Math.max(sentence[match.term]!, match.share)
  }
  if (question.language === 'ja') holdInPart(held, questionTerms, passage, sentenceOf)
  const total = questionTerms.reduce((sum, { weight }) => sum + weight, 0) || 1
  const shareOf = (shares: Float64Array) =>
    shares.reduce((sum, share, at) => sum + share * questionTerms[at]!.weight, 0) / total
  return { weights, terms, total, sentences: held.map(shareOf), held, questionTerms }
}

/**
 * A compound that the sentence cuts differently or holds in part (東京 for 東京タワー) counts by the share of its bigrams.
 */
function holdInPart(
  held: Float64Array[],
  terms: Overlap['questionTerms'],
  passage: Word[],
  sentenceOf: Int32Array,
): void {
  const texts = held.map(() => '')
  for (const [at, { text }] of passage.entries()) {
    const sentence = sentenceOf[at]!
    if (sentence >= 0) texts[sentence] += text.normalize('NFKC').toLowerCase()
  }
  for (const [term, { norm }] of terms.entries()) {
    const bigrams = Array.from({ length: norm.length - 1 }, (_, at) => norm.slice(at, at + 2))
    if (bigrams.length === 0) continue
    for (const [sentence, shares] of held.entries()) {
      const share = bigrams.filter((bigram) => texts[sentence]!.includes(bigram)).length / bigrams.length
      shares[term] = Math.max(shares[term]!, share === 1 ? 1 : 0.9 * share)
    }
  }
}

function termsOf(
  question: Question,
  passage: Word[],
  sentenceOf: Int32Array,
  sentenceCount: number,
  rarity?: Rarity,
): Overlap['questionTerms'] {
  const terms = new Map<string, { norm: string; weight: number; word: Word }>()
  const inSentences = rarity ? undefined : sentenceFrequencies(passage, sentenceOf)
  for (const [at, word] of question.words.entries()) {
    if (!word.content || (at >= question.asked[0] && at < question.asked[1]) || terms.has(word.norm)) continue
    const rare = rarity
      ? rarity(word.norm)
      : Math.log(1 + (sentenceCount + 1) / ((inSentences?.get(word.norm) ?? 0) + 1))
    terms.set(word.norm, { norm: word.norm, weight: rare * substance(word), word })
  }
  return [...terms.values()]
}

/** Kana verbs say little; names and long words much. */
function substance(word: Word): number {
  if (word.script === 'hiragana') return 0.4
  if (word.script === 'number') return 1.2
  if (word.script === 'latin') return /^\p{Lu}/u.test(word.text) ? 1.2 : word.norm.length > 3 ? 1 : 0.7
  return word.norm.length > 1 ? 1 + 0.1 * Math.min(5, word.norm.length) : 0.7
}

function sentenceFrequencies(passage: Word[], sentenceOf: Int32Array): Map<string, number> {
  const seen = new Map<string, Set<number>>()
  for (const [at, word] of passage.entries()) {
    if (!word.content) continue
    const set = seen.get(word.norm) ?? new Set<number>()
    set.add(sentenceOf[at] ?? -1)
    seen.set(word.norm, set)
  }
  return new Map([...seen].map(([norm, set]) => [norm, set.size]))
}

/** Bigrams of kanji and katakana of the terms, each with the first term that has it. */
function bigramsOf(terms: Overlap['questionTerms']): Map<string, number> {
  const bigrams = new Map<string, number>()
  for (const [at, { norm }] of terms.entries())
    for (let i = 0; i + 1 < norm.length; i++) {
      const bigram = norm.slice(i, i + 2)
      if (!bigrams.has(bigram)) bigrams.set(bigram, at)
    }
  return bigrams
}

/** Letters that two English words must share at their beginning to be taken for forms of one (invention, invented). */
const prefixLength = 5

function prefixesOf(terms: Overlap['questionTerms']): Map<string, number> {
  const long = [...terms.entries()].filter(([, { norm }]) => norm.length >= prefixLength)
  return new Map(long.map(([at, { norm }]) => [norm.slice(0, prefixLength), at]))
}

function matchOf(
  word: Word,
  exact: Map<string, number>,
  partial: Map<string, number>,
  language: Language,
): { term: number; share: number } | undefined {
  if (!word.content) return undefined
  const term = exact.get(word.norm)
  if (term !== undefined) return { term, share: 1 }
  if (language === 'en') {
    const prefix = word.norm.length >= prefixLength ? partial.get(word.norm.slice(0, prefixLength)) : undefined
    return prefix === undefined ? undefined : { term: prefix, share: 0.7 }
  }
  if (word.norm.length < 2 || word.script === 'number') return undefined
  let held = 0
  let first: number | undefined
  for (let i = 0; i + 1 < word.norm.length; i++) {
    const found = partial.get(word.norm.slice(i, i + 2))
    if (found === undefined) continue
    held++
    first ??= found
  }
  return first === undefined ? undefined : { term: first, share: (0.9 * held) / (word.norm.length - 1) }
}
