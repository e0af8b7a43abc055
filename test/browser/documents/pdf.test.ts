import { afterAll, describe, expect, it } from 'vitest'
import { readPdf } from '../../../src/documents/pdf/read-pdf'
import { rectanglesFor } from '../../../src/documents/rectangles'
import { DamagedFile, EmptyFile } from '../../../src/errors'
import { connect } from '../../../src/threads/expose'
import { japanese, line, makePdf } from '../../fixtures/make-pdf'
import type { ReadingApi } from './reading.worker'

const worker = new Worker(new URL('./reading.worker.ts', import.meta.url), { type: 'module' })
const reading = connect<ReadingApi>(worker)
afterAll(() => worker.terminate())

const SENTENCE = '年次有給休暇は入社後六か月で十日とする。'

const pdf = () =>
  makePdf({
    title: 'Two languages',
    pages: [
      {
        content:
          line(72, 760, 'Annual leave', 20) +
          line(72, 720, 'Leave begins after six months of service and is') +
          line(72, 706, 'counted in days.'),
      },
      { content: japanese(72, 720, SENTENCE) },
      { content: line(72, 720, 'This page is displayed on its side and reads the same.'), rotate: 90 },
    ],
  })

describe('reading in a worker with the parser in a nested one', () => {
  it('reads English, Japanese through a fetched CMap, and a rotated page', async () => {
    const { pages, title, locked, unreadablePages } = await reading.read(pdf())
    expect(title).toBe('Two languages')
    expect(locked).toBe(false)
    expect(unreadablePages).toEqual([])
    expect(pages.map((page) => page.text)).toEqual([
      'Annual leave\n\nLeave begins after six months of service and is counted in days.',
      SENTENCE,
      'This page is displayed on its side and reads the same.',
    ])
    expect(pages[0]!.blocks.map(({ kind }) => kind)).toEqual(['heading', 'paragraph'])
    expect([pages[2]!.width, pages[2]!.height]).toEqual([842, 595])
    expect(pages[2]!.runs[0]!.direction).toBe(1)
  })

  it('places each Japanese character where it is drawn', async () => {
    const { pages } = await reading.read(pdf())
    const at = SENTENCE.indexOf('六')
    const [rect] = rectanglesFor(pages[1]!, at, at + 1)
    expect(rect![0]).toBeCloseTo(72 + 11 * at, 0)
    expect(rect![2]).toBeCloseTo(72 + 11 * (at + 1), 0)
    expect(rect![1]).toBeLessThan(842 - 720)
    expect(rect![3]).toBeGreaterThan(842 - 720)
  })

  it('serves one document after the other, and after a failure', async () => {
    await expect(reading.read(new TextEncoder().encode('%PDF-1.7 nothing').buffer)).rejects.toBeInstanceOf(DamagedFile)
    await expect(reading.read(new ArrayBuffer(0))).rejects.toBeInstanceOf(EmptyFile)
    const [one, two] = await Promise.all([reading.read(pdf()), reading.read(pdf())])
    expect(one.pages).toEqual(two.pages)
  })
})

describe('reading on the page itself', () => {
  it('stops when it is aborted, and leaves the parser usable', async () => {
    const port = new Worker(new URL('pdfjs-dist/legacy/build/pdf.worker.min.mjs', import.meta.url), { type: 'module' })
    const environment = { assets: new URL(`${import.meta.env.BASE_URL}pdfjs/`, location.origin).href, port }
    const controller = new AbortController()
    const stopped = readPdf(pdf(), { environment, signal: controller.signal, onProgress: () => controller.abort() })
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError' })
    const { pages } = await readPdf(pdf(), { environment })
    expect(pages).toHaveLength(3)
    port.terminate()
  })
})
