import '../../security/trusted-types'
import rendererUrl from 'pdfjs-dist/legacy/build/pdf.renderer.min.mjs?url'
import type { PDFDocumentProxy, PDFWorker } from 'pdfjs-dist'
import { DamagedFile, EmptyFile, UnexpectedError, type FumikuraError } from '../../errors'
import type { PageSize } from './page-layout'

/** pdf.js, fetched when the first PDF is opened: it is larger than the rest of the page together. */
export const loadPdfjs = () => import('pdfjs-dist/legacy/build/pdf.mjs')

/** The thread in which pdf.js parses; one serves all documents that are opened after each other. */
export interface Parser {
  worker: PDFWorker
  /** Rejects when the thread dies or its script cannot be loaded; pdf.js itself would wait forever. */
  broken: Promise<never>
  terminate(): void
}

export async function startParser(): Promise<Parser> {
  const { GlobalWorkerOptions, PDFWorker } = await loadPdfjs()
  GlobalWorkerOptions.rendererSrc = rendererUrl
  const port = new Worker(new URL('pdfjs-dist/legacy/build/pdf.worker.min.mjs', import.meta.url), { type: 'module' })
  const broken = new Promise<never>((_, reject) => {
    port.addEventListener('error', (event) => reject(new UnexpectedError({ detail: event.message || 'pdf.worker' })))
  })
  broken.catch(() => undefined)
  const worker = PDFWorker.create({ port })
  return {
    worker,
    broken,
    terminate: () => {
      worker.destroy()
      port.terminate()
    },
  }
}

export interface OpenOptions {
  parser: Parser
  password?: string | undefined
  /** Called when a password is needed (`wrong`: the one given does not fit), as often as it takes. */
  askPassword: (wrong: boolean) => Promise<string>
  /** When aborted, before or after opening, everything pdf.js holds of the file is released. */
  signal: AbortSignal
}

/**
 * Opens a PDF for display.
 * @throws EmptyFile, DamagedFile, UnexpectedError; AbortError when the signal is aborted first
 */
export async function openPdf(file: Blob, options: OpenOptions): Promise<PDFDocumentProxy> {
  const { parser, signal } = options
  if (file.size === 0) throw new EmptyFile()
  const { getDocument, PasswordResponses } = await loadPdfjs()
  const data = await file.arrayBuffer()
  signal.throwIfAborted()
  const assets = new URL(`${import.meta.env.BASE_URL}pdfjs/`, document.baseURI).href
  const task = getDocument({
    data,
    worker: parser.worker,
    verbosity: 0,
    cMapUrl: `${assets}cmaps/`,
    standardFontDataUrl: `${assets}standard_fonts/`,
    wasmUrl: `${assets}wasm/`,
    iccUrl: `${assets}iccs/`,
    ...(options.password === undefined ? {} : { password: options.password }),
  })
  task.onPassword = (answer: (password: string) => void, reason: number) => {
    void options.askPassword(reason === PasswordResponses.INCORRECT_PASSWORD).then(answer)
  }
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => {
      reject(signal.reason as Error)
      void task.destroy()
    })
  })
  try {
    return await Promise.race([task.promise, parser.broken, aborted])
  } catch (error) {
    if (signal.aborted) throw signal.reason
    void task.destroy()
    throw asFumikuraError(error)
  }
}

function asFumikuraError(error: unknown): FumikuraError {
  if (error instanceof UnexpectedError) return error
  const { name, message } = error as Error
  if (name === 'InvalidPDFException') return new DamagedFile()
  return new UnexpectedError({ detail: `${name}: ${message}` })
}

const sizeOf = async (pdf: PDFDocumentProxy, number: number): Promise<PageSize> => {
  const { width, height } = (await pdf.getPage(number)).getViewport({ scale: 1 })
  return { width, height }
}

/** A4, for a first page that cannot be read. */
const A4: PageSize = { width: 595, height: 842 }

/** Sizes of all pages, estimated to be those of the first. */
export async function estimatePageSizes(pdf: PDFDocumentProxy): Promise<PageSize[]> {
  const first = await sizeOf(pdf, 1).catch(() => A4)
  return Array.from({ length: pdf.numPages }, () => first)
}

/**
 * The true size of each page; one that cannot be read keeps its estimate. Undefined where all estimates are right.
 *
 * @throws the signal's reason when it is aborted first
 */
export async function measurePageSizes(
  pdf: PDFDocumentProxy,
  estimates: readonly PageSize[],
  signal: AbortSignal,
): Promise<PageSize[] | undefined> {
  const sizes: PageSize[] = []
  const batch = 32
  while (sizes.length < estimates.length) {
    signal.throwIfAborted()
    const from = sizes.length
    const next = estimates.slice(from, from + batch)
    sizes.push(...(await Promise.all(next.map((estimate, i) => sizeOf(pdf, from + i + 1).catch(() => estimate)))))
  }
  const differs = sizes.some(({ width, height }, i) => width !== estimates[i]?.width || height !== estimates[i]?.height)
  return differs ? sizes : undefined
}
