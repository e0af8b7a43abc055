import axe from 'axe-core'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { render } from 'vitest-browser-svelte'
import { page, userEvent } from 'vitest/browser'
import { ReaderState, type ReaderSource } from '../../../src/app/reader.svelte'
import Reader from '../../../src/ui/reader/Reader.svelte'
import { lockWith, makePlacedTextPdf, type PlacedPage } from '../../fixtures/placed-text-pdf'
import { cite, makeSource, readPages, type TestFile } from './source'
import '../../../src/ui/styles/tokens.css'
import '../../../src/ui/styles/base.css'
import '../../../src/ui/styles/controls.css'

const sentence = (n: number): PlacedPage => ({
  texts: [
    { text: `Heading of page ${n}`, x: 72, y: 90, size: 18 },
    { text: 'The storehouse keeps every letter in a cedar box.', x: 72, y: 420, size: 11 },
    { text: `Nobody on floor ${n} may open one without a lamp.`, x: 72, y: 436, size: 11 },
  ],
})

let reader: ReaderState
let frame: HTMLElement

beforeEach(() => {
  frame = document.createElement('div')
  frame.style.cssText = 'position:fixed; inset:0; width:640px; height:560px'
  document.body.append(frame)
})

afterEach(async () => {
  await reader.destroy()
  frame.remove()
})

function open(source: ReaderSource, props: { onleave?: () => void } = {}): ReaderState {
  reader = new ReaderState(source)
  render(Reader, { target: frame, props: { reader, ...props } })
  return reader
}

async function pdfFile(pages: PlacedPage[], document: TestFile['document'] = {}): Promise<TestFile> {
  const bytes = makePlacedTextPdf(pages)
  return { bytes, pages: await readPages(bytes.slice()), document }
}

const pageElement = (n: number) => frame.querySelector<HTMLElement>(`[data-page="${n}"]`)
const spans = (n: number) => [...(pageElement(n)?.querySelectorAll<HTMLElement>('.textLayer > span') ?? [])]
const canvasOf = (n: number) => pageElement(n)?.querySelector('canvas')
const currentRects = () => [...frame.querySelectorAll('.highlight.current .rect')].map((e) => e.getBoundingClientRect())

async function drawn(n: number) {
  await vi.waitFor(() => {
    expect(canvasOf(n), `canvas of page ${n}`).toBeTruthy()
    expect(spans(n).length).toBeGreaterThan(0)
    expect(pageElement(n)?.ariaBusy).toBe('false')
  })
}

/** The first `words` in the text layer of page `n`, which may go over several of its spans. */
function rangeOf(n: number, words: string): Range {
  const nodes = spans(n).map((span) => span.firstChild as Text)
  const start = nodes
    .map((node) => node.data)
    .join('')
    .indexOf(words)
  if (start === -1) throw new Error(`"${words}" is not in the text layer of page ${n}`)
  const range = document.createRange()
  let at = 0
  for (const node of nodes) {
    const from = start - at
    const to = from + words.length
    if (from >= 0 && from < node.length) range.setStart(node, from)
    if (to > 0 && to <= node.length) range.setEnd(node, to)
    at += node.length
  }
  return range
}

const rectOfWords = (n: number, words: string): DOMRect => rangeOf(n, words).getBoundingClientRect()

/** The highlight lies over the words and does not reach more than `slack` pixels beyond them, along the line. */
function expectCovers(rect: DOMRect, words: DOMRect, slack: number) {
  expect(rect.left).toBeLessThan(words.left + slack)
  expect(rect.left).toBeGreaterThan(words.left - slack)
  expect(rect.right).toBeLessThan(words.right + slack)
  expect(rect.right).toBeGreaterThan(words.right - slack)
  expect(rect.top).toBeLessThan(words.top + slack)
  expect(rect.bottom).toBeGreaterThan(words.bottom - slack)
}

