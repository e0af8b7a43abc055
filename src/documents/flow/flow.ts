import type { BlockKind } from '../../domain'

/** A block of a document that has no pages, before it is placed on a numbered part. */
export interface FlowBlock {
  kind: BlockKind
  /** Rows of a table are separated by "\n" and cells by "\t"; items of a list by "\n". No blank lines. */
  text: string
  /** Of a heading: 1 to 6. */
  level?: number
}

/** What the readers of text, Markdown, HTML and Word make of a file. */
export interface FlowDocument {
  title?: string
  blocks: FlowBlock[]
}

/** Text as it may stand in a block: no carriage returns, tabs or invisible characters, no blank lines or ends of space. */
export function cleanText(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/\t/g, ' ')
    .replace(/(?!\n)[\p{Cc}\u00ad\u200b\u2060\ufeff]/gu, '')
    .replace(/(?<![ \u00a0\u3000])[ \u00a0\u3000]+$/gm, '')
    .replace(/\n{2,}/g, '\n')
    .replace(/^\n+|\n+$/g, '')
}

const cjkBreak =
  /([\u2e80-\u30ff\u3400-\u9fff\uf900-\ufaff\uff01-\uff9f])[ \t\f\r]*\n\s*(?=[\u2e80-\u30ff\u3400-\u9fff\uf900-\ufaff\uff01-\uff9f])/g

/**
 * White space as markup means it: any run of it is one space, and none where a line of the source ends between two
 * Japanese characters.
 */
export const collapseSpace = (text: string): string => text.replace(cjkBreak, '$1').replace(/[ \t\n\f\r]+/g, ' ')
