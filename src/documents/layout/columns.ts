import { BULLET } from './bullets'
import { boundsOf, median, type Box } from './item'
import type { Segment } from './segments'

/**
 * Orders segments into regions by recursive XY-cut (Nagy & Seth 1984): a region is one column's worth of text, and regions
 * come in reading order. Only gutters between real columns are cut: the cells of a table also stand side by side, but they
 * are short, or follow one another row by row in the file.
 */
export function toRegions(segments: Segment[]): Segment[][] {
  const order = new Map(segments.map((segment, at) => [segment, at]))
  return cut(segments, order, 0)
}

/** Lines of columns whose lines the file writes across both. */
const FEWEST_ACROSS = 5

type Order = ReadonlyMap<Segment, number>

function cut(segments: Segment[], order: Order, depth: number): Segment[][] {
  if (segments.length < 4 || depth > 12 || !standSideBySide(segments)) return [segments]
  const columns = cutColumns(segments, order)
  if (columns) return columns.flatMap((column) => cut(column, order, depth + 1))
  const bands = cutBand(segments, order)
  if (bands) return bands.flatMap((band) => cut(band, order, depth + 1))
  return [segments]
}

function standSideBySide(segments: Segment[]): boolean {
  const sorted = segments.toSorted((a, b) => a.y0 - b.y0)
  let pairs = 0
  for (let at = 0; at < sorted.length; at++) {
    const upper = sorted[at]!
    for (let next = at + 1; next < sorted.length; next++) {
      const lower = sorted[next]!
      if (lower.y0 >= upper.y1 - 1) break
      if ((lower.x0 > upper.x1 || lower.x1 < upper.x0) && ++pairs > 2) return true
    }
  }
  return false
}

/** Cuts at the widest white gutter from top to bottom that has a column of text on each side. */
function cutColumns(segments: Segment[], order: Order): [Segment[], Segment[]] | undefined {
  const em = median(segments.map((segment) => segment.size))
  const sorted = segments.toSorted((a, b) => a.x0 - b.x0)
  const gutters: { width: number; at: number }[] = []
  let end = sorted[0]!.x1
  sorted.forEach((segment, at) => {
    if (segment.x0 - end > 0.8 * em) gutters.push({ width: segment.x0 - end, at })
    end = Math.max(end, segment.x1)
  })
  for (const { at } of gutters.toSorted((a, b) => b.width - a.width)) {
    const left = sorted.slice(0, at)
    const right = sorted.slice(at)
    if (areColumns(left, right, order)) return [inOrder(left, order), inOrder(right, order)]
  }
  return undefined
}

const inOrder = (segments: Segment[], order: Order): Segment[] =>
  segments.toSorted((a, b) => order.get(a)! - order.get(b)!)

function areColumns(left: Segment[], right: Segment[], order: Order): boolean {
  if (left.length < 3 || right.length < 3) return false
  if (Math.min(height(left), height(right)) < 3 * median(left.map((segment) => segment.size))) return false
  const crossings = switches(left, right, order)
  if (crossings === 1 && Math.max(proseShare(left), proseShare(right)) >= 0.5) return true
  if (Math.min(proseShare(left), proseShare(right)) < 0.5) return false
  if (crossings <= 2) return true
  // Written row by row, a few lines are rather a table with a line of text above it, unless they are two lists.
  const few = Math.max(left.length, right.length) < FEWEST_ACROSS
  const lists = Math.min(itemShare(left), itemShare(right)) >= 0.5
  return Math.min(fullShare(left), fullShare(right)) >= (few && !lists ? 0.75 : 0.5)
}

const height = (segments: Segment[]): number => {
  const bounds = boundsOf(segments)
  return bounds.y1 - bounds.y0
}

/** Share of segments that are long enough to be lines of running text rather than cells. */
const proseShare = (segments: Segment[]): number =>
  segments.filter((segment) => segment.x1 - segment.x0 > 6 * segment.size).length / segments.length

/** Share of segments that begin as an item of a list does. */
const itemShare = (segments: Segment[]): number =>
  segments.filter(({ text }) => BULLET.test(text)).length / segments.length

/** Share of segments that fill most of their column's width. */
function fullShare(segments: Segment[]): number {
  const bounds: Box = boundsOf(segments)
  const full = 0.7 * (bounds.x1 - bounds.x0)
  return segments.filter((segment) => segment.x1 - segment.x0 > full).length / segments.length
}

/** How often the file's own order crosses the gutter: once or twice between columns, at every row in a table. */
function switches(left: Segment[], right: Segment[], order: Order): number {
  const side = new Map<Segment, number>([...left.map((s) => [s, 0] as const), ...right.map((s) => [s, 1] as const)])
  const sides = inOrder([...left, ...right], order).map((segment) => side.get(segment)!)
  return sides.filter((value, at) => at > 0 && value !== sides[at - 1]).length
}

/** Cuts at a horizontal white band so that one part has columns, as large as can be: a title over two columns. */
function cutBand(segments: Segment[], order: Order): [Segment[], Segment[]] | undefined {
  const sorted = segments.toSorted((a, b) => a.y0 - b.y0)
  let best: [Segment[], Segment[]] | undefined
  let most = 0
  let bottom = sorted[0]!.y1
  for (let at = 1; at < sorted.length; at++) {
    if (sorted[at]!.y0 > bottom) {
      const above = sorted.slice(0, at)
      const below = sorted.slice(at)
      for (const part of [above, below]) {
        if (part.length > most && part.length >= 6 && cutColumns(part, order)) {
          most = part.length
          best = [inOrder(above, order), inOrder(below, order)]
        }
      }
    }
    bottom = Math.max(bottom, sorted[at]!.y1)
  }
  return best
}
