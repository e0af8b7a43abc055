import type { Citation, DocumentHash, Page, Rect } from '../../domain'
import { rectanglesFor } from '../../documents/rectangles'

/** The part of one citation that stands on one page. */
export interface Highlight {
  /** Position of its citation among those shown, from 0. */
  citation: number
  page: number
  /** [start, end) of `Page.text`. */
  start: number
  end: number
  /** The text of that range. */
  text: string
  /** In page units; empty in documents without pages. */
  rects: Rect[]
  /** Width and height of the page in the same units. */
  width: number
  height: number
}

export type HighlightsByPage = ReadonlyMap<number, Highlight[]>

export const noHighlights: HighlightsByPage = new Map()

/**
 * What `citations` mark in document `hash`, page by page; citations of other documents are left out, and so are ranges of
 * pages that are no longer stored.
 */
export async function highlights(
  citations: readonly Citation[],
  hash: DocumentHash,
  getPage: (number: number) => Promise<Page | undefined>,
): Promise<HighlightsByPage> {
  const spans = citations.flatMap((citation, index) =>
    citation.document === hash ? citation.spans.map((span) => ({ ...span, citation: index })) : [],
  )
  const numbers = [...new Set(spans.map((span) => span.page))]
  const pages = new Map(await Promise.all(numbers.map(async (n) => [n, await getPage(n)] as const)))
  const byPage = new Map<number, Highlight[]>()
  for (const { citation, page: number, start, end } of spans) {
    const page = pages.get(number)
    if (!page) continue
    const highlight = {
      citation,
      page: number,
      start,
      end,
      text: page.text.slice(start, end),
      rects: rectanglesFor(page, start, end),
      width: page.width,
      height: page.height,
    }
    byPage.set(number, [...(byPage.get(number) ?? []), highlight])
  }
  return byPage
}
