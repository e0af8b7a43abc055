import { cleanText, type FlowBlock } from './flow'

/** Rows of cells as a table block; undefined when every cell is empty. Line breaks in a cell become spaces. */
export function tableBlock(rows: readonly (readonly string[])[]): FlowBlock | undefined {
  const lines = rows
    .map((cells) =>
      cells.map((cell) =>
        cleanText(cell)
          .replace(/\s*\n\s*/g, ' ')
          .trim(),
      ),
    )
    .filter((cells) => cells.some((cell) => cell))
    .map((cells) => cells.join('\t'))
  return lines.length ? { kind: 'table', text: lines.join('\n') } : undefined
}
