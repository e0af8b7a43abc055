import type { PDFDocumentProxy } from 'pdfjs-dist/legacy/build/pdf.mjs'
import type { OutlineItem } from '../../domain'

type Entry = NonNullable<Awaited<ReturnType<PDFDocumentProxy['getOutline']>>>[number]

/** A file may nest or repeat without end; nobody reads further than this. */
const MOST_ITEMS = 5000
const DEEPEST = 8

/** The document's own table of contents with page numbers; empty where there is none or it is broken. */
export async function readOutline(pdf: PDFDocumentProxy): Promise<OutlineItem[]> {
  const entries = await pdf.getOutline().catch(() => null)
  let left = MOST_ITEMS
  const read = async (items: Entry[], depth: number): Promise<OutlineItem[]> => {
    const found: OutlineItem[] = []
    for (const entry of items) {
      if (left-- <= 0) break
      const page = await pageOf(pdf, entry.dest)
      const children = depth < DEEPEST ? await read(entry.items as Entry[], depth + 1) : []
      const title = entry.title.replace(/\s+/g, ' ').trim()
      if (title) found.push({ title, ...(page === undefined ? {} : { page }), children })
    }
    return found
  }
  return read(entries ?? [], 1)
}

async function pageOf(pdf: PDFDocumentProxy, dest: Entry['dest']): Promise<number | undefined> {
  try {
    const target = typeof dest === 'string' ? await pdf.getDestination(dest) : dest
    const [page] = (target ?? []) as [unknown?]
    if (typeof page === 'number') return page + 1
    if (typeof page !== 'object' || page === null) return undefined
    return (await pdf.getPageIndex(page as { num: number; gen: number })) + 1
  } catch {
    return undefined
  }
}

/** Titles that programs write by themselves: a file's name, "Microsoft Word - …", "untitled". */
const NO_TITLE =
  /^(?:microsoft (?:word|powerpoint|excel) - |untitled|無題|document\s*\d*$|slide \d+$|about:blank|https?:)|\.(?:docx?|pptx?|xlsx?|html?|pdf|tex|dvi|indd|odt|rtf|txt|md)$/i

/** The title in the file's metadata, where it is one. */
export async function readTitle(pdf: PDFDocumentProxy): Promise<string | undefined> {
  const { info } = await pdf.getMetadata().catch(() => ({ info: {} }))
  const value: unknown = 'Title' in info ? info.Title : undefined
  const title = typeof value === 'string' ? value.replace(/[\s\p{Cc}]+/gu, ' ').trim() : ''
  return title.length > 2 && /\p{L}/u.test(title) && !NO_TITLE.test(title) ? title : undefined
}

/** Page labels ("iv", "A-3"), by page index; undefined where the label is just the page's number. */
export async function readLabels(pdf: PDFDocumentProxy): Promise<(string | undefined)[]> {
  const labels = await pdf.getPageLabels().catch(() => null)
  return (labels ?? []).map((label, at) => (label && label !== String(at + 1) ? label : undefined))
}
