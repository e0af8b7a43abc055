import type { Language } from '../domain'
import { sentences as sentencesOf } from '../language/segment'
import { candidates } from './candidates'
import { describe } from './features'
import { read, type Reading } from './reading'
import type { Rarity } from './overlap'
import { analyseQuestion, type Question } from './question-type'
import { extractorWeights } from './weights'

export interface ExtractedAnswer {
  /** [start, end) in the text. */
  start: number
  end: number
  /** Log-odds like; comparable between passages for the same question. */
  score: number
}

export interface ExtractOptions {
  /** Ranges of the sentences, when they are known already. */
  sentences?: [start: number, end: number][]
  rarity?: Rarity
}

/**
 * The stretch of `text` that most likely answers the question, or undefined when there is nothing to choose from.
 * `language` is the language of the text. Weights: see weights.ts.
 */
export function extractAnswer(
  question: string | Question,
  text: string,
  language: Language,
  options: ExtractOptions = {},
): ExtractedAnswer | undefined {
  const analysed = typeof question === 'string' ? analyseQuestion(question, language) : question
  const reading = read(analysed, text, options.sentences ?? sentencesOf(text, language), language, options.rarity)
  const best = bestCandidate(reading)
  return best && { start: best.start, end: best.end, score: best.score }
}

/** The best candidate of a passage that has been read already. */
export function bestCandidate(reading: Reading): ExtractedAnswer | undefined {
  return scoreCandidates(reading).reduce<ScoredCandidate | undefined>(
    (best, one) => (best && best.score >= one.score ? best : one),
    undefined,
  )
}

export interface ScoredCandidate extends ExtractedAnswer {
  /** Index of the sentence that it stands in. */
  sentence: number
}

/** Every candidate of a passage with its score, in the order of the text. */
export function scoreCandidates(reading: Reading): ScoredCandidate[] {
  const weights = extractorWeights[reading.language]
  const shaped = reading.shaped.map(({ start, end }): [number, number] => [start, end])
  return candidates(reading.text, reading.words, reading.sentences, reading.language, shaped).map((candidate) => {
    let score = 0
    describe(reading, candidate, (name, value) => {
      score += (weights[name] ?? 0) * value
    })
    const [first, last] = [reading.words[candidate.first]!, reading.words[candidate.end - 1]!]
    return { start: first.start, end: last.end, score, sentence: candidate.sentence }
  })
}
