/** A stretch of a text that is marked throughout, or not at all. */
export interface TextPiece {
  text: string
  marked: boolean
}

/** `text` cut at the edges of `ranges` ([start, end), in any order, possibly overlapping or reaching out of the text). */
export function pieces(text: string, ranges: readonly (readonly [start: number, end: number])[]): TextPiece[] {
  const result: TextPiece[] = []
  let at = 0
  for (const [start, end] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const from = Math.max(at, start)
    const to = Math.min(text.length, end)
    if (from >= to) continue
    if (from > at) result.push({ text: text.slice(at, from), marked: false })
    result.push({ text: text.slice(from, to), marked: true })
    at = to
  }
  if (at < text.length) result.push({ text: text.slice(at), marked: false })
  return result
}

/** A stretch of an answer's sentence. */
export interface SentencePiece extends TextPiece {
  /** A number that no passage holds. */
  unheld: boolean
}

/** A sentence cut at the edges of what answers and of the numbers that no passage holds. */
export function sentencePieces(
  text: string,
  marks: readonly (readonly [start: number, end: number])[],
  unheld: readonly (readonly [start: number, end: number])[] = [],
): SentencePiece[] {
  let at = 0
  return pieces(text, marks).flatMap(({ text: part, marked }) => {
    const from = at
    at += part.length
    const within = unheld.map(([start, end]) => [start - from, end - from] as const)
    return pieces(part, within).map((piece) => ({ text: piece.text, marked, unheld: piece.marked }))
  })
}

/** How far a cut moves to stand between words; text without spaces (Japanese) is cut where it is. */
const WORD = 16

const atWordAfter = (text: string, at: number): number => {
  const space = text.slice(at - 1, at + WORD).search(/\s/)
  return space < 0 ? at : at + space
}

const atWordBefore = (text: string, at: number): number => {
  const tail = text.slice(Math.max(0, at - WORD), at + 1)
  const space = tail.search(/\s\S*$/)
  return space < 0 ? at : at + 1 - (tail.length - space)
}

/** A part of `text` of at most `length` characters that begins shortly before the first range; ranges follow along. */
export function excerpt(
  text: string,
  ranges: readonly (readonly [start: number, end: number])[],
  length: number,
): { text: string; ranges: [start: number, end: number][] } {
  if (text.length <= length) return { text, ranges: ranges.map(([start, end]) => [start, end]) }
  const first = Math.min(...ranges.map(([start]) => start))
  const near = Number.isFinite(first) ? Math.max(0, Math.min(first - 30, text.length - length)) : 0
  const from = near > 0 ? Math.min(first, atWordAfter(text, near)) : 0
  const end = near + length < text.length ? atWordBefore(text, near + length) : text.length
  const lead = from > 0 ? '…' : ''
  const shift = lead.length - from
  return {
    text: `${lead}${text.slice(from, end)}${end < text.length ? '…' : ''}`,
    ranges: ranges
      .filter((range) => range[0] >= from && range[1] <= end)
      .map(([start, to]) => [start + shift, to + shift]),
  }
}
