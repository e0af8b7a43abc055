import type { PDFDocumentProxy } from 'pdfjs-dist'
import { loadPdfjs } from '../../app/reader/open-pdf'

/** 64 MB of pixels: what mobile Safari allows at most for one canvas, and enough for A4 at 4× on an ordinary screen. */
export const MOST_CANVAS_PIXELS = 2 ** 24

/** Sides longer than this are refused by some graphics drivers. */
const LONGEST_CANVAS_SIDE = 8192

/**
 * Device pixels per CSS pixel with which a page of `width` × `height` CSS pixels is painted: the screen's own, or less
 * where the canvas would get too large for memory.
 */
export function canvasRatio(width: number, height: number, pixelRatio: number): number {
  const byArea = Math.sqrt(MOST_CANVAS_PIXELS / (width * height))
  const bySide = LONGEST_CANVAS_SIDE / Math.max(width, height)
  return Math.min(pixelRatio, byArea, bySide)
}

/**
 * Paints page `number` on a new canvas that fills `width` × `height` CSS pixels.
 *
 * @throws the signal's reason when it is aborted; pdf.js's error when the page cannot be painted
 */
export async function drawCanvas(
  pdf: PDFDocumentProxy,
  number: number,
  css: { width: number; height: number; pixelRatio: number },
  signal: AbortSignal,
): Promise<HTMLCanvasElement> {
  const page = await pdf.getPage(number)
  signal.throwIfAborted()
  const ratio = canvasRatio(css.width, css.height, css.pixelRatio)
  const unscaled = page.getViewport({ scale: 1 })
  const viewport = page.getViewport({ scale: (css.width * ratio) / unscaled.width })
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.floor(css.width * ratio))
  canvas.height = Math.max(1, Math.floor(css.height * ratio))
  const task = page.render({ canvas, viewport })
  const cancel = () => task.cancel()
  signal.addEventListener('abort', cancel)
  try {
    await task.promise
    return canvas
  } catch (error) {
    releaseCanvas(canvas)
    throw signal.aborted ? signal.reason : error
  } finally {
    signal.removeEventListener('abort', cancel)
  }
}

/** Shows a finished canvas in place of the one before. */
export const putCanvas = (holder: HTMLElement, canvas: HTMLCanvasElement): void => holder.replaceChildren(canvas)

/** Gives the pixels back at once; browsers otherwise keep them until the garbage collector comes round. */
export function releaseCanvas(canvas: HTMLCanvasElement): void {
  canvas.width = 0
  canvas.height = 0
}

/**
 * Fills `container` with the page's text as transparent, selectable spans over the places where it is painted. Sizes
 * follow the custom property `--total-scale-factor`, so that it is drawn once for all scales.
 */
export async function drawTextLayer(
  pdf: PDFDocumentProxy,
  number: number,
  container: HTMLElement,
  signal: AbortSignal,
): Promise<void> {
  const [{ TextLayer }, page] = await Promise.all([loadPdfjs(), pdf.getPage(number)])
  signal.throwIfAborted()
  const layer = new TextLayer({
    textContentSource: page.streamTextContent(),
    container,
    viewport: page.getViewport({ scale: 1 }),
  })
  const cancel = () => layer.cancel()
  signal.addEventListener('abort', cancel)
  try {
    await layer.render()
  } finally {
    signal.removeEventListener('abort', cancel)
  }
}

/** Lets pdf.js forget the fonts' and images' data of a page that is no longer shown. */
export async function forgetPage(pdf: PDFDocumentProxy, number: number): Promise<void> {
  ;(await pdf.getPage(number)).cleanup()
}
