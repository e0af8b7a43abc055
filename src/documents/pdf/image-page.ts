import { OPS, type PDFPageProxy } from 'pdfjs-dist/legacy/build/pdf.mjs'

/** A page with fewer characters than this may be a scan. */
export const FEW_CHARACTERS = 20

const IMAGES: ReadonlySet<number> = new Set([
  OPS.paintImageXObject,
  OPS.paintInlineImageXObject,
  OPS.paintImageMaskXObject,
  OPS.paintImageXObjectRepeat,
  OPS.paintImageMaskXObjectRepeat,
  OPS.paintImageMaskXObjectGroup,
  OPS.paintInlineImageXObjectGroup,
])

/**
 * Whether images cover more than half of the page. This asks for the page's drawing operations, for which pdf.js decodes
 * its images, so call it only for pages (almost) without text. Strips of one scan are added up.
 */
export async function isImagePage(page: PDFPageProxy): Promise<boolean> {
  const { fnArray, argsArray } = await page.getOperatorList()
  const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = page.view
  const whole = Math.abs((x1 - x0) * (y1 - y0)) || 1
  const scale: number[] = []
  let area = 1
  let covered = 0
  fnArray.forEach((operation: number, at: number) => {
    const args = argsArray[at] as unknown[] | null
    if (operation === OPS.save) scale.push(area)
    else if (operation === OPS.restore) area = scale.pop() ?? 1
    else if (operation === OPS.transform) area *= determinant(args ?? [])
    else if (operation === OPS.paintFormXObjectBegin) {
      scale.push(area)
      area *= determinant((args?.[0] as unknown[] | null) ?? [])
    } else if (operation === OPS.paintFormXObjectEnd) area = scale.pop() ?? 1
    else if (IMAGES.has(operation)) covered += Math.min(area, whole)
  })
  return covered > 0.5 * whole
}

/** By how much a matrix changes areas; an image is the unit square, so this is its area. */
function determinant(matrix: ArrayLike<unknown>): number {
  if (matrix.length < 4) return 1
  return Math.abs(Number(matrix[0]) * Number(matrix[3]) - Number(matrix[1]) * Number(matrix[2]))
}
