import type { Block, Page } from '../../domain'
import { isCjk } from './glyphs'

const CLOSED = /[.!?。．！？:：]["'”’」』）)\]]*\s*$/

/**
 * Marks the first block of each page that goes on with the last paragraph or list of the page before: that one does not
 * end a sentence, and this one does not look like the start of one. Returns pages of which only that mark may differ.
 */
export function linkPages(pages: readonly Page[]): Page[] {
  return pages.map((page, at) => {
    const [first, ...rest] = page.blocks
    if (!first) return page
    const before = pages[at - 1]
    const continues = before !== undefined && goesOn(before, page, first)
    return { ...page, blocks: [marked(first, continues), ...rest] }
  })
}

function marked({ kind, start, end, level }: Block, continues: boolean): Block {
  return { kind, start, end, ...(level === undefined ? {} : { level }), ...(continues ? { continues } : {}) }
}

function goesOn(before: Page, page: Page, first: Block): boolean {
  const last = before.blocks.findLast((block) => block.kind === 'paragraph' || block.kind === 'list')
  if (!last || first.kind !== 'paragraph') return false
  if (before.blocks.slice(before.blocks.indexOf(last) + 1).some((block) => block.kind === 'heading')) return false
  const end = before.text.slice(last.start, last.end)
  const start = page.text.slice(first.start, first.end)
  if (CLOSED.test(end) || end.length < 8) return false
  if (isCjk(end.charCodeAt(end.length - 1))) return isCjk(start.charCodeAt(0)) || /^[\p{L}\p{N}]/u.test(start)
  return /^[\p{Ll}(\d"“]/u.test(start) || /[-\u2010,;]$/.test(end) || /^\p{Lu}/u.test(start)
}
