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

/** A part of `text` of about `length` characters that begins shortly before the first range; ranges follow along. */
export function excerpt(
  text: string,
  ranges: readonly (readonly [start: number, end: number])[],
  length: number,
): { text: string; ranges: [start: number, end: number][] } {
  const first = Math.min(text.length, ...ranges.map(([start]) => start))
  const from =
    text.length <= length || first === text.length ? 0 : Math.max(0, Math.min(first - 30, text.length - length))
  const lead = from > 0 ? '…' : ''
  const tail = from + length < text.length ? '…' : ''
  const shift = lead.length - from
  return {
    text: lead + text.slice(from, from + length) + tail,
    ranges: ranges
      .filter(([start, end]) => start >= from && end <= from + length)
      .map(([start, end]) => [start + shift, end + shift]),
  }
}
