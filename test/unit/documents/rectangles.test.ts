import { describe, expect, it, vi } from 'vitest'
import type { Page, Rect } from '../../../src/domain'
import { foldGlyphs } from '../../../src/documents/layout/glyphs'
import { rectanglesFor } from '../../../src/documents/rectangles'
import { hasPdftotext, pdftotextWords, type PdftotextWord } from '../../fixtures/pdftotext'
import { readPdfInNode } from '../../fixtures/read-pdf-in-node'
import { sharedData } from '../../fixtures/shared-data'

vi.setConfig({ testTimeout: 60_000 })

const pageOf = (text: string, runs: Page['runs']) => ({ text, runs })

describe('rectanglesFor', () => {
  it('is the run itself for the whole run', () => {
    const page = pageOf('文倉', [{ start: 0, end: 2, rect: [10, 20, 30, 32], direction: 0 }])
    expect(rectanglesFor(page, 0, 2)).toEqual([[10, 20, 30, 32]])
  })

  it.each([
    [0, [10, 20, 20, 60]],
    [1, [10, 20, 30, 40]],
    [2, [20, 20, 30, 60]],
    [3, [10, 40, 30, 60]],
  ] as const)('takes the first half of a run along direction %i', (direction, expected) => {
    const page = pageOf('文倉', [{ start: 0, end: 2, rect: [10, 20, 30, 60], direction }])
    expect(rectanglesFor(page, 0, 1)).toEqual([expected])
  })

  it('gives CJK characters twice the width of Latin letters', () => {
    const page = pageOf('ab文', [{ start: 0, end: 3, rect: [0, 0, 203, 10], direction: 0 }])
    const [first] = rectanglesFor(page, 2, 3)
    expect(first![0]).toBeGreaterThan(95)
    expect(first![0]).toBeLessThan(110)
  })

  it('merges neighbours on one line and keeps lines apart', () => {
    const page = pageOf('one two three', [
      { start: 0, end: 3, rect: [0, 0, 20, 10], direction: 0 },
      { start: 4, end: 7, rect: [23, 0, 43, 10], direction: 0 },
      { start: 8, end: 13, rect: [0, 12, 30, 22], direction: 0 },
    ])
    expect(rectanglesFor(page, 0, 13)).toEqual([
      [0, 0, 43, 10],
      [0, 12, 30, 22],
    ])
  })

  it('merges glyphs of a vertical line, and not the lines', () => {
    const glyph = (start: number, x: number, y: number) =>
      ({ start, end: start + 1, rect: [x, y, x + 10, y + 10], direction: 1 }) as const
    const page = pageOf('文倉文倉', [glyph(0, 50, 0), glyph(1, 50, 10), glyph(2, 30, 0), glyph(3, 30, 10)])
    expect(rectanglesFor(page, 0, 4)).toEqual([
      [50, 0, 60, 20],
      [30, 0, 40, 20],
    ])
  })

  it('has none for joints, or for a page without runs', () => {
    const page = pageOf('a b', [
      { start: 0, end: 1, rect: [0, 0, 5, 10], direction: 0 },
      { start: 2, end: 3, rect: [8, 0, 13, 10], direction: 0 },
    ])
    expect(rectanglesFor(page, 1, 2)).toEqual([])
    expect(rectanglesFor(pageOf('text', []), 0, 4)).toEqual([])
  })
})

const area = ([x0, y0, x1, y1]: Rect): number => Math.max(0, x1 - x0) * Math.max(0, y1 - y0)
const common = (a: Rect, b: Rect): number =>
  area([Math.max(a[0], b[0]), Math.max(a[1], b[1]), Math.min(a[2], b[2]), Math.min(a[3], b[3])])

/** The largest share of poppler's box that our rectangles of an occurrence of the word cover; undefined: not in the text. */
function covered(page: Page, { text, rect }: PdftotextWord): number | undefined {
  const word = foldGlyphs(text).replace(/[-\u00ad]$/, '')
  let best: number | undefined
  for (let at = page.text.indexOf(word); word && at >= 0; at = page.text.indexOf(word, at + 1)) {
    const shared = rectanglesFor(page, at, at + word.length).reduce((sum, own) => sum + common(own, rect), 0)
    best = Math.max(best ?? 0, shared / area(rect))
  }
  return best
}

const folder = sharedData('pdf/layout')
const able = folder !== undefined && hasPdftotext()
if (!able) console.warn('skipped: rectangles against pdftotext -bbox, which needs ../shared/data and poppler')

/** Share of words that have to be covered by 70 %: the rest are short words in the middle of long runs. */
const FILES: [string, number][] = [
  ['layout/two_column', 0.97],
  ['layout/two_rot90', 0.97],
  ['layout/ja_luatex', 0.97],
  ['layout/ja_rot270', 0.97],
  ['layout/ja_vertical_luatex', 0.97],
  ['northwind/employee_handbook', 0.95],
  ['work-rules-ja/001018385', 0.97],
]

describe.runIf(able)('rectangles beside those of poppler', () => {
  it.each(FILES)('cover the words of %s', async (name, share) => {
    const path = sharedData(`pdf/${name}.pdf`)!
    const { pages } = await readPdfInNode(path)
    const boxes = pdftotextWords(path)
    const shares = pages.flatMap((page, at) => {
      // Words of running lines are in no run, and so not looked for.
      const kept = boxes[at]!.filter(({ rect }) => page.runs.some((run) => common(run.rect, rect) > 0))
      return kept.map((word) => covered(page, word)).filter((value) => value !== undefined)
    })
    const good = shares.filter((value) => value >= 0.7).length / shares.length
    console.log(`${name}: ${shares.length} words, ${(100 * good).toFixed(1)} % covered by 70 % or more`)
    expect(good).toBeGreaterThan(share)
  })
})