/** Dark pixels within a client rectangle of the canvas of page `n`, as a share of all. */
function ink(n: number, rect: DOMRect): number {
  const canvas = canvasOf(n)!
  const box = canvas.getBoundingClientRect()
  const scale = canvas.width / box.width
  const context = canvas.getContext('2d')!
  const [x, y] = [(rect.left - box.left) * scale, (rect.top - box.top) * scale]
  const { data } = context.getImageData(x, y, rect.width * scale, rect.height * scale)
  let dark = 0
  for (let i = 0; i < data.length; i += 4) if (data[i]! < 128) dark++
  return dark / (data.length / 4)
}

test('a citation opens its page, and the highlight lies over the cited words, in the middle of the view', async () => {
  const file = await pdfFile([1, 2, 3, 4, 5].map(sentence))
  const chip = document.createElement('button')
  frame.before(chip)
  open(makeSource({ 'a.pdf': file }))
  await reader.showCitations([cite('a.pdf', file, 4, 'cedar box')], 0, chip)
  await drawn(4)

  const [rect] = currentRects()
  expectCovers(rect!, rectOfWords(4, 'cedar box'), 3)
  expect(ink(4, rect!)).toBeGreaterThan(0.02)
  const scroller = frame.querySelector('[data-reader-scroller]')!.getBoundingClientRect()
  expect(Math.abs((rect!.top + rect!.bottom) / 2 - (scroller.top + scroller.bottom) / 2)).toBeLessThan(4)
  expect(document.activeElement?.getAttribute('aria-label')).toBe('Page 4, highlighted passage: cedar box')
  chip.remove()
})

test('Escape gives the focus back to the chip, after the chat is told to show itself', async () => {
  const file = await pdfFile([sentence(1)])
  const chip = document.createElement('button')
  frame.before(chip)
  chip.hidden = true
  const onleave = vi.fn(() => queueMicrotask(() => (chip.hidden = false)))
  open(makeSource({ 'a.pdf': file }), { onleave })
  await reader.showCitations([cite('a.pdf', file, 1, 'lamp')], 0, chip)
  await vi.waitFor(() => expect(document.activeElement?.classList.contains('highlight')).toBe(true))
  await userEvent.keyboard('{Escape}')
  await vi.waitFor(() => expect(document.activeElement).toBe(chip))
  expect(onleave).toHaveBeenCalledOnce()
  chip.remove()
})

test('[ and ] walk through the citations, over documents too, and say which one it is', async () => {
  const a = await pdfFile([sentence(1), sentence(2)])
  const b = await pdfFile([sentence(7)])
  open(makeSource({ 'a.pdf': a, 'b.pdf': b }))
  const citations = [
    cite('a.pdf', a, 1, 'cedar box', 1),
    cite('a.pdf', a, 2, 'floor 2', 2),
    cite('b.pdf', b, 1, 'floor 7', 3),
  ]
  await reader.showCitations(citations, 0)
  await vi.waitFor(() => expect(document.activeElement?.classList.contains('current')).toBe(true))
  await userEvent.keyboard(']')
  await expect.element(page.getByText('Citation 2 of 3')).toBeVisible()
  await vi.waitFor(() => expect(document.activeElement?.ariaLabel).toContain('Page 2'))
  await userEvent.keyboard(']')
  await vi.waitFor(() => expect(document.activeElement?.ariaLabel).toContain('floor 7'))
  expect(reader.document?.name).toBe('b.pdf')
  await expect.element(page.getByRole('button', { name: 'Next citation' })).toBeDisabled()
  await userEvent.keyboard('[[')
  await vi.waitFor(() => expect(reader.document?.name).toBe('a.pdf'))
})

test('the highlight stays over its words at every zoom', async () => {
  const file = await pdfFile([sentence(1), sentence(2), sentence(3)])
  open(makeSource({ 'a.pdf': file }))
  await reader.showCitations([cite('a.pdf', file, 2, 'every letter')], 0)
  await drawn(2)
  for (const factor of [0.5, 1, 2.5, 4]) {
    reader.zoom = { factor }
    await vi.waitFor(() => {
      expect(reader.factor).toBe(factor)
      expect(canvasOf(2)?.width).toBeCloseTo(595 * (96 / 72) * factor * devicePixelRatio, -1)
    })
    const [rect] = currentRects()
    expectCovers(rect!, rectOfWords(2, 'every letter'), Math.max(2, 3 * factor))
    expect(ink(2, rect!)).toBeGreaterThan(0.02)
    const scroller = frame.querySelector('[data-reader-scroller]')!.getBoundingClientRect()
    expect(rect!.top).toBeGreaterThan(scroller.top)
    expect(rect!.bottom).toBeLessThan(scroller.bottom)
  }
})

