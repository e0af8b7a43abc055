import type { TextItem } from 'pdfjs-dist/types/src/display/api'
import type { PDFPageProxy } from 'pdfjs-dist'
import { loadPdfjs, openPdf, startParser, type Parser } from '../../../src/app/reader/open-pdf'
import type { ReaderSource } from '../../../src/app/reader.svelte'
import type { Citation, Direction, Document, Page, Rect, Run } from '../../../src/domain'

let parser: Promise<Parser> | undefined

/** Pages with one run per piece of text that pdf.js reports, in the file's order: enough to highlight by. */
export async function readPages(bytes: Uint8Array<ArrayBuffer>, password?: string): Promise<Page[]> {
  parser ??= startParser()
  const controller = new AbortController()
  const pdf = await openPdf(new Blob([bytes]), {
    parser: await parser,
    password,
    askPassword: () => Promise.reject(new Error('a password is needed')),
    signal: controller.signal,
  })
  const pages: Page[] = []
  for (let number = 1; number <= pdf.numPages; number++) pages.push(await toPage(await pdf.getPage(number), number))
  controller.abort(new DOMException('done', 'AbortError'))
  return pages
}

async function toPage(page: PDFPageProxy, number: number): Promise<Page> {
  const { Util } = await loadPdfjs()
  const viewport = page.getViewport({ scale: 1 })
  const { items } = await page.getTextContent()
  const runs: Run[] = []
  let text = ''
  for (const item of items as TextItem[]) {
    const matrix = Util.transform(viewport.transform, item.transform) as number[]
    if (item.str.trim()) runs.push(...runsOf(item, matrix, text.length))
    text += item.str + (item.hasEOL ? '\n' : '')
  }
  const blocks = [{ kind: 'paragraph' as const, start: 0, end: text.length }]
  const { width, height } = viewport
  return { number, width, height, text, runs, blocks, image: false, fingerprint: String(number) }
}

/** A run for each character: all are of one width in the fixtures. `matrix` places the item on the page, y downwards. */
function runsOf({ str, dir, width, height }: TextItem, [a = 0, b = 0, , , e = 0, f = 0]: number[], at: number): Run[] {
  const size = Math.hypot(a, b)
  const vertical = dir === 'ttb'
  const direction = (vertical ? 1 : (Math.round(Math.atan2(b, a) / (Math.PI / 2)) + 4) % 4) as Direction
  const [above, below] = vertical ? [0.5 * size, 0.5 * size] : [0.8 * size, 0.2 * size]
  const step = (vertical ? height : width) / str.length
  return Array.from({ length: str.length }, (_, i): Run => {
    const [from, to] = [i * step, (i + 1) * step]
    const rects: readonly Rect[] = [
      [e + from, f - above, e + to, f + below],
      [e - below, f + from, e + above, f + to],
      [e - to, f - below, e - from, f + above],
      [e - above, f - to, e + below, f - from],
    ]
    return { start: at + i, end: at + i + 1, rect: rects[direction]!, direction }
  })
}

export interface TestFile {
  bytes?: Uint8Array<ArrayBuffer>
  pages: Page[]
  document?: Partial<Document>
}

/** A library held in memory: file name (which is its hash as well) to what is stored of it. */
export function makeSource(files: Record<string, TestFile>): ReaderSource & { passwords: Map<string, string> } {
  const passwords = new Map<string, string>()
  return {
    passwords,
    document: async (hash) => {
      const file = files[hash]
      return file && describe(hash, file)
    },
    file: async (hash) => {
      const bytes = files[hash]?.bytes
      return bytes && new Blob([bytes])
    },
    page: async (hash, number) => files[hash]?.pages[number - 1],
    password: (hash) => passwords.get(hash),
    setPassword: (hash, password) => void passwords.set(hash, password),
  }
}

const describe = (hash: string, { bytes, pages, document }: TestFile): Document => ({
  hash,
  name: hash,
  type: bytes ? 'pdf' : 'text',
  bytes: bytes?.length ?? 0,
  added: 0,
  collections: ['c'],
  language: 'en',
  pages: pages.length,
  imagePages: pages.filter((page) => page.image).map((page) => page.number),
  passages: 0,
  outline: [],
  locked: false,
  ...document,
})

/** A citation of the first `quote` on page `number` of a file; the quote may go over line breaks. */
export function cite(name: string, file: TestFile, number: number, quote: string, marker = 1): Citation {
  const text = file.pages[number - 1]?.text ?? ''
  const start = text.indexOf(quote)
  if (start === -1) throw new Error(`"${quote}" is not on page ${number} of ${name}`)
  return {
    marker,
    document: name,
    documentName: name,
    passage: `${name}/${number}/${start}-${start + quote.length}`,
    quote,
    spans: [{ page: number, start, end: start + quote.length }],
    headingPath: [],
  }
}
