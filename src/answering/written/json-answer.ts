import type { Language } from '../../domain'
import { sentences } from '../../language/segment'
import { withoutMarks } from './markers'

/** What a text turns out to be, as far as its beginning tells. */
export type Form = 'unknown' | 'json' | 'prose'

const fence = /^\s*(?:```[a-z]{0,8}\s*|`{1,2}$)?/iu

/** An object begins with its first key; prose that begins with a brace does not. */
export function formOf(beginning: string): Form {
  const text = beginning.replace(fence, '')
  if (/^\{\s*["}]/u.test(text)) return 'json'
  return /^(?:\{\s*)?$/u.test(text) ? 'unknown' : 'prose'
}

/** The first object of a text that begins with one, and what stands behind it; undefined while it is not closed. */
export function firstObject(text: string): { object: string; rest: string } | undefined {
  const start = text.indexOf('{')
  let depth = 0
  for (const { 0: token, index } of text.slice(start).matchAll(/"(?:[^"\\]|\\[^])*(?:"|$)|[{}]/gu)) {
    if (token === '{') depth++
    if (token === '}') depth--
    if (depth === 0) {
      const end = start + index + 1
      return {
        object: text.slice(start, end),
        rest: text
          .slice(end)
          .replace(/^\s*```/u, '')
          .trim(),
      }
    }
  }
  return undefined
}

/** What an object says. */
export interface SaidInJson {
  /** Its "answer": undefined where there is no such key, empty where that says that there is no answer. */
  answer: string | undefined
  /** Numbers of passages that it names. */
  numbers: number[]
}

/** Reads an object with an "answer" and the numbers of its passages; undefined where it is no JSON. */
export function readJson(object: string): SaidInJson | undefined {
  let value: unknown
  try {
    value = JSON.parse(object)
  } catch {
    return undefined
  }
  const { answer, citations, sources, passages } = value as Record<string, unknown>
  const named = [citations, sources, passages].find((one) => one !== undefined)
  return { answer: answerOf(answer), numbers: [...new Set(numbersOf(named))] }
}

function answerOf(answer: unknown): string | undefined {
  if (answer === null) return ''
  if (typeof answer === 'string') return answer.trim()
  if (typeof answer === 'number' || typeof answer === 'boolean') return String(answer)
  const lines = Array.isArray(answer) ? answer.map(answerOf) : []
  return lines.length > 0 && lines.every((line) => line !== undefined) ? lines.join('\n') : undefined
}

/** [1, 2], ["[1]", "2"], 1, [{ "passage": 1 }] */
function numbersOf(named: unknown): number[] {
  if (Array.isArray(named)) return named.flatMap(numbersOf)
  if (typeof named === 'number') return Number.isInteger(named) && named > 0 ? [named] : []
  if (typeof named === 'string') return [...named.matchAll(/\d{1,3}/gu)].map(([digits]) => Number(digits))
  if (typeof named !== 'object' || named === null) return []
  const { passage, number, id } = named as Record<string, unknown>
  return numbersOf(passage ?? number ?? id)
}

/** The answer as a model would have written it in prose: each sentence with the numbers, unless it brings marks of its own. */
export function asProse({ answer = '', numbers }: SaidInJson, language: Language): string {
  if (numbers.length === 0 || withoutMarks(answer).markers.length > 0) return answer
  const marks = numbers.map((number) => `[${number}]`).join('')
  let prose = ''
  let from = 0
  for (const [, end] of sentences(answer, language)) {
    prose += `${answer.slice(from, end)} ${marks}`
    from = end
  }
  return prose + answer.slice(from)
}