test.for([90, 180, 270] as const)('a page turned by %i° has its highlight over the turned words', async (rotate) => {
  const file = await pdfFile([{ ...sentence(1), rotate }])
  open(makeSource({ 'a.pdf': file }))
  await reader.showCitations([cite('a.pdf', file, 1, 'cedar box')], 0)
  await drawn(1)
  const [rect] = currentRects()
  expectCovers(rect!, rectOfWords(1, 'cedar box'), 3)
  expect(ink(1, rect!)).toBeGreaterThan(0.02)
  expect(rect!.height > rect!.width).toBe(rotate !== 180)
})

test('Japanese, along and down the page', async () => {
  const file = await pdfFile(
    [
      {
        texts: [
          { text: '文書はすべて杉の箱に納める。', x: 72, y: 100, size: 14, script: 'japanese' },
          { text: '灯火なくして開けるべからず。', x: 500, y: 100, size: 14, script: 'japanese-vertical' },
        ],
      },
    ],
    { language: 'ja' },
  )
  open(makeSource({ 'j.pdf': file }))
  await reader.showCitations([cite('j.pdf', file, 1, '杉の箱'), cite('j.pdf', file, 1, '開ける')], 0)
  await drawn(1)
  expect(pageElement(1)?.querySelector('.textLayer')?.getAttribute('lang')).toBe('ja')
  expectCovers(currentRects()[0]!, rectOfWords(1, '杉の箱'), 4)
  await reader.next()
  await vi.waitFor(() => expect(document.activeElement?.ariaLabel).toContain('開ける'))
  const [rect] = currentRects()
  const words = rectOfWords(1, '開ける')
  expect(Math.abs(rect!.top - words.top)).toBeLessThan(4)
  expect(Math.abs(rect!.bottom - words.bottom)).toBeLessThan(4)
  expect(ink(1, rect!)).toBeGreaterThan(0.05)
})

test('of 300 pages fewer than 12 have a canvas, wherever one scrolls, and canvases left behind are emptied', async () => {
  const file = await pdfFile(Array.from({ length: 300 }, (_, i) => sentence(i + 1)))
  open(makeSource({ 'book.pdf': file }))
  await reader.openDocument('book.pdf')
  await drawn(1)
  const first = canvasOf(1)!
  const scroller = frame.querySelector('[data-reader-scroller]')!
  for (const n of [40, 41, 120, 299]) {
    scroller.scrollTop = (scroller.scrollHeight * (n - 1)) / 300
    await vi.waitFor(() => expect(pageElement(n)).toBeTruthy())
    expect(frame.querySelectorAll('.page').length).toBeLessThan(12)
  }
  await drawn(299)
  expect(frame.querySelectorAll('canvas').length).toBeLessThan(12)
  expect(first.width).toBe(0)
  await expect.element(page.getByRole('spinbutton', { name: 'Page number' })).toHaveValue(299)
})

test('pages of different sizes do not move what is being read when their sizes become known', async () => {
  const pages = Array.from({ length: 120 }, (_, i) => (i % 2 ? { ...sentence(i + 1), height: 421 } : sentence(i + 1)))
  const file = await pdfFile(pages)
  open(makeSource({ 'mixed.pdf': file }))
  await reader.showCitations([cite('mixed.pdf', file, 81, 'cedar box')], 0)
  await drawn(81)
  await vi.waitFor(() => expect(new Set(reader.pageSizes.map((size) => size.height)).size).toBe(2))
  await vi.waitFor(() => {
    const scroller = frame.querySelector('[data-reader-scroller]')!.getBoundingClientRect()
    const [rect] = currentRects()
    expect(Math.abs((rect!.top + rect!.bottom) / 2 - (scroller.top + scroller.bottom) / 2)).toBeLessThan(4)
  })
})

