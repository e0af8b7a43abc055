import type { Frame } from './frames'
import { boundsOf, median, verticalOverlap, type Box } from './item'
import type { Segment } from './segments'

/** The part of a page's height, at top and bottom, in which running headers and footers stand. */
const EDGE = 0.15

/** A title that repeats its place but not its words has to stand nearer to the edge. */
const NEAR = 0.14

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
  /** Folded texts, to be found on other pages. */
  keys: string[]
  /** Where it stands and how large; only of rows that are set apart and have text inside of them. */
  place?: string
  atRim: boolean
  /** White space parts it from what is inside, more than is usual between lines of this page. */
  apart: boolean
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
  const places = countPages(edges, (row) => (row.place ? [row.place] : []))
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
      return !large && row.place !== undefined && places.get(row.place)! >= mostPages
    }
    for (const row of runningRows(edge, isRunning)) for (const segment of row.segments) found.add(segment)
  }
  return found
}

/** The rows from the rim inwards that run, down to the last that is set apart from what follows. */
function runningRows(rows: EdgeRow[], isRunning: (row: EdgeRow) => boolean): EdgeRow[] {
  const stop = rows.findIndex((row) => !isRunning(row))
  const running = stop < 0 ? rows : rows.slice(0, stop)
  return running.slice(0, running.findLastIndex((row) => row.apart || isMarkedNumber(row)) + 1)
}

/** "- 12 -", "Page 12": nothing but a page number, even where the text comes close to it. */
const isMarkedNumber = (row: EdgeRow): boolean => {
  const text = fold(rowText(row))
  return PAGE_NUMBER.test(text) && text !== '#'
}

function countPages(edges: EdgeRow[][][], keysOf: (row: EdgeRow) => string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const page of edges) {
    const keys = new Set(page.flatMap((edge) => edge.flatMap(keysOf)))
    for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return counts
}

/** Top and bottom of one frame. Vertical writing runs down, so the page's top and bottom are the frame's left and right. */
function edgesOf({ frame, segments }: PageSegments): EdgeRow[][] {
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

/** The rows of one edge from the rim inwards; `rows` come in that order. */
function edgeOf(rows: Row[], height: number, top: boolean): EdgeRow[] {
  const depth = (row: Row): number => (top ? row.y1 : height - row.y0) / height
  const gapAfter = (at: number): number => {
    const [row, inner] = [rows[at]!, rows[at + 1]]
    if (!inner) return Infinity
    return top ? inner.y0 - row.y1 : row.y0 - inner.y1
  }
  const outside = rows.findIndex((row) => depth(row) > EDGE)
  const edge = outside < 0 ? rows : rows.slice(0, outside)
  const usualGap = median(rows.slice(1).map((_, at) => gapAfter(at)))
  const side = top ? 'top' : 'bottom'
  return edge.map((row, at) => {
    const { size } = row.segments[0]!
    const gap = gapAfter(at)
    const apart = gap > Math.max(0.75 * size, Math.min(2 * size, 1.4 * usualGap))
    const keys = row.segments.map((segment) => fold(segment.text)).filter((key) => /\p{L}{2}/u.test(key))
    const place = apart && gap < Infinity && depth(row) < NEAR ? `${side} ${Math.round(row.y0)} ${size}` : undefined
    return {
      ...row,
      keys: keys.map((key) => `${side} ${key}`),
      atRim: depth(row) < RIM,
      apart,
      ...(place === undefined ? {} : { place }),
    }
  })
}

const rowText = (row: EdgeRow): string => row.segments.map((segment) => segment.text).join(' ')

const fold = (text: string): string =>
  text
    .replace(/[0-9０-９]+|\b[ivxlc]+\b/gi, '#')
    .replace(/\s+/g, ' ')
    .trim()
