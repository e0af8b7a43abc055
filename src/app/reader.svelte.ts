import type { PDFDocumentProxy } from 'pdfjs-dist'
import type { Citation, Document, DocumentHash, Page } from '../domain'
import { MissingFile, toFumikuraError, type FumikuraError } from '../errors'
import { highlights, noHighlights, type Highlight } from './reader/highlights'
import { estimatePageSizes, measurePageSizes, openPdf, startParser, type Parser } from './reader/open-pdf'
import type { PageSize } from './reader/page-layout'
import { zoomFactor, zoomStep, type Zoom } from './reader/zoom'

/** Where the reader gets what it shows; passwords are kept in memory only. */
export interface ReaderSource {
  document(hash: DocumentHash): Promise<Document | undefined>
  /** The original bytes. */
  file(hash: DocumentHash): Promise<Blob | undefined>
  page(hash: DocumentHash, number: number): Promise<Page | undefined>
  password(hash: DocumentHash): string | undefined
  setPassword(hash: DocumentHash, password: string): void
}

/** `locked`: waiting for a password. */
export type ReaderStatus = 'empty' | 'opening' | 'locked' | 'open' | 'failed'

/** Where the view is to go next: a new object for each wish, so that the same place can be asked for twice. */
export interface ReaderTarget {
  page: number
  /** What to bring to the middle of the view; without it the top of the page. */
  highlight?: Highlight
  /** Move the keyboard's focus there too. */
  focus: boolean
}

/** Free space around a page in the pane, in CSS pixels. */
export const PAGE_MARGIN = 16

/** What one opening of a document holds, until another one takes its place. */
interface Opening {
  hash: DocumentHash
  controller: AbortController
  /** True when it was opened; false when it failed or was superseded. Never rejects. */
  done: Promise<boolean>
}

/**
 * The document in the Reader pane, the citations that are walked through, and how it is shown. Owns the pdf.js document
 * and its parser thread. The newest wish wins: what was being opened for an older one is cancelled and released.
 */
export class ReaderState {
  status = $state<ReaderStatus>('empty')
  error = $state.raw<FumikuraError>()
  document = $state.raw<Document>()
  /** Of a PDF, once it is open. */
  pdf = $state.raw<PDFDocumentProxy>()
  pageSizes = $state.raw<readonly PageSize[]>([])
  /** The printed number of each page, where the document has its own. */
  pageLabels = $state.raw<readonly string[]>()
  /** The last password given did not fit. */
  passwordWrong = $state(false)

  citations = $state.raw<readonly Citation[]>([])
  /** Position of the current citation, from 0. */
  citationIndex = $state(0)
  highlights = $state.raw(noHighlights)
  target = $state.raw<ReaderTarget>()

  /** The page that most of the view shows; set by the view. */
  currentPage = $state(1)
  zoom = $state.raw<Zoom>({ fit: 'width' })
  /** Inner size of the pane in CSS pixels; set by the view. */
  pane = $state.raw<PageSize>({ width: 0, height: 0 })

