import { isCjk } from './glyphs'
import type { Item } from './item'
import type { Line } from './lines'
import { segmentOf, type Segment } from './segments'

// Of a narrow table the widest cells come nearer to each other than cells do elsewhere (see segments.ts), and stand in one
// segment. They are cut apart where they keep to the columns of other rows.

/** Between cells of a narrow table, in em: more than a word's space, and than what is left beside Japanese letters. */
const CELL_GAP = { cjk: 0.6, other: 0.35 }
/** How far from a column's edge a cell may begin or end, in em. */
const SLACK = 0.3
/** Rows that have to agree where no wider gap tells of a column. */
const AGREEING = 3

/** A segment, cut wherever there is more room than between words. */
export function cutAtGaps({ items }: Segment): Segment[] {
  const from = items.flatMap((_, at) => (at === 0 || isGap(items, at) ? [at] : []))
  return from.map((start, at) => segmentOf(items.slice(start, from[at + 1])))
}

/** A segment, cut where a part of it begins as one of these does. */
export function cutAt(cell: Segment, columns: readonly Pick<Segment, 'x0'>[]): Segment[] {
  const [first, ...rest] = cutAtGaps(cell)
  const cells = [first!]
  for (const part of rest) {
    if (columns.some((column) => begins(part, column))) cells.push(part)
    else cells.push(segmentOf([...cells.pop()!.items, ...part.items]))
  }
  return cells
}

/**
 * Rows with their cells cut where columns are: those of the row with most cells, and where nearly all rows have something begin.
 * @param rows each a row of cells, which are segments, one for each line
 */
export function cutAtColumns(rows: readonly Segment[][][], columns: readonly Segment[]): Segment[][][] {
  const parts = rows.map((row) => row.flat().flatMap(cutAtGaps))
  const shared = parts.flat().filter((part) => {
    const agreeing = parts.filter((row) => row.some((other) => begins(part, other))).length
    return agreeing >= AGREEING && agreeing >= rows.length - 1
  })
  const edges = [...columns, ...shared]
  return rows.map((row) =>
    row.some((cell) => cell.length > 1) ? row : row.flatMap(([cell]) => cutAt(cell!, edges).map((part) => [part])),
  )
}

/** The cells of line `at` where it and the two below it have as many parts, three or more, in the same columns. */
export function narrowRow(lines: readonly Line[], at: number): Segment[] | undefined {
  const [first, ...below] = lines.slice(at, at + AGREEING)
  // Nearly every line is text: nothing is cut before there is something to cut.
  if (partsOf(first!) < 3) return undefined
  const cells = first!.cells.flatMap(cutAtGaps)
  const agree = below.length === AGREEING - 1 && below.every((line) => partsUnder([cells], line))
  return agree ? cells : undefined
}

/** The parts of a line where there are as many as columns, three or more, and each begins or ends as one above it does. */
export function partsUnder(
  rows: readonly (readonly Segment[])[],
  { cells }: Pick<Line, 'cells'>,
): Segment[] | undefined {
  const columns = Math.max(...rows.map((row) => row.length))
  if (columns < 3 || partsOf({ cells }) !== columns) return undefined
  const parts = cells.flatMap(cutAtGaps)
  const above = (column: number) => rows.flatMap((row) => (row.length === columns ? [row[column]!] : []))
  const agree = parts.every((part, at) => above(at).some((cell) => begins(part, cell) || ends(part, cell)))
  return agree ? parts : undefined
}

/** How many parts there are between the gaps of a line. */
export const partsOf = ({ cells }: Pick<Line, 'cells'>): number =>
  cells.reduce((sum, { items }) => sum + items.filter((_, at) => at === 0 || isGap(items, at)).length, 0)

function isGap(items: readonly Item[], at: number): boolean {
  const [before, item] = [items[at - 1]!, items[at]!]
  // Accounts have the currency at the left of a column whose numbers stand at the right; forms have a box before each answer.
  if (/^[\p{Sc}□☐☑]$/u.test(before.text)) return false
  const cjk = isCjk(before.text.charCodeAt(before.text.length - 1)) || isCjk(item.text.charCodeAt(0))
  return item.x0 - before.x1 > CELL_GAP[cjk ? 'cjk' : 'other'] * item.size
}

const begins = (part: Segment, column: Pick<Segment, 'x0'>): boolean =>
  Math.abs(part.x0 - column.x0) < SLACK * part.size

const ends = (part: Segment, column: Segment): boolean => Math.abs(part.x1 - column.x1) < SLACK * part.size
