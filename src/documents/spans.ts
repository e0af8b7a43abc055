import type { Passage, Span } from '../domain'

/**
 * Where characters [start, end) of `passage.text` stand, page by page and in the passage's order. Characters that no
 * page has (joints between paragraphs or pages) are left out; neighbours on one page become one span.
 */
export function spansOf(passage: Pick<Passage, 'pieces'>, start: number, end: number): Span[] {
  const spans: Span[] = []
  for (const piece of passage.pieces) {
    const from = Math.max(start, piece.at)
    const to = Math.min(end, piece.at + piece.length)
    if (from >= to) continue
    const offset = piece.start - piece.at
    const last = spans.at(-1)
    if (last && last.page === piece.page && last.end === from + offset) last.end = to + offset
    else spans.push({ page: piece.page, start: from + offset, end: to + offset })
  }
  return spans
}
