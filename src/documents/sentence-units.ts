import { detectLanguage } from '../language/detect'
import { sentences } from '../language/segment'
import { countTokens } from '../language/tokens'
import type { Unit } from './sections'

/** A sentence, a row of a table, or a part of one too long to be in a passage: what passages are packed from. */
export interface Sentence {
  unit: Unit
  /** Characters [start, end) of `unit.text`, without white space at the ends. */
  start: number
  end: number
  /** Without those that every text costs once (see `countTokens`). */
  tokens: number
  /** Part of a sentence that had to be cut. */
  fragment: boolean
}

/** What `countTokens` adds for the beginning and end of a text. */
export const TOKENS_OF_ANY_TEXT = countTokens('')

/** Tokens of a part of a text. Summed over parts it is at least that of the whole: estimates are rounded up part by part. */
export const innerTokens = (text: string): number => countTokens(text) - TOKENS_OF_ANY_TEXT

/** The sentences of a paragraph or list, the rows of a table; those over `max` tokens cut at clauses, else at words. */
export function sentencesOf(unit: Unit, max: number): Sentence[] {
  const ranges = unit.kind === 'table' ? rows(unit.text) : sentences(unit.text, detectLanguage(unit.text))
  return ranges.flatMap(([start, end]) => {
    const tokens = innerTokens(unit.text.slice(start, end))
    return tokens <= max ? [{ unit, start, end, tokens, fragment: false }] : fragments(unit, start, end, max)
  })
}

function rows(text: string): [number, number][] {
  return [...text.matchAll(/[^\n]*\S[^\n]*/g)].map(({ index, 0: row }) => [index, index + row.trimEnd().length])
}

function fragments(unit: Unit, start: number, end: number, max: number): Sentence[] {
  const found: Sentence[] = []
  while (start < end) {
    const cut = start + prefixWithin(unit.text.slice(start, end), max)
    const piece = unit.text.slice(start, cut)
    const from = start + piece.length - piece.trimStart().length
    const to = start + piece.trimEnd().length
    if (from < to)
      found.push({ unit, start: from, end: to, tokens: innerTokens(unit.text.slice(from, to)), fragment: true })
    start = cut
  }
  return found
}

/** Marks after which a sentence may be cut, best first. */
const cuts = [/[;；:：\t]\s*|[―—…]+/gu, /[、，,）)」』】]\s*/gu, /\s+/gu]

/** Length of the longest beginning of `text` of at most `max` tokens that ends at a clause or word in its second half. */
function prefixWithin(text: string, max: number): number {
  // No script makes more than ten letters of one token, so a longer beginning need not be looked at.
  const fits = longestFitting(text.slice(0, max * 10), max)
  if (fits === text.length) return fits
  const head = text.slice(0, fits)
  for (const cut of cuts) {
    const last = [...head.matchAll(cut)].at(-1)
    const at = last ? last.index + last[0].length : 0
    if (at > fits / 2) return at
  }
  return fits
}

function longestFitting(text: string, max: number): number {
  let low = 1
  let high = text.length
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (innerTokens(text.slice(0, middle)) <= max) low = middle
    else high = middle - 1
  }
  // Never between the halves of a surrogate pair.
  return low > 1 && /[\ud800-\udbff]/.test(text.charAt(low - 1)) && low < text.length ? low - 1 : low
}
