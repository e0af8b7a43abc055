import type { PDFDocumentProxy, PDFPageProxy } from 'pdfjs-dist/legacy/build/pdf.mjs'
import { DamagedFile, isAbort } from '../../errors'
import type { PageContent } from '../layout/item'
import { layOut } from '../layout/layout'
import type { ReadDocument, ReadOptions } from '../reading'
import { fieldItems } from './fields'
import { FEW_CHARACTERS, isImagePage } from './image-page'
import { toItems } from './items'
import { openPdf, type PdfEnvironment } from './open'
import { readLabels, readOutline, readTitle } from './outline'

export interface ReadPdfOptions extends ReadOptions {
  environment: PdfEnvironment
}

/**
 * Reads a PDF to the end: text with rectangles in reading order, form values, outline, page labels, pages that are pictures.
 * `data` is transferred to the parser and is empty afterwards. A page that cannot be parsed stays empty and is named in
 * `unreadablePages`; when that is every page, the file is damaged.
 *
 * Throws PasswordNeeded, WrongPassword, DamagedFile or EmptyFile, and the signal's reason when it is aborted.
 */
export async function readPdf(data: ArrayBuffer, options: ReadPdfOptions): Promise<ReadDocument> {
  const { signal, previous } = options
  const { pdf, locked, close } = await openPdf(data, options)
  try {
    const [outline, title, labels] = await Promise.all([readOutline(pdf), readTitle(pdf), readLabels(pdf)])
    const unreadablePages: number[] = []
    const contents = await readPages(pdf, labels, unreadablePages, options)
    if (unreadablePages.length === pdf.numPages) throw new DamagedFile({ detail: 'no page can be read' })
    signal?.throwIfAborted()
    const { pages, changedPages } = layOut(contents, outline, previous)
    return {
      type: 'pdf',
      ...(title === undefined ? {} : { title }),
      pages,
      outline,
      locked,
      unreadablePages,
      ...(previous ? { changedPages } : {}),
    }
  } finally {
    await close()
  }
}

async function readPages(
  pdf: PDFDocumentProxy,
  labels: readonly (string | undefined)[],
  unreadable: number[],
  { signal, onProgress }: ReadPdfOptions,
): Promise<PageContent[]> {
  const contents: PageContent[] = []
  for (let number = 1; number <= pdf.numPages; number++) {
    signal?.throwIfAborted()
    const label = labels[number - 1]
    const name = { number, ...(label === undefined ? {} : { label }) }
    try {
      contents.push({ ...name, ...(await readPage(pdf, number)) })
    } catch (error) {
      if (isAbort(error)) throw error
      unreadable.push(number)
      contents.push({ ...name, width: 0, height: 0, items: [], image: false })
    }
    onProgress?.(number, pdf.numPages)
  }
  return contents
}

async function readPage(pdf: PDFDocumentProxy, number: number): Promise<Omit<PageContent, 'number' | 'label'>> {
  const page: PDFPageProxy = await pdf.getPage(number)
  try {
    const viewport = page.getViewport({ scale: 1 })
    const [content, annotations] = await Promise.all([
      page.getTextContent({ includeMarkedContent: true }),
      page.getAnnotations().catch(() => []),
    ])
    const items = [...toItems(content, viewport.transform), ...fieldItems(annotations, viewport)]
    const characters = items.reduce((sum, item) => sum + item.text.length, 0)
    const image = characters < FEW_CHARACTERS && (await isImagePage(page).catch(() => false))
    return { width: viewport.width, height: viewport.height, items, image }
  } finally {
    page.cleanup()
  }
}