  readonly citation = $derived(this.citations[this.citationIndex])
  readonly pages = $derived(this.pdf?.numPages ?? this.document?.pages ?? 0)
  readonly pageLabel = $derived(this.labelOf(this.currentPage))
  /** The page that the pane was last fitted to: scrolling on must not change the scale. */
  #fittedPage = $state(1)
  readonly #fittedSize = $derived(this.pageSizes[this.#fittedPage - 1] ?? this.pageSizes[0])
  /** 1 is the printed size. */
  readonly factor = $derived(zoomFactor(this.zoom, this.#fittedSize, this.pane, PAGE_MARGIN))

  #parser: Promise<Parser> | undefined
  #opening: Opening | undefined
  #returnFocus: HTMLElement | undefined
  #givePassword: ((password: string) => void) | undefined
  #again: () => Promise<void> = async () => undefined
  #wish = 0

  constructor(readonly source: ReaderSource) {}

  /** Shows a document at `page` (from 1), without citations. Failures are told by `status` and `error`. */
  async openDocument(hash: DocumentHash, page = 1): Promise<void> {
    this.#again = () => this.openDocument(hash, page)
    const wish = ++this.#wish
    this.citations = []
    this.highlights = noHighlights
    if ((await this.#open(hash)) && wish === this.#wish) this.goToPage(page)
  }

  /**
   * Shows the sentence behind `citations[index]` on its page, highlighted, and moves the focus to it; `next` and
   * `previous` walk through the others.
   *
   * @param returnFocus what gets the focus back when the user leaves the highlight with Escape
   */
  async showCitations(citations: readonly Citation[], index: number, returnFocus?: HTMLElement): Promise<void> {
    this.citations = citations
    this.#returnFocus = returnFocus
    await this.#showCitation(index)
  }

  next(): Promise<void> {
    return this.#showCitation(this.citationIndex + 1)
  }

  previous(): Promise<void> {
    return this.#showCitation(this.citationIndex - 1)
  }

  /** Tries once more what failed last. */
  retry(): Promise<void> {
    return this.#again()
  }

  /** The answer to `status` "locked". */
  submitPassword(password: string): void {
    const give = this.#givePassword
    if (!give || !password) return
    this.#givePassword = undefined
    this.status = 'opening'
    give(password)
  }

  goToPage(page: number): void {
    const within = Math.min(Math.max(1, Math.round(page) || 1), Math.max(1, this.pages))
    this.target = { page: within, focus: false }
  }

  zoomBy(direction: 1 | -1): void {
    this.zoom = { factor: zoomStep(this.factor, direction) }
  }

  fit(to: 'width' | 'page'): void {
    this.#fittedPage = this.currentPage
    this.zoom = { fit: to }
  }

  /** What the document prints as the number of `page`, where that differs from the number itself. */
  labelOf(page: number): string | undefined {
    const label = this.pageLabels?.[page - 1]
    return label && label !== String(page) ? label : undefined
  }

  /** Gives the focus back to where the citation was opened from; false when that is gone. */
  returnFocus(): boolean {
    const element = this.#returnFocus
    if (!element?.isConnected) return false
    element.focus()
    return document.activeElement === element
  }

  /** Empties the pane and releases the document; the parser thread stays for the next one. */
  close(): void {
    this.#wish++
    this.#release()
    this.status = 'empty'
    this.citations = []
  }

  /** Ends the parser thread too; the state is of no use afterwards. */
  async destroy(): Promise<void> {
    this.close()
    const parser = this.#parser
    this.#parser = undefined
    ;(await parser)?.terminate()
  }

  async #showCitation(index: number): Promise<void> {
    const citation = this.citations[index]
    if (!citation) return
    this.#again = () => this.#showCitation(index)
    const wish = ++this.#wish
    this.citationIndex = index
    const { document: hash } = citation
    if (!(await this.#open(hash)) || wish !== this.#wish) return
    const found = await highlights(this.citations, hash, (page) => this.source.page(hash, page)).catch(
      (error: unknown) => toFumikuraError(error),
    )
    if (wish !== this.#wish) return
    if (found instanceof Error) return this.#fail(found)
    this.highlights = found
    const first = [...found.values()].flat().find((highlight) => highlight.citation === index)
    const page = first?.page ?? citation.spans[0]?.page ?? 1
    this.target = first ? { page, highlight: first, focus: true } : { page, focus: true }
  }

  /** Resolves to true once `hash` is open, at once when it is already. */
  #open(hash: DocumentHash): Promise<boolean> {
    const same = this.#opening?.hash === hash && this.status !== 'failed'
    if (same && this.#opening) return this.#opening.done
    this.#release()
    this.status = 'opening'
    const controller = new AbortController()
    const done = this.#load(hash, controller.signal).then(
      () => !controller.signal.aborted,
      (error: unknown) => {
        if (!controller.signal.aborted) this.#fail(error)
        return false
      },
    )
    this.#opening = { hash, controller, done }
    return done
  }

  async #load(hash: DocumentHash, signal: AbortSignal): Promise<void> {
    const found = await this.source.document(hash)
    signal.throwIfAborted()
    if (!found) throw new MissingFile()
    this.document = found
    if (found.type === 'pdf') await this.#loadPdf(hash, signal)
    signal.throwIfAborted()
    this.status = 'open'
  }

  async #loadPdf(hash: DocumentHash, signal: AbortSignal): Promise<void> {
    const file = await this.source.file(hash)
    signal.throwIfAborted()
    if (!file) throw new MissingFile()
    let given: string | undefined
    const pdf = await openPdf(file, {
      parser: await this.#startedParser(),
      password: this.source.password(hash),
      askPassword: async (wrong) => (given = await this.#askPassword(wrong, signal)),
      signal,
    })
    if (given !== undefined) this.source.setPassword(hash, given)
    const estimates = await estimatePageSizes(pdf)
    const labels = await pdf.getPageLabels().catch(() => null)
    signal.throwIfAborted()
    this.pageSizes = estimates
    this.pageLabels = labels ?? undefined
    this.pdf = pdf
    measurePageSizes(pdf, estimates, signal).then(
      (sizes) => {
        if (sizes && !signal.aborted) this.pageSizes = sizes
      },
      () => undefined,
    )
  }

  /** The running parser thread; one that has died is replaced the next time. */
  #startedParser(): Promise<Parser> {
    if (this.#parser) return this.#parser
    const parser = startParser()
    this.#parser = parser
    const forget = () => {
      if (this.#parser === parser) this.#parser = undefined
    }
    parser.then((started) => started.broken.catch(forget), forget)
    return parser
  }

  #askPassword(wrong: boolean, signal: AbortSignal): Promise<string> {
    if (signal.aborted) return new Promise(() => undefined)
    this.passwordWrong = wrong
    this.status = 'locked'
    return new Promise((resolve) => (this.#givePassword = resolve))
  }

  #fail(error: unknown): void {
    this.error = toFumikuraError(error)
    this.status = 'failed'
  }

  #release(): void {
    this.#opening?.controller.abort(new DOMException('superseded', 'AbortError'))
    this.#opening = undefined
    this.#givePassword = undefined
    this.document = undefined
    this.pdf = undefined
    this.pageSizes = []
    this.pageLabels = undefined
    this.passwordWrong = false
    this.error = undefined
    this.highlights = noHighlights
    this.target = undefined
    this.currentPage = 1
    this.#fittedPage = 1
  }
}
