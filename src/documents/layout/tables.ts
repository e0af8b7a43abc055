import { articleNumber } from './headings'
import { horizontalOverlap, median } from './item'
import type { Line } from './lines'
import type { Segment } from './segments'

/** A first cell that only numbers or marks its line: a list, not a table, when there is one more cell. */
const MARKER =
  /^(?:[①-⑳㋐-㋾•‣◦▪●○■□◆◇・–—*\uf0b7-]|[（(]?[0-9０-９a-zA-Zア-ン一二三四五六七八九十]{1,3}[.)）．]?|第[0-9０-９一二三四五六七八九十百]+[条章節])$/

/**
 * The table that begins at line `at`: at least two lines with cells under one another. A line of which every cell lies
 * under one of the row above, but not under its first, continues that row's cells. Undefined where there is no table.
 */
export function tableRows(lines: readonly Line[], at: number): { rows: Segment[][][]; lines: number } | undefined {
  const first = lines[at]!
  if (!isRow(first)) return undefined
  const rows: Segment[][][] = [first.cells.map((cell) => [cell])]
  let columns = first.cells
  let end = at + 1
  for (; end < lines.length; end++) {
    const line = lines[end]!
    if (line.y0 - lines[end - 1]!.y1 > 3 * median([line.size, first.size])) break
    if (isRow(line) && aligned(columns, line.cells)) {
      rows.push(line.cells.map((cell) => [cell]))
      columns = line.cells.length > columns.length ? line.cells : columns
    } else if (!continueRow(rows.at(-1)!, line, lines[end - 1]!)) break
  }
  return rows.length > 1 ? { rows, lines: end - at } : undefined
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