test('keys scroll, go to both ends and zoom; the page number goes to its page', async () => {
  const file = await pdfFile(Array.from({ length: 30 }, (_, i) => sentence(i + 1)))
  open(makeSource({ 'a.pdf': file }))
  await reader.openDocument('a.pdf')
  await drawn(1)
  const scroller = frame.querySelector<HTMLElement>('[data-reader-scroller]')!
  scroller.focus()
  await userEvent.keyboard('{PageDown}')
  await vi.waitFor(() => expect(scroller.scrollTop).toBeCloseTo(scroller.clientHeight * 0.9, -1))
  await userEvent.keyboard('{End}')
  await vi.waitFor(() => expect(reader.currentPage).toBe(30))
  await userEvent.keyboard('{Home}')
  await vi.waitFor(() => expect(reader.currentPage).toBe(1))
  const before = reader.factor
  await userEvent.keyboard('-')
  expect(reader.factor).toBeLessThan(before)
  await userEvent.keyboard('0')
  expect(reader.factor).toBe(before)

  await page.getByRole('spinbutton', { name: 'Page number' }).fill('17')
  await userEvent.keyboard('{Enter}')
  await vi.waitFor(() => expect(reader.currentPage).toBe(17))
})

test('the focus stays in the pane when its highlight scrolls out of existence', async () => {
  const file = await pdfFile(Array.from({ length: 40 }, (_, i) => sentence(i + 1)))
  open(makeSource({ 'a.pdf': file }))
  await reader.showCitations([cite('a.pdf', file, 2, 'lamp')], 0)
  await vi.waitFor(() => expect(document.activeElement?.classList.contains('highlight')).toBe(true))
  await userEvent.keyboard('{End}')
  await vi.waitFor(() => expect(reader.currentPage).toBe(40))
  expect(document.activeElement?.outerHTML.slice(0, 200)).toContain('data-reader-scroller')
})

test('printed page numbers and the outline', async () => {
  const bytes = makePlacedTextPdf([1, 2, 3, 4].map(sentence), { romanPages: 2, outline: [{ title: 'Lamps', page: 3 }] })
  const file: TestFile = {
    bytes,
    pages: await readPages(bytes.slice()),
    document: { outline: [{ title: 'Lamps', page: 3, children: [] }] },
  }
  open(makeSource({ 'a.pdf': file }))
  await reader.openDocument('a.pdf', 2)
  await expect.element(page.getByText('printed: ii')).toBeVisible()
  await page.getByRole('button', { name: 'Contents' }).click()
  await page.getByRole('button', { name: 'Lamps' }).click()
  await vi.waitFor(() => expect(reader.currentPage).toBe(3))
  expect(reader.pageLabel).toBe('1')
})

test('a page that is a picture says so', async () => {
  const file = await pdfFile([{ texts: [], picture: true }])
  file.pages[0]!.image = true
  open(makeSource({ 'scan.pdf': file }))
  await reader.openDocument('scan.pdf')
  await vi.waitFor(() => expect(canvasOf(1)).toBeTruthy())
  await expect.element(page.getByText('This page is an image without text', { exact: false })).toBeVisible()
})

test('the newer of two wishes wins, and the older file is released', async () => {
  const a = await pdfFile([sentence(1)])
  const b = await pdfFile([sentence(2)])
  const source = makeSource({ 'a.pdf': a, 'b.pdf': b })
  const slow: ReaderSource = {
    ...source,
    file: async (hash) => {
      if (hash === 'a.pdf') await new Promise((resolve) => setTimeout(resolve, 80))
      return source.file(hash)
    },
  }
  open(slow)
  const older = reader.showCitations([cite('a.pdf', a, 1, 'lamp')], 0)
  const newer = reader.showCitations([cite('b.pdf', b, 1, 'floor 2')], 0)
  await Promise.all([older, newer])
  expect(reader.document?.name).toBe('b.pdf')
  await drawn(1)
  await new Promise((resolve) => setTimeout(resolve, 120))
  expect(reader.document?.name).toBe('b.pdf')
  expect(document.activeElement?.ariaLabel).toContain('floor 2')
})

