import type { Evidence } from '../domain'
import { bestCandidate, type ExtractedAnswer } from './extract'
import { read, type Reading } from './features'
import { overlap } from './overlap'
import type { Question } from './question-type'
import { answeringCell } from './table'
import { words } from './words'

/** A passage read for a question: its likely answer, the sentence that holds it, and how well it fits. */
export interface ReadPassage {
  evidence: Evidence
  reading: Reading
  /** Absent where there is nothing to choose from, and for yes/no questions, which no stretch of text answers. */
  answer?: ExtractedAnswer
  /** Index of the sentence that answers best. */
  sentence: number
  /** Importance of each question term over all passages read. */
  termWeights: number[]
  /** How much of each question term the headings and the document's name hold, 0 to 1. */
  headings: number[]
  /** What orders passages: the likely answer's score and the passage's share of the best search score. */
  rankingScore: number
}

/** What a passage at the top of the search is worth against one at the bottom, in units of the extractor's score. */
const searchWeight = 12

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
  return evidence
    .map((one, at) => readPassage(question, one, readings[at]!, termWeights, one.score / top))
    .sort((a, b) => b.rankingScore - a.rankingScore)
}

function readPassage(
  question: Question,
  evidence: Evidence,
  reading: Reading,
  termWeights: number[],
  share: number,
): ReadPassage {
  const found = evidence.passage.kind === 'table' ? tableAnswer(reading) : bestCandidate(reading)
  const best = reading.overlap.sentences.indexOf(reading.best)
  const sentence = found
    ? reading.sentences.findIndex(([start, end]) => start <= found.start && found.end <= end)
    : best
  const passage: ReadPassage = {
    evidence,
    reading,
    sentence: Math.max(0, question.type === 'yesno' ? best : sentence),
    termWeights,
    headings: headingShares(question, evidence),
    rankingScore: (found?.score ?? 0) + searchWeight * share,
  }
  if (found && question.type !== 'yesno') passage.answer = found
  return passage
}

function tableAnswer(reading: Reading): ExtractedAnswer | undefined {
  const cell = answeringCell(reading)
  return cell && { start: cell.start, end: cell.end, score: cellScore * cell.coverage }
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
