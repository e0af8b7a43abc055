import type { Language } from '../../../src/domain'
import { defaultTemplates } from '../../../src/answering/templates/templates'
import { scoreAnswer } from '../../../src/lab/measures/answer-score'
import { styleAdherence } from '../../../src/lab/measures/style'

/** A question of models/recipes/tiny-reader/held-out, with the passages that it is asked over. */
export interface Asked {
  language: Language
  passages: string[]
  question: string
  /** Undefined: no passage answers it, and none is known. */
  answer?: string
  /** Number of the passage that answers, from 1; 0: none. */
  citation: number
  kind: string
}

/** What an answer says, whatever form an adapter gave it. */
export interface Reading {
  refused: boolean
  value: string
  citations: number[]
}

const MARK = /\[(\d+)\]/g
/** How each form of a Japanese answer ends behind what it tells. */
const COPULA = /(?:でござる|でございます|です)$/

/** The answer without its citations, its copula and its full stop; of JSON, what its members say. */
export function readAnswer(text: string, language: Language): Reading {
  const parsed = parseJson(text)
  if (parsed) {
    // As the product takes it (answering/written/json-writing.ts): whatever is said is an answer, cited or not.
    const value = parsed.answer.trim()
    return { refused: value === '', value, citations: parsed.citations }
  }
  const refused = text.trim() === defaultTemplates[language].refusal
  const citations = [...text.matchAll(MARK)].map(([, number]) => Number(number))
  const value = text.replace(MARK, '').trim().replace(/。$/, '').replace(COPULA, '').trim()
  return { refused, value: refused ? '' : value, citations }
}

/** The object that the json adapter promises: exactly its three members, of their types. */
export function parseJson(text: string): { answer: string; citations: number[]; confidence: number } | undefined {
  try {
    const value = JSON.parse(text) as Record<string, unknown>
    const { answer, citations, confidence } = value
    const whole = Object.keys(value).join() === 'answer,citations,confidence'
    if (!whole || typeof answer !== 'string' || typeof confidence !== 'number' || !Array.isArray(citations))
      return undefined
    return citations.every(Number.isInteger) ? { answer, citations: citations as number[], confidence } : undefined
  } catch {
    return undefined
  }
}

/** Shares, 0 to 1; NaN where nothing was asked. */
export interface Scores {
  exact: number
  f1: number
  citation: number
  refusalPrecision: number
  refusalRecall: number
  /** Of answers that an adapter gives a form: those that have it. */
  adherence: number
}

export type Form = 'json' | 'gozaru' | 'keigo' | undefined

export function score(asked: readonly Asked[], texts: readonly string[], form?: Form): Scores {
  const rows = asked.map((one, at) => ({ ...one, text: texts[at]!, read: readAnswer(texts[at]!, one.language) }))
  const answerable = rows.filter(({ citation }) => citation > 0)
  const absent = rows.filter(({ citation }) => citation === 0)
  const refusals = rows.filter(({ read }) => read.refused)
  const met = answerable.map(({ answer = '', language, read }) => scoreAnswer(read.value, [answer], language))
  const answered = answerable.filter(({ read }) => !read.refused)
  return {
    exact: mean(met.map(({ exact }) => exact)),
    f1: mean(met.map(({ f1 }) => f1)),
    citation: mean(answered.map(({ citation, read }) => Number(read.citations.join() === String(citation)))),
    refusalPrecision: mean(refusals.map(({ citation }) => Number(citation === 0))),
    refusalRecall: mean(absent.map(({ read }) => Number(read.refused))),
    adherence: adherence(rows, form),
  }
}

/** Of JSON all answers are asked for, of a style the Japanese ones that are no refusals: those stay as the product looks for them. */
function adherence(rows: { language: Language; text: string; read: Reading }[], form: Form): number {
  if (form === 'json') return mean(rows.map(({ text }) => Number(parseJson(text) !== undefined)))
  if (!form) return NaN
  const styled = rows.filter(({ language, read }) => language === 'ja' && !read.refused)
  return mean(styled.map(({ text }) => styleAdherence(text, form) ?? 0))
}

export const mean = (values: readonly number[]): number =>
  values.length ? values.reduce((sum, value) => sum + value, 0) / values.length : NaN
