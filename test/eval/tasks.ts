import { readJsonLines } from '../fixtures/read-xz'
import { sharedData } from '../fixtures/shared-data'
import { readPool } from './pools'

/** A question with the paragraphs that are right, and one that is left out (itself). */
export interface Asked {
  question: string
  right: number[]
  itself?: number
}

/** A pool of paragraphs and what is asked of it. */
export interface Task {
  name: string
  paragraphs: string[]
  questions: Asked[]
}

/** Each answerable question of a set has one right paragraph. */
export function questionSet(name: string): Task | undefined {
  const pool = readPool(name)
  return (
    pool && {
      name,
      paragraphs: pool.paragraphs,
      questions: pool.questions.map(({ question, paragraph }) => ({ question, right: [paragraph] })),
    }
  )
}

/** Find the sentences that say the same. */
export function paraphrases(): Task | undefined {
  const path = sharedData('qa/jsts-paraphrase.jsonl.xz')
  if (path === undefined) return undefined
  const [first, ...queries] = readJsonLines<{ pool?: string[]; q?: string; relevant?: number[]; self?: number }>(path)
  return {
    name: 'jsts-paraphrase',
    paragraphs: first?.pool ?? [],
    questions: queries.map(({ q = '', relevant = [], self }) => ({
      question: q,
      right: relevant,
      ...(self !== undefined && { itself: self }),
    })),
  }
}

/** Find the Japanese sentence for an English one. */
export function translations(): Task | undefined {
  const path = sharedData('qa/en-ja-sentences.jsonl.xz')
  if (path === undefined) return undefined
  const pairs = readJsonLines<{ q: string; p: string }>(path)
  return {
    name: 'en-ja-sentences',
    paragraphs: pairs.map(({ p }) => p),
    questions: pairs.map(({ q }, at) => ({ question: q, right: [at] })),
  }
}
