import type { FlowBlock } from './flow'

export interface ListItem {
  /** "1. ", "• ", "Term: "; part of the text. */
  marker: string
  /** What the item holds, nested lists included. */
  blocks: FlowBlock[]
}

/**
 * A list as one block, an item on each line, what belongs to an item but does not fit on its line indented below it. A list
 * that holds headings or tables is a way to arrange a page: its items then are blocks of their own.
 */
export function listBlocks(items: readonly ListItem[]): FlowBlock[] {
  const held = items.flatMap(({ blocks }) => blocks)
  if (held.some(({ kind }) => kind === 'heading' || kind === 'table')) return held
  const lines = items.flatMap(({ marker, blocks }) => {
    const [first = '', ...rest] = blocks.flatMap(({ text }) => text.split('\n'))
    return first ? [marker + first.trimStart(), ...rest.map((line) => `  ${line}`)] : []
  })
  return lines.length ? [{ kind: 'list', text: lines.join('\n') }] : []
}

/** "Term: " before its explanation, with the colon of its own script. */
export const termMarker = (term: string): string => (/[\u3040-\u9fff]$/.test(term) ? `${term}：` : `${term}: `)
