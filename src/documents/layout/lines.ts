import { boundsOf, verticalOverlap, type Box } from './item'
import { dominantSize, type Segment } from './segments'

/** A line of a region; more than one cell where gaps wider than a word's stand in it. */
export interface Line extends Box {
  cells: Segment[]
  /** Cells joined by tabs. */
  text: string
  size: number
  /** A line of a table of contents: dot leaders stood in it. */
  leader: boolean
}

/** The lines of a region from top to bottom, each from left to right. */
export function toLines(region: readonly Segment[]): Line[] {
  const rows: { box: Box; cells: Segment[] }[] = []
  for (const segment of region.toSorted((a, b) => a.y0 - b.y0 || a.x0 - b.x0)) {
    const row = rows.slice(-3).findLast((candidate) => sameLine(candidate.box, segment))
    if (row) {
      row.cells.push(segment)
      row.box = lineBox(row.box, segment)
    } else rows.push({ box: segment, cells: [segment] })
  }
  return rows.map(({ cells }) => toLine(cells.sort((a, b) => a.x0 - b.x0)))
}

/** The larger glyphs say where the line is: a superscript beside them must not pull it up. */
const lineBox = (box: Box, segment: Segment): Box => (segment.y1 - segment.y0 > box.y1 - box.y0 ? segment : box)

function sameLine(a: Box, b: Box): boolean {
  return verticalOverlap(a, b) > 0.55 * Math.min(a.y1 - a.y0, b.y1 - b.y0)
}

function toLine(cells: Segment[]): Line {
  const [first] = cells
  const leader = cells.some((cell) => cell.items[0]!.leader === true)
  if (cells.length === 1 && first) {
    const { x0, y0, x1, y1, text, size } = first
    return { x0, y0, x1, y1, cells, text, size, leader }
  }
  const { x0, y0, x1, y1 } = boundsOf(cells)
  const text = cells.map((cell) => cell.text).join('\t')
  return { x0, y0, x1, y1, cells, text, size: dominantSize(cells.flatMap((cell) => cell.items)), leader }
}
