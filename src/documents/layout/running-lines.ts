import type { Frame } from './frames'
import { boundsOf, median, verticalOverlap, type Box } from './item'
import type { Segment } from './segments'

/** The part of a page's height, at top and bottom, in which running headers and footers stand. */
const EDGE = 0.15

/** So near the rim of the paper nothing but furniture is printed. */
const RIM = 0.045

/** Only these are page numbers wherever they stand alone at an edge: "12", "- 12 -", "Page 3 of 12", "３ページ". */
const PAGE_NUMBER = /^[-–—‐\s]*(?:(?:page|p\.)\s*)?#(?:\s*(?:\/|of)\s*#)?(?:\s*(?:ページ|頁))?[-–—‐\s]*$/i

export interface PageSegments {
  frame: Frame
  segments: Segment[]
}

interface EdgeRow extends Box {
  segments: Segment[]
  keys: string[]
  place: string
  atRim: boolean
}

/** A page's edge rows, from its rim inwards; the white space that parts each from what is inside; the page's usual one. */
interface Edge {
  rows: EdgeRow[]
  gaps: number[]
  usualGap: number
}

/**
 * Running headers, footers and page numbers of a document: rows in the top or bottom 15 % of the page, set apart from the
 * text, that repeat with digits folded, or stand at the same place on many pages (a running title whose words change), or
 * are nothing but a page number, or are marked as artifacts. `pages` holds, per page, its frames. Text larger than the body
 * has to be on most pages: slides have their titles at the same place, and those are headings.
 */
export function findRunningLines(pages: readonly PageSegments[][], bodySize: number): Set<Segment> {
  const edges = pages.map((frames) => frames.flatMap(edgesOf))
  const repeats = countPages(edges, (row) => row.keys)
  const places = countPages(edges, (row) => [row.place])
  const often = Math.max(2, Math.min(3, Math.ceil(pages.length / 2)))
  const mostPages = Math.max(3, 0.4 * pages.length)
  const found = new Set<Segment>()
  for (const edge of edges.flat()) {
    const isRunning = (row: EdgeRow): boolean => {
      if (PAGE_NUMBER.test(fold(rowText(row)))) return true
      if (row.segments.every((segment) => segment.items.every((item) => item.artifact))) return true
      if (row.atRim && row.segments[0]!.size < bodySize) return true
      const large = row.segments[0]!.size > 1.12 * bodySize
      if (row.keys.some((key) => repeats.get(key)! >= (large ? Math.max(often, pages.length / 2) : often))) return true
      return !large && places.get(row.place)! >= mostPages
    }
    for (const row of runningRows(edge, isRunning)) for (const segment of row.segments) found.add(segment)
  }
  return found
}

/** The rows from the rim inwards that run, down to the last that is set apart from what follows. */
function runningRows({ rows, gaps, usualGap }: Edge, isRunning: (row: EdgeRow) => boolean): EdgeRow[] {
  const stop = rows.findIndex((row) => !isRunning(row))
  const count = stop < 0 ? rows.length : stop
  const isApart = (row: EdgeRow, at: number): boolean =>
    isMarkedNumber(row) || gaps[at]! > clamp(1.4 * usualGap, 0.75 * row.segments[0]!.size, 2 * row.segments[0]!.size)
  const apart = rows.findLastIndex((row, at) => at < count && isApart(row, at))
  return rows.slice(0, apart + 1)
}

/** "- 12 -", "Page 12": nothing but a page number, even where the text comes close to it. */
const isMarkedNumber = (row: EdgeRow): boolean => {
  const text = fold(rowText(row))
  return PAGE_NUMBER.test(text) && text !== '#'
}

const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value))

function countPages(edges: Edge[][], keysOf: (row: EdgeRow) => string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const page of edges) {
    const keys = new Set(page.flatMap((edge) => edge.rows.flatMap(keysOf)))
    for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return counts
}

/** Top and bottom of one frame. Vertical writing runs down, so the page's top and bottom are the frame's left and right. */
function edgesOf({ frame, segments }: PageSegments): Edge[] {
  const height = frame.vertical ? frame.width : frame.height
  const upright = (segment: Box): Box =>
    frame.vertical ? { x0: segment.y0, y0: segment.x0, x1: segment.y1, y1: segment.x1 } : segment
  const rows = toRows(segments, upright)
  return [edgeOf(rows, height, true), edgeOf(rows.toReversed(), height, false)]
}

type Row = Box & { segments: Segment[] }

function toRows(segments: Segment[], upright: (segment: Box) => Box): Row[] {
  const rows: Row[] = []
  for (const segment of segments.toSorted((a, b) => upright(a).y0 - upright(b).y0)) {
    const box = upright(segment)
    const last = rows.at(-1)
    if (last && verticalOverlap(last, box) > 0) Object.assign(last, boundsOf([last, box]), { y0: last.y0 })
    else rows.push({ ...box, y1: box.y1, segments: [] })
    rows.at(-1)!.segments.push(segment)
  }
  return rows
}

function edgeOf(rows: Row[], height: number, top: boolean): Edge {
  const outside = rows.findIndex((row) => (top ? row.y1 > EDGE * height : row.y0 < (1 - EDGE) * height))
  const count = outside < 0 ? rows.length : outside
  const steps = rows.slice(1).map((row, at) => (top ? row.y0 - rows[at]!.y1 : rows[at]!.y0 - row.y1))
  const edge: Edge = { rows: [], gaps: [], usualGap: median(steps) }
  for (let at = 0; at < count; at++) {
    const row = rows[at]!
    const inner = rows[at + 1]
    const side = top ? 'top' : 'bottom'
    const keys = row.segments.map((segment) => fold(segment.text)).filter((key) => /\p{L}{2}/u.test(key))
    edge.rows.push({
      ...row,
      keys: keys.map((key) => `${side} ${key}`),
      atRim: top ? row.y1 < RIM * height : row.y0 > (1 - RIM) * height,
      place: `${side} ${Math.round(row.y0)} ${row.segments[0]!.size}`,
    })
    edge.gaps.push(inner ? (top ? inner.y0 - row.y1 : row.y0 - inner.y1) : Infinity)
  }
  return edge
}

const rowText = (row: EdgeRow): string => row.segments.map((segment) => segment.text).join(' ')

const fold = (text: string): string =>
  text
    .replace(/[0-9０-９]+|\b[ivxlc]+\b/gi, '#')
    .replace(/\s+/g, ' ')
    .trim()
