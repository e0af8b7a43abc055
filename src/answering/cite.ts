import type { Citation, Evidence } from '../domain'
import { spansOf } from '../documents/spans'

/** What a citation needs of an evidence. */
export type Cited = Pick<Evidence, 'passage' | 'documentName'>

/** Cites characters [start, end) of an evidence's passage; `further` ranges (a table's header row) are shown with it. */
export type Cite = (evidence: Cited, start: number, end: number, further?: [start: number, end: number]) => Citation

/**
 * Makes the citations of one answer. Markers count up from 1; the same characters of the same document get the same
 * marker, whichever of two overlapping passages they come through.
 */
export function citations(): Cite {
  const markers = new Map<string, number>()
  return (evidence, start, end, further) => {
    const { passage } = evidence
    const spans = spansOf(passage, start, end)
    const first = spans[0]
    const key = `${passage.document} ${first ? `${first.page} ${first.start}` : `${passage.id} ${start}`}`
    const marker = markers.get(key) ?? markers.size + 1
    markers.set(key, marker)
    const citation: Citation = {
      marker,
      document: passage.document,
      documentName: evidence.documentName,
      passage: passage.id,
      quote: passage.text.slice(start, end),
      spans,
      headingPath: passage.headingPath,
    }
    if (passage.paragraph !== undefined) citation.paragraph = passage.paragraph
    const label = first && passage.pageLabels?.[first.page]
    if (label !== undefined) citation.pageLabel = label
    // Rectangles of a header row on an earlier page would make the reader jump there instead of to the row.
    if (further) spans.push(...spansOf(passage, ...further).filter(({ page }) => page === first?.page))
    return citation
  }
}
