import type { Reading } from './reading'
import { namesAnother } from './identifiers'

/** A row of a table as it is quoted: text for reading, and where each of its cells went. */
export interface RenderedRow {
  text: string
  /** The range in `text` of characters [start, end) of the passage; undefined when they are in no single cell. */
  locate(start: number, end: number): [start: number, end: number] | undefined
}

interface Cell {
  start: number
  end: number
  text: string
}

/** The cells of a row ("\t" between them) of a table passage, in characters of the passage, trimmed. */
export function cellsOf(text: string, [from, to]: [start: number, end: number]): Cell[] {
  const cells: Cell[] = []
  let start = from
  for (const raw of text.slice(from, to).split('\t')) {
    const lead = raw.length - raw.trimStart().length
    const cell = raw.trim()
    cells.push({ start: start + lead, end: start + lead + cell.length, text: cell })
    start += raw.length + 1
  }
  return cells
}

/** A row with the names of its columns: "Item: Laptop · Price: $1,200". Without a header: its cells. */
export function renderRow(text: string, header: [number, number] | undefined, row: [number, number]): RenderedRow {
  const names = header ? cellsOf(text, header) : []
  const cells = cellsOf(text, row)
  const named = names.length === cells.length
  const placed: { cell: Cell; at: number }[] = []
  let rendered = ''
  for (const [column, cell] of cells.entries()) {
    if (!cell.text) continue
    if (rendered) rendered += ' · '
    const name = named ? names[column]!.text : ''
    if (name) rendered += `${name}: `
    placed.push({ cell, at: rendered.length })
    rendered += cell.text
  }
  return {
    text: rendered,
    locate(start, end) {
      const place = placed.find(({ cell }) => cell.start <= start && end <= cell.end)
      return place && [place.at + start - place.cell.start, place.at + end - place.cell.start]
    },
  }
}

/**
 * A table as statements, one line for each cell: `state` is given the row's name (its first cell), the column's and the cell.
 * Rows that do not have the header's cells, and tables of one column, stay as they are.
 * @param rows lines with "\t" between their cells, the header among them or not
 */
export function stateCells(
  rows: string,
  header: string,
  state: (cell: { row: string; column: string; cell: string }) => string,
): string {
  const cells = (line: string) => cellsOf(line, [0, line.length]).map(({ text }) => text)
  const names = cells(header)
  // A header alone has no row to be told with.
  if (names.length < 2 || rows === header) return rows
  return rows
    .split('\n')
    .filter((line) => line !== header)
    .flatMap((line) => {
      const [row = '', ...values] = cells(line)
      if (!row || values.length !== names.length - 1) return [line]
      return values.flatMap((cell, at) => (cell ? [state({ row, column: names[at + 1]!, cell })] : []))
    })
    .join('\n')
}

export interface CellAnswer {
  start: number
  end: number
  row: number
  /** Share of the question held by the row and the column's name together, 0 to 1. */
  coverage: number
}

/**
 * The cell that answers: its row and the name of its column together hold most of the question, and it does not itself
 * repeat the question. The first sentence of the passage is taken for the header row.
 */
export function answeringCell({ text, words, sentences, overlap, question }: Reading): CellAnswer | undefined {
  const header = sentences[0]
  if (!header) return undefined
  const names = cellsOf(text, header)
  const weightOf = (shares: Float64Array) =>
    shares.reduce((sum, share, at) => sum + share * overlap.questionTerms[at]!.weight, 0)
  const held = (start: number, end: number) => {
    const shares = new Float64Array(overlap.questionTerms.length)
    for (const [at, word] of words.entries()) {
      const term = overlap.terms[at]!
      if (term < 0 || word.start < start || word.end > end) continue
      shares[term] = Math.max(shares[term]!, overlap.weights[at]! / (overlap.questionTerms[term]!.weight || 1))
    }
    return shares
  }
  const columns = names.map(({ start, end }) => held(start, end))
  let best: CellAnswer | undefined
  for (const [row, range] of sentences.entries()) {
    if (row === 0 || namesAnother(question.identifiers, text.slice(...range))) continue
    const shares = overlap.held[row]!
    for (const [column, cell] of cellsOf(text, range).entries()) {
      if (!cell.text || weightOf(held(cell.start, cell.end)) > 0) continue
      const together = shares.map((share, term) => Math.max(share, columns[column]?.[term] ?? 0))
      const coverage = weightOf(together) / overlap.total
      if (weightOf(shares) > 0 && (!best || coverage > best.coverage))
        best = { start: cell.start, end: cell.end, row, coverage }
    }
  }
  return best
}
