import { isCjk, textWidth } from './glyphs'
import { boundsOf, verticalOverlap, type Box, type Item } from './item'

/** Neighbouring items of one line with no more than a word's gap between them: a line of a column, or a cell of a table. */
export interface Segment extends Box {
  items: Item[]
  text: string
  /** Of most of its characters. */
  size: number
}

/** A wider gap than this, in em, is a gutter, a tab or the space between two cells. */
const WORD_GAP = 1

/** Cuts a frame's items, which are in content order, into segments. */
export function toSegments(items: readonly Item[]): Segment[] {
  const segments: Segment[] = []
  let open: Item[] = []
  const close = () => {
    if (open.length > 0) segments.push(segmentOf(open))
    open = []
  }
  for (const item of items) {
    const last = open.at(-1)
    if (last && !goesOn(last, item)) close()
    open.push(item)
  }
  close()
  return segments
}

function goesOn(last: Item, item: Item): boolean {
  if (item.leader) return false
  const overlap = verticalOverlap(last, item)
  if (overlap < 0.5 * Math.min(last.y1 - last.y0, item.y1 - item.y0)) return false
  const gap = item.x0 - last.x1
  // A CJK bracket or full stop is often drawn into the blank half of the glyph before it: a gap of up to -1 em.
  return (
    gap < WORD_GAP * Math.max(last.size, item.size) && gap > -1.2 * last.size && item.x0 > last.x0 - 0.1 * last.size
  )
}

/** Items of one line as a segment. */
export function segmentOf(items: Item[]): Segment {
  let text = ''
  items.forEach((item, at) => {
    const before = items[at - 1]
    text += (before ? jointBetween(before, item) : '') + item.text
  })
  return { ...boundsOf(items), items, text, size: dominantSize(items) }
}

/** The segment's first `length` characters and the rest, as two segments; undefined where nothing but space is left of one. */
export function splitSegment(segment: Segment, length: number): [Segment, Segment] | undefined {
  const head: Item[] = []
  const tail: Item[] = []
  let at = 0
  segment.items.forEach((item, index) => {
    const before = segment.items[index - 1]
    at += before ? jointBetween(before, item).length : 0
    const inHead = Math.max(0, Math.min(item.text.length, length - at))
    for (const [part, from, to] of [
      [head, 0, inHead],
      [tail, inHead, item.text.length],
    ] as const) {
      const piece = sliceItem(item, from, to)
      if (piece) part.push(piece)
    }
    at += item.text.length
  })
  return head.length > 0 && tail.length > 0 ? [segmentOf(head), segmentOf(tail)] : undefined
}

/** Characters [from, to) of an upright item without the white space at their ends; undefined where nothing is left. */
export function sliceItem(item: Item, from: number, to: number): Item | undefined {
  const text = item.text.slice(from, to).trim()
  if (!text) return undefined
  if (text.length === item.text.length) return item
  const start = item.text.indexOf(text, from)
  const width = (item.x1 - item.x0) / (textWidth(item.text) || 1)
  const x0 = item.x0 + width * textWidth(item.text, 0, start)
  return { ...item, text, x0, x1: x0 + width * textWidth(text) }
}

/**
 * What stands between two items of a line. Between CJK and other text many typesetters add a quarter of an em that nobody
 * typed (TeX's xkanjiskip, CSS text-autospace): that is no space.
 */
export function jointBetween(before: Item, after: Item): '' | ' ' {
  const gap = after.x0 - before.x1
  const left = isCjk(before.text.charCodeAt(before.text.length - 1))
  const right = isCjk(after.text.charCodeAt(0))
  if (left && right) return gap > 0.8 * after.size ? ' ' : ''
  if (left || right) return gap > 0.45 * after.size ? ' ' : ''
  return after.spaced || gap > 0.15 * after.size ? ' ' : ''
}

/** The font size, to half a unit, of most of the characters. */
export function dominantSize(items: readonly Item[]): number {
  const [only] = items
  if (items.length === 1 && only) return Math.round(only.size * 2) / 2
  const weight = new Map<number, number>()
  let best = 0
  for (const item of items) {
    const size = Math.round(item.size * 2) / 2
    const sum = (weight.get(size) ?? 0) + item.text.length
    weight.set(size, sum)
    if (best === 0 || sum > weight.get(best)!) best = size
  }
  return best
}
