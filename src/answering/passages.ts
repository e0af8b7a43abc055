import type { Evidence } from '../domain'
import { namesAnother } from './identifiers'
import { scoreCandidates, type ExtractedAnswer, type ScoredCandidate } from './extract'
import { read, type Reading } from './reading'
import { likeShare } from './other-language'
import { overlap } from './overlap'
import { asksForSentence, type Question } from './question-type'
import { answeringCell } from './table'
import { words } from './words'

/** Passages that are quoted from, and that the gate was fitted on: those at the top of the evidence. */
export const gateReads = 5

/** A passage read for a question: its likely answer, the sentence that holds it, and how well it fits. */
export interface ReadPassage {
  evidence: Evidence
  reading: Reading
  /** Absent where there is nothing to choose from, and for yes/no questions, which no stretch of text answers. */
  answer?: ExtractedAnswer
  /** Share of the answer in the odds of all candidates of all passages, 0 to 1. */
  confidence: number
  /** Index of the sentence that answers best. */
  sentence: number
  /** Importance of each question term over all passages read. */
  termWeights: number[]
  /** How much of each question term the headings and the document's name hold, 0 to 1. */
  headings: number[]
  /** What orders passages: the value of the sentence and the passage's share of the best search score. */
  rankingScore: number
}

/**
 * What counts beside the extractor's score, in its units (log-odds): the share of the best search score that the passage
 * has, the share of the question that the sentence holds (weighted over all passages read, which the extractor does not
 * know), and being no whole sentence. Chosen on jaquad-train and the tuning half of squad2-visible.
 */
const beside = { search: 8, coverage: 6, fragment: -2 }

/**
 * Set by hand, in the same units: a sentence that holds a form which the question wants; one that says what may, must or
 * happens, for questions that a rule answers; one that speaks of another code than the question.
 */
const sentenceBonus = { shape: 3, rule: 1.5, anotherIdentifier: -20 }

/** Words that make a sentence a rule or name its condition. */
const rules =
  /\b(?:may|must|shall|should|can|cannot|not|never|only|required?|allowed|permitted|prohibited|forbidden|entitled|eligible|unless|if|will)\b|できる|できない|[てで](?:は(?:ならない|いけない|なりません|いけません)|もよい|も差し支えない)|しないこと|[なね]ければならない|ものとする|認め|禁止|禁ずる|許可|必要|義務|場合|とき[はに]|ください/iu

/** Set by hand, in the same units: a line of a table of contents names the place of an answer and is none. */
const inContents = -20

const contentsHeading = /^(?:目\s*次|(?:table of )?contents)$/iu

/** A table's cell has no fitted score; it gets this much per share of the question that row and column hold. */
const cellScore = 8

/** Reads the passages one by one; aborting between two of them throws an AbortError. Best first. */
export function readPassages(question: Question, evidence: Evidence[], signal: AbortSignal): ReadPassage[] {
  const readings = evidence.map(({ passage }) => {
    signal.throwIfAborted()
    return read(question, passage.text, passage.sentences, passage.language)
  })
  const termWeights = weightsOver(readings)
  const top = Math.max(...evidence.map(({ score }) => score), Number.MIN_VALUE)
  const valued = evidence.map((one, at) => valuedCandidates(one, readings[at]!, termWeights, one.score / top))
  const highest = valued.flat().reduce((best, { value }) => Math.max(best, value), -Infinity)
  const odds = (value: number) => Math.exp(value - highest)
  const all = valued.flat().reduce((sum, { value }) => sum + odds(value), 0)
  return evidence
    .map((one, at): ReadPassage => {
      signal.throwIfAborted()
      const reading = readings[at]!
      const best = valued[at]!.reduce<Valued | undefined>((a, b) => (a && a.value >= b.value ? a : b), undefined)
      const passage: ReadPassage = {
        evidence: one,
        reading,
        confidence: best ? odds(best.value) / all : 0,
        sentence: best?.sentence ?? nearestSentence(one, reading),
        termWeights,
        headings: headingShares(question, one),
        rankingScore: best?.value ?? -Infinity,
      }
      if (best && !asksForSentence(question)) passage.answer = { start: best.start, end: best.end, score: best.score }
      return passage
    })
    .sort((a, b) => b.rankingScore - a.rankingScore)
}

