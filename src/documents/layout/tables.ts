import { articleNumber, numberingDepth } from './headings'
import { horizontalOverlap, median } from './item'
import type { Line } from './lines'
import { cutAt, cutAtColumns, cutAtGaps, narrowRow, partsOf, partsUnder } from './narrow-columns'
import type { Segment } from './segments'

/** A first cell that only numbers or marks its line: a list, not a table, when there is one more cell. */
const MARKER =
  /^(?:[①-⑳㋐-㋾•‣◦▪●○■□◆◇・–—*\uf0b7-]|[（(]?[0-9０-９a-zA-Zア-ン一二三四五六七八九十]{1,3}[.)）．]?|第[0-9０-９一二三四五六七八九十百]+[条章節])$/

/** A cell is segments, one for each line of it. */
type Row = Segment[][]

interface Table {
  rows: Row[]
  lines: number
}

/**
 * The table that begins at line `at`: at least two lines with cells under one another. A line of which every cell lies
 * under one of the row above, but not under its first, continues that row's cells. Undefined where there is no table.
 */
export const tableRows = (lines: readonly Line[], at: number): Table | undefined =>
  alignedRows(lines, at) ?? underHeader(lines, at)

function alignedRows(lines: readonly Line[], at: number): Table | undefined {
  const first = lines[at]!
  let columns = isRow(first) ? first.cells : narrowFirst(lines, at)
  if (!columns) return undefined
  const rows: Row[] = [columns.map((cell) => [cell])]
  let end = at + 1
  for (; end < lines.length; end++) {
    const line = lines[end]!
    if (isApart(lines[end - 1]!, line, first)) break
    const cells = rowUnder(rows, columns, line)
    if (cells) {
      rows.push(cells.map((cell) => [cell]))
      columns = cells.length > columns.length ? cells : columns
    } else if (!continueRow(rows.at(-1)!, line, lines[end - 1]!)) break
  }
  return rows.length > 1 ? { rows: cutAtColumns(rows, columns), lines: end - at } : undefined
}

/** The cells of a first row that stand close; lines that begin with a mark are a list, whose items may be worded alike. */
function narrowFirst(lines: readonly Line[], at: number): Segment[] | undefined {
  const cells = lines[at]!.leader ? undefined : narrowRow(lines, at)
  return cells && !MARKER.test(cells[0]!.text) ? cells : undefined
}

/** The cells of a line that is one more row; one whose cells stand close has to have all columns. */
function rowUnder(rows: readonly Row[], columns: readonly Segment[], line: Line): Segment[] | undefined {
  if (isRow(line) && aligned(columns, line.cells)) return line.cells
  if (line.leader) return undefined
  const cells = line.cells.flatMap((cell) => cutAt(cell, rows.flat(2)))
  if (cells.length > line.cells.length && cells.length === columns.length) return cells
  return partsUnder(
    rows.map((row) => row.flat()),
    line,
  )
}

/** A table whose header is set otherwise than what stands below it: centred over numbers, or over text that begins at the left. */
function underHeader(lines: readonly Line[], at: number): Table | undefined {
  const [header, below] = [lines[at]!, lines[at + 1]]
  if (!below || header.leader || partsOf(header) < 2) return undefined
  if (isApart(header, below, header) || isNumbered(header)) return undefined
  const table = alignedRows(lines, at + 1)
  const names = table && headerOf(header.cells, table.rows[0]!.flat())
  return names && { rows: [names.map((name) => [name]), ...table.rows], lines: table.lines + 1 }
}

/** A heading or an item of a list. */
const isNumbered = ({ cells, text }: Line): boolean => MARKER.test(cells[0]!.text) || numberingDepth(text) > 0

const isApart = (before: Line, line: Line, first: Line): boolean =>
  line.y0 - before.y1 > 3 * median([line.size, first.size])

/**
 * The names of columns that a line holds, by the cells of the first row below it: as many, each of which ends before the next
 * column begins, begins behind where the one before it ends, and is nearer to its own cell than to that one. Two names may be
 * anything ("Page 3", a date), and names that stand close may be words: those have to be in another font.
 */
function headerOf(line: readonly Segment[], cells: readonly Segment[]): readonly Segment[] | undefined {
  const names = line.length === cells.length ? line : line.flatMap(cutAtGaps)
  if (names.length !== cells.length) return undefined
  const inOrder = cells.every((cell, at) => {
    const [left, right, before] = [names[at - 1], names[at + 1], cells[at - 1]]
    if ((left && left.x1 > cell.x0) || (right && cell.x1 > right.x0)) return false
    return !before || cell.x0 - names[at]!.x1 <= names[at]!.x0 - before.x1
  })
  const otherFont = names.every((name, at) => name.items[0]!.font !== cells[at]!.items[0]!.font)
  return inOrder && (otherFont || (names === line && names.length > 2)) ? names : undefined
}

function isRow(line: Line): boolean {
  if (line.cells.length < 2 || line.leader || articleNumber(line.text)) return false
  return line.cells.length > 2 || !MARKER.test(line.cells[0]!.text)
}

/** At least two cells of the row begin, end or are centred with cells above: blanks in a sentence stand anywhere. */
function aligned(columns: readonly Segment[], cells: readonly Segment[]): boolean {
  const shared = cells.filter((cell) => columns.some((column) => inColumn(column, cell)))
  return shared.length >= Math.min(2, cells.length)
}

function inColumn(column: Segment, cell: Segment): boolean {
  if (horizontalOverlap(column, cell) <= 0) return false
  const offsets = [column.x0 - cell.x0, column.x1 - cell.x1, (column.x0 + column.x1 - cell.x0 - cell.x1) / 2]
  return offsets.some((offset) => Math.abs(offset) < 0.9 * cell.size)
}

function continueRow(row: Segment[][], line: Line, before: Line): boolean {
  if (line.y0 - before.y1 > 0.6 * line.size || row.length < 2) return false
  const targets = line.cells.map((cell) => row.find((above) => above.some((part) => horizontalOverlap(part, cell) > 0)))
  if (targets.some((target) => !target || target === row[0])) return false
  targets.forEach((target, at) => target!.push(line.cells[at]!))
  return true
}
