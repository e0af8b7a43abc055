import type { Unit } from './sections'
import { TOKENS_OF_ANY_TEXT, type Sentence } from './sentence-units'

export interface PassageSizes {
  /** Tokens that no passage exceeds: the window of an embedder, less what is put before the text. */
  max: number
  /** Tokens at which a passage is full, unless a sentence alone is longer. */
  target: number
  /** A last passage of a section with fewer tokens becomes part of the one before. */
  min: number
}

/** Sentences [from, to) of a list: what a passage has of its own. */
export interface Range {
  from: number
  to: number
}

/**
 * Divides the sentences of one section into passages: filled up to the target, ending with a paragraph where one ends in
 * the second half, the last one joined to the one before if it is small.
 */
export function pack(sentences: readonly Sentence[], { max, target, min }: PassageSizes): Range[] {
  const ranges: Range[] = []
  let from = 0
  let tokens = TOKENS_OF_ANY_TEXT
  for (let i = 0; i < sentences.length; i++) {
    // Twice when a passage ended some sentences back and a long sentence does not fit behind those either.
    while (i > from && tokens + sentences[i]!.tokens > target) {
      const to = paragraphEnd(sentences, from, i, target)
      ranges.push({ from, to })
      tokens = cost(sentences, { from: to, to: i })
      from = to
    }
    tokens += sentences[i]!.tokens
  }
  if (from < sentences.length) ranges.push({ from, to: sentences.length })
  joinTail(ranges, sentences, max, min)
  return ranges
}

export const cost = (sentences: readonly Sentence[], { from, to }: Range): number =>
  sentences.slice(from, to).reduce((sum, { tokens }) => sum + tokens, TOKENS_OF_ANY_TEXT)

/** The end of the last paragraph that ends in the second half of [from, full), or `full`. */
function paragraphEnd(sentences: readonly Sentence[], from: number, full: number, target: number): number {
  const unitAt = (i: number): Unit | undefined => sentences[i]?.unit
  for (let to = full; to > from; to--) {
    if (cost(sentences, { from, to }) < target / 2) break
    if (unitAt(to) !== unitAt(to - 1)) return to
  }
  return full
}

function joinTail(ranges: Range[], sentences: readonly Sentence[], max: number, min: number): void {
  const last = ranges.at(-1)
  const before = ranges.at(-2)
  if (!last || !before || cost(sentences, last) >= min) return
  const joined = { from: before.from, to: last.to }
  if (cost(sentences, joined) <= max) ranges.splice(-2, 2, joined)
}