/** The one that holds most of the question; the first row of a table names its columns and says nothing by itself. */
function nearestSentence({ passage }: Evidence, { overlap }: Reading): number {
  const first = passage.kind === 'table' && overlap.sentences.length > 1 ? 1 : 0
  return overlap.sentences.reduce(
    (best, held, at) => (at > first && held > (overlap.sentences[best] ?? 0) ? at : best),
    first,
  )
}

/** A candidate with all that speaks for it: its own score, its sentence and its passage. */
interface Valued extends ScoredCandidate {
  value: number
}

function valuedCandidates(evidence: Evidence, reading: Reading, termWeights: number[], share: number): Valued[] {
  const { passage } = evidence
  const { question } = reading
  const sentencesOnly = asksForSentence(question) && passage.kind !== 'table'
  const found = sentencesOnly
    ? wholeSentences(reading)
    : passage.kind === 'table'
      ? cellCandidates(reading)
      : scoreCandidates(reading)
  const bonuses = reading.sentences.map(([start, end], sentence) => {
    const text = reading.text.slice(start, end)
    const sameLanguage = passage.language === question.language
    const held = sameLanguage ? coverageOf(reading, termWeights, sentence) : likeShare(evidence, start, end)
    let bonus = beside.coverage * held
    if (passage.headingPath.some((heading) => contentsHeading.test(heading.trim()))) bonus += inContents
    if (passage.kind !== 'table' && !isWhole(text)) bonus += beside.fragment
    if (reading.shaped.some((one) => start <= one.start && one.end <= end))
      bonus += sentenceBonus.shape * (reading.overlap.sentences[sentence] ?? 0)
    if (sentencesOnly && rules.test(text)) bonus += sentenceBonus.rule
    if (namesAnother(question.identifiers, text)) bonus += sentenceBonus.anotherIdentifier
    return bonus
  })
  return found.map((one) => ({ ...one, value: one.score + (bonuses[one.sentence] ?? 0) + beside.search * share }))
}

/** For questions that no stretch of a sentence answers: each sentence by how much of the question it holds. */
function wholeSentences({ sentences, overlap }: Reading): ScoredCandidate[] {
  return sentences.map(([start, end], sentence) => ({
    start,
    end,
    sentence,
    score: cellScore * (overlap.sentences[sentence] ?? 0),
  }))
}

function cellCandidates(reading: Reading): ScoredCandidate[] {
  const cell = answeringCell(reading)
  return cell ? [{ start: cell.start, end: cell.end, sentence: cell.row, score: cellScore * cell.coverage }] : []
}

/** A line of a contents page or a caption is no sentence to answer with. */
const isWhole = (text: string): boolean =>
  (/[。．.!?！？:：」”"]\s*$/u.test(text) && /[^\s\p{N}.]+\s[^\s]+\s|[^\s]{6}/u.test(text)) || text.length > 60

/** Share of the question's weight, over all passages read, that a sentence holds. */
export function coverageOf(reading: Reading, termWeights: number[], sentence: number): number {
  const held = reading.overlap.held[sentence]
  const total = termWeights.reduce((sum, weight) => sum + weight, 0) || 1
  return held ? termWeights.reduce((sum, weight, term) => sum + weight * held[term]!, 0) / total : 0
}

/** Terms that few of the sentences read have weigh more, as in the search, but over what was found only. */
function weightsOver(readings: Reading[]): number[] {
  const sentences = readings.flatMap(({ overlap }) => overlap.held)
  const terms = readings[0]?.overlap.questionTerms ?? []
  return terms.map((_, term) => {
    const holding = sentences.filter((held) => held[term]! >= 0.5).length
    return Math.log(1 + (sentences.length + 1) / (holding + 1))
  })
}

function headingShares(question: Question, { passage, documentName }: Evidence): number[] {
  const text = [documentName, ...passage.headingPath].join('\n')
  const found = words(text, passage.language)
  const { held } = overlap(question, found, new Int32Array(found.length), 1)
  return [...held[0]!]
}
