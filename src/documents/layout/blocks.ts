import type { BlockKind } from '../../domain'
import { BULLET, MARKS } from './bullets'
import { isCjk } from './glyphs'
import { headingOf, type HeadingLine } from './heading-lines'
import type { Line } from './lines'
import type { Region } from './region'
import type { Segment } from './segments'
import { tableRows } from './tables'

/** A block before its text is composed. */
export interface DraftBlock {
  kind: BlockKind
  level?: number
  /** Rows of cells of segments: a heading or paragraph is one row of one cell, a list one row an item. */
  rows: Segment[][][]
  /** Lines that follow are indented deeper than the first, which began beside an article's number. */
  hanging?: boolean
}

const BARE_MARKER = new RegExp(`^(?:[${MARKS}①-⑳-]|[(（]?[0-9０-９]{1,3}[.)）．]?|\\(?[a-zA-Z][.)])$`)
const SENTENCE_END = /[.!?。．！？:：]["'”’」』）)\]]*$/

/** The blocks of one region, in reading order. */
export function toBlocks(region: Region): DraftBlock[] {
  const blocks: DraftBlock[] = []
  for (let at = 0; at < region.lines.length;) {
    const table = isEntry(region, at) ? undefined : tableRows(region.lines, at)
    if (table) {
      blocks.push({ kind: 'table', rows: table.rows })
      at += table.lines
    } else takeLine(region, at++, blocks)
  }
  return blocks
}

/** A line of a table of contents. */
const isEntry = ({ contents }: Region, at: number): boolean => at >= contents.first && at < contents.end

/** Adds line `at` to the last block or begins a new one. */
function takeLine(region: Region, at: number, blocks: DraftBlock[]): void {
  const line = region.lines[at]!
  const before = at > 0 ? region.lines[at - 1] : undefined
  const last = blocks.at(-1)
  const heading = isEntry(region, at) ? undefined : headingOf(region, at, last?.kind === 'heading')
  if (heading) {
    takeHeading(heading, blocks)
  } else if (isListItem(region, at)) {
    if (last?.kind === 'list' && before && isNear(region, before, line)) last.rows.push([[...line.cells]])
    else blocks.push({ kind: 'list', rows: [[[...line.cells]]] })
  } else if (!before || !last || !isClose(region, before, line)) {
    blocks.push({ kind: 'paragraph', rows: [[[...line.cells]]] })
  } else if (last.kind === 'list') {
    if (endsShort(region, before)) last.rows.push([[...line.cells]])
    else lastCell(last).push(...line.cells)
  } else if (last.kind === 'paragraph' && !startsParagraph(region, before, line, last)) {
    lastCell(last).push(...line.cells)
  } else blocks.push({ kind: 'paragraph', rows: [[[...line.cells]]] })
}

const lastCell = (block: DraftBlock): Segment[] => block.rows.at(-1)!.at(-1)!

function takeHeading({ level, head, rest, joins }: HeadingLine, blocks: DraftBlock[]): void {
  const last = blocks.at(-1)
  if (joins && last) lastCell(last).push(...head)
  else blocks.push({ kind: 'heading', level, rows: [[[...head]]] })
  if (rest.length > 0) blocks.push({ kind: 'paragraph', rows: [[rest]], hanging: true })
}

function isListItem(region: Region, at: number): boolean {
  const line = region.lines[at]!
  return (
    isEntry(region, at) || BULLET.test(line.text) || (line.cells.length > 1 && BARE_MARKER.test(line.cells[0]!.text))
  )
}

/** Near enough to be the next item of the same list. */
const isNear = (region: Region, before: Line, line: Line): boolean =>
  line.y0 - before.y1 < 2.5 * region.gap + line.size && line.y0 > before.y0 - 2

/** No more white space than between the lines of a paragraph, and about the same size. */
function isClose(region: Region, before: Line, line: Line): boolean {
  const gap = line.y0 - before.y1
  if (gap > 1.6 * region.gap + 0.3 * line.size || line.y0 < before.y0 - 2) return false
  return Math.abs(before.size - line.size) < 0.15 * line.size + 0.3
}

/** The first line of a paragraph is indented, or the line before it ended early. */
function startsParagraph(region: Region, before: Line, line: Line, block: DraftBlock): boolean {
  if (endsShort(region, before)) return true
  const indent = line.x0 - region.left
  const indented = indent > 0.6 * line.size && indent < 4 * line.size && before.x0 - region.left < 0.5 * line.size
  return indented && !(block.hanging && lastCell(block).length <= 2)
}

/**
 * The line stops well before the right edge. Japanese is filled to the edge, so that alone ends a paragraph; ragged English
 * has to end a sentence too.
 */
function endsShort(region: Region, line: Line): boolean {
  if (line.x1 > region.left + 0.75 * (region.right - region.left)) return false
  return isCjk(line.text.charCodeAt(line.text.length - 1)) || SENTENCE_END.test(line.text)
}

/**
 * Joins a paragraph that runs on from one column into the next: the last of a region that does not end a sentence (a
 * footnote, in smaller type, may stand below it) with the first of the following region.
 */
export function joinColumns(regions: readonly DraftBlock[][], bodySize: number): DraftBlock[] {
  const blocks: DraftBlock[] = []
  for (const region of regions) {
    const open = blocks.findLast((block) => sizeOf(block) > 0.92 * bodySize)
    const [first, ...rest] = region
    if (open && first && runsOn(open, first)) {
      lastCell(open).push(...first.rows[0]![0]!)
      blocks.push(...rest)
    } else blocks.push(...region)
  }
  return blocks
}

const sizeOf = (block: DraftBlock): number => block.rows[0]?.[0]?.[0]?.size ?? 0

function runsOn(open: DraftBlock, first: DraftBlock): boolean {
  if (first.kind !== 'paragraph' || first.hanging || (open.kind !== 'paragraph' && open.kind !== 'list')) return false
  if (Math.abs(sizeOf(open) - sizeOf(first)) > 0.6) return false
  const end = lastCell(open).at(-1)!.text
  const start = first.rows[0]![0]![0]!.text
  if (SENTENCE_END.test(end)) return false
  return (
    /^\p{Ll}/u.test(start) ||
    /\p{L}[-\u2010]$/u.test(end) ||
    (isCjk(end.charCodeAt(end.length - 1)) && isCjk(start.charCodeAt(0)))
  )
}
