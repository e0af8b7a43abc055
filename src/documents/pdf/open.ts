import { getDocument, PasswordResponses, PDFWorker, type PDFDocumentProxy } from 'pdfjs-dist/legacy/build/pdf.mjs'
import { DamagedFile, EmptyFile, PasswordNeeded, toFumikuraError, WrongPassword } from '../../errors'

/** Where pdf.js finds what it needs: the same code reads in our ingest worker, draws on the page and runs in Node. */
export interface PdfEnvironment {
  /**
   * Base URL, with a slash at its end, of the folders cmaps, standard_fonts, wasm and iccs; in Node a path. Without the
   * cMaps Japanese text is silently empty.
   */
  assets: string
  /** The parser's worker; without one pdf.js parses on the calling thread. It may serve many documents, and is not ended. */
  port?: Worker
}

export interface OpenPdf {
  pdf: PDFDocumentProxy
  /** The file asked for its password. */
  locked: boolean
  /** Frees the parser; also the way to cancel what is under way. */
  close(): Promise<void>
}

export interface OpenOptions {
  environment: PdfEnvironment
  password?: string
  signal?: AbortSignal
}

/**
 * Opens a PDF. `data` is transferred to the parser and is empty afterwards.
 * Throws PasswordNeeded, WrongPassword, DamagedFile or EmptyFile, and the signal's reason when it is aborted.
 */
export async function openPdf(data: ArrayBuffer, { environment, password, signal }: OpenOptions): Promise<OpenPdf> {
  signal?.throwIfAborted()
  if (data.byteLength === 0) throw new EmptyFile()
  const { assets, port } = environment
  const worker = port && PDFWorker.create({ port })
  const task = getDocument({
    data,
    ...(worker ? { worker } : {}),
    cMapUrl: `${assets}cmaps/`,
    standardFontDataUrl: `${assets}standard_fonts/`,
    wasmUrl: `${assets}wasm/`,
    iccUrl: `${assets}iccs/`,
    // Its default reads document.baseURI, which workers do not have; in Node the assets are files and fetch cannot read them.
    useWorkerFetch: typeof process === 'undefined' || !process.versions?.node,
    disableFontFace: true,
    useSystemFonts: false,
    verbosity: 0,
  })
  let locked = false
  // Asked only when the file needs it, so a password given for a file without one does not make it look locked.
  const refused = new Promise<never>((_, reject) => {
    task.onPassword = (answer: (password: string) => void, reason: number) => {
      locked = true
      if (reason === PasswordResponses.INCORRECT_PASSWORD) reject(new WrongPassword())
      else if (password === undefined) reject(new PasswordNeeded())
      else answer(password)
    }
  })
  const abort = () => void task.destroy()
  signal?.addEventListener('abort', abort, { once: true })
  try {
    const pdf = await Promise.race([task.promise, refused])
    return { pdf, locked, close: () => task.destroy() }
  } catch (error) {
    await task.destroy()
    signal?.throwIfAborted()
    throw explain(error)
  } finally {
    signal?.removeEventListener('abort', abort)
  }
}

/** pdf.js's exceptions as ours: they tell apart only by name and message, because they crossed a worker. */
function explain(error: unknown): Error {
  const { name, message } = error instanceof Error ? error : { name: '', message: String(error) }
  if (/zero bytes/.test(message)) return new EmptyFile()
  const damaged = [
    'InvalidPDFException',
    'FormatError',
    'UnknownErrorException',
    'XRefParseException',
    'MissingPDFException',
  ]
  return damaged.includes(name) ? new DamagedFile({ detail: message }) : toFumikuraError(error)
}
