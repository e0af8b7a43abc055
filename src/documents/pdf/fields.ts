import type { PDFPageProxy } from 'pdfjs-dist/legacy/build/pdf.mjs'
import { foldGlyphs, textWidth } from '../layout/glyphs'
import type { Item } from '../layout/item'

/** What we use of pdf.js's untyped annotations. */
interface Annotation {
  subtype?: string
  fieldType?: string
  password?: boolean
  hidden?: boolean
  fieldValue?: unknown
  contentsObj?: { str?: string }
  rect?: number[]
  defaultAppearanceData?: { fontSize?: number }
}

type Viewport = ReturnType<PDFPageProxy['getViewport']>

/**
 * Text that was typed into a page rather than printed on it: values of text fields and choices, and free-text notes. It is
 * not in the page's text content. Check boxes and buttons have no text; password fields are left out.
 */
export function fieldItems(annotations: readonly Annotation[], viewport: Viewport): Item[] {
  return annotations.flatMap((annotation) => {
    const text = typedText(annotation)
    const [x0, y0, x1, y1] = annotation.rect ?? []
    if (!text || x0 === undefined || y0 === undefined || x1 === undefined || y1 === undefined) return []
    const [ax, ay] = viewport.convertToViewportPoint(x0, y0) as [number, number]
    const [bx, by] = viewport.convertToViewportPoint(x1, y1) as [number, number]
    const box = { x0: Math.min(ax, bx), y0: Math.min(ay, by), x1: Math.max(ax, bx), y1: Math.max(ay, by) }
    return fillBox(text, box, annotation.defaultAppearanceData?.fontSize ?? 0)
  })
}

function typedText({ subtype, fieldType, fieldValue, password, hidden, contentsObj }: Annotation): string {
  if (hidden || password) return ''
  if (subtype === 'FreeText') return contentsObj?.str ?? ''
  if (subtype !== 'Widget' || (fieldType !== 'Tx' && fieldType !== 'Ch')) return ''
  const values = Array.isArray(fieldValue) ? fieldValue : [fieldValue]
  return values.filter((value) => typeof value === 'string').join('\n')
}

/** One item a line, from the top of the box; how the viewer wraps them is not known. */
function fillBox(text: string, box: Pick<Item, 'x0' | 'y0' | 'x1' | 'y1'>, fontSize: number): Item[] {
  const lines = text.split(/[\r\n]+/).filter((line) => line.trim())
  const height = (box.y1 - box.y0) / lines.length
  const size = fontSize > 0 ? Math.min(fontSize, height) : Math.min(12, 0.8 * height)
  return lines.map((line, at) => ({
    text: foldGlyphs(line.trim()),
    x0: box.x0,
    y0: box.y0 + at * height,
    x1: Math.min(box.x1, box.x0 + textWidth(line) * size + 4),
    y1: box.y0 + (at + 1) * height,
    size,
    direction: 0,
    font: 'field',
    spaced: true,
    artifact: false,
  }))
}