test('a file opened over another one destroys the first', async () => {
  const a = await pdfFile([sentence(1)])
  const b = await pdfFile([sentence(2)])
  open(makeSource({ 'a.pdf': a, 'b.pdf': b }))
  await reader.openDocument('a.pdf')
  const first = reader.pdf!
  await reader.openDocument('b.pdf')
  await vi.waitFor(() => expect(first.loadingTask.destroyed).toBe(true))
  expect(reader.pdf?.loadingTask.destroyed).toBe(false)
})

test.for([
  ['damaged', new TextEncoder().encode('no PDF at all'), 'This file is damaged, cut short'],
  ['empty', new Uint8Array(), 'This file is empty.'],
  ['missing', undefined, 'The original of this document is no longer there.'],
] as const)('%s: one sentence in place, and a retry that works once the cause is gone', async ([, bytes, text]) => {
  const good = await pdfFile([sentence(1)])
  const files: Record<string, TestFile> = {
    'a.pdf': { ...good, bytes: bytes ?? new Uint8Array() },
  }
  const source = makeSource(files)
  open({ ...source, file: async (hash) => (bytes || files[hash] === good ? source.file(hash) : undefined) })
  await reader.openDocument('a.pdf')
  await expect.element(page.getByRole('alert')).toHaveTextContent(text)
  files['a.pdf'] = good
  await page.getByRole('button', { name: 'Try again' }).click()
  await drawn(1)
})

test('a locked file asks for its password in place, says when it is wrong, and then goes to the citation', async () => {
  const lock = await lockWith('cedar')
  const bytes = makePlacedTextPdf([1, 2, 3].map(sentence), { lock })
  const file: TestFile = { bytes, pages: await readPages(bytes.slice(), 'cedar'), document: { locked: true } }
  const source = makeSource({ 'locked.pdf': file })
  open(source)
  const shown = reader.showCitations([cite('locked.pdf', file, 3, 'floor 3')], 0)
  const field = page.getByLabelText('Password')
  await expect.element(page.getByText('This file is locked.', { exact: false })).toBeVisible()
  await field.fill('oak')
  await userEvent.keyboard('{Enter}')
  await expect.element(page.getByText('That password does not open this file.', { exact: false })).toBeVisible()
  expect(source.passwords.size).toBe(0)
  await field.fill('cedar')
  await userEvent.keyboard('{Enter}')
  await shown
  await drawn(3)
  expectCovers(currentRects()[0]!, rectOfWords(3, 'floor 3'), 3)
  expect(source.passwords.get('locked.pdf')).toBe('cedar')

  reader.close()
  await reader.openDocument('locked.pdf')
  expect(reader.status).toBe('open')
})

test('the selection is copied with its source', async () => {
  const file = await pdfFile([sentence(1), sentence(2)])
  const written = vi.spyOn(navigator.clipboard, 'writeText').mockResolvedValue()
  open(makeSource({ 'a.pdf': file }))
  await reader.openDocument('a.pdf', 2)
  await drawn(2)
  getSelection()!.removeAllRanges()
  getSelection()!.addRange(rangeOf(2, 'storehouse keeps every letter in a cedar box.Nobody'))
  await page.getByRole('button', { name: 'Copy the selection with its source' }).click()
  expect(written).toHaveBeenCalledWith('“storehouse keeps every letter in a cedar box. Nobody” — a.pdf, page 2')
  await expect.element(page.getByText('Copied with its source.')).toBeVisible()
})

test('axe finds nothing serious', async () => {
  const file = await pdfFile([sentence(1), sentence(2)])
  open(makeSource({ 'a.pdf': file }))
  await reader.showCitations([cite('a.pdf', file, 1, 'cedar box'), cite('a.pdf', file, 2, 'lamp')], 0)
  await drawn(1)
  const { violations } = await axe.run(frame, { resultTypes: ['violations'] })
  const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  expect(grave.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`)).toEqual([])
})
