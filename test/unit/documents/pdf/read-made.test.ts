import { describe, expect, it } from 'vitest'
import { nodePdfEnvironment } from '../../../fixtures/read-pdf-in-node'
import { japanese, line, makePdf, type MadePdf } from '../../../fixtures/make-pdf'
import { readPdf } from '../../../../src/documents/pdf/read-pdf'
import { rectanglesFor } from '../../../../src/documents/rectangles'
import type { ReadOptions } from '../../../../src/documents/reading'
import { DamagedFile, EmptyFile } from '../../../../src/errors'

const read = (pdf: MadePdf, options: ReadOptions = {}) =>
  readPdf(makePdf(pdf), { ...options, environment: nodePdfEnvironment })

const paragraph = (y: number): string =>
  line(72, y, 'The storehouse keeps every letter in order and nobody has ever seen one go') +
  line(72, y - 14, 'missing from its shelves, which are counted on the first day of each month.')

describe('readPdf on files made here', () => {
  it('joins lines, keeps paragraphs apart and finds the heading', async () => {
    const { pages } = await read({
      pages: [{ content: line(72, 760, 'Storehouse', 20) + paragraph(700) + paragraph(650) }],
    })
    const [page] = pages
    expect(page!.blocks.map(({ kind, level }) => [kind, level])).toEqual([
      ['heading', 1],
      ['paragraph', undefined],
      ['paragraph', undefined],
    ])
    expect(page!.text).toContain('nobody has ever seen one go missing from its shelves')
    expect(page!.text.split('\n\n')).toHaveLength(3)
  })

  it('reads Japanese through a predefined CMap and joins its lines without a space', async () => {
    const content =
      japanese(72, 700, '当社の売上高は前年比で増えました。これは主に海外の') +
      japanese(72, 683, '事業の拡大によるものです。')
    const { pages } = await read({ pages: [{ content }] })
    expect(pages[0]!.text).toBe('当社の売上高は前年比で増えました。これは主に海外の事業の拡大によるものです。')
  })

  it('gives every character that is on the paper exactly one run', async () => {
    const { pages } = await read({
      pages: [{ content: paragraph(700) + line(72, 600, 'self-') + line(72, 586, 'contained') }],
    })
    const [page] = pages
    const owners = new Uint8Array(page!.text.length)
    for (const run of page!.runs) for (let at = run.start; at < run.end; at++) owners[at]!++
    expect(Math.max(...owners)).toBe(1)
    const joints = [...page!.text].filter((_, at) => owners[at] === 0)
    expect(joints.every((character) => /\s/.test(character))).toBe(true)
    expect(page!.text).toContain('selfcontained')
  })

  it.each([
    [0, [72, 700]],
    [90, [700, 72]],
    [270, [842 - 700, 595 - 72]],
  ])('turns a page that is displayed rotated by %i degrees', async (rotate, [x, y]) => {
    const { pages } = await read({ pages: [{ content: paragraph(700), rotate }] })
    const [page] = pages
    expect([page!.width, page!.height]).toEqual(rotate === 0 ? [595, 842] : [842, 595])
    expect(page!.text.startsWith('The storehouse keeps')).toBe(true)
    const rect = rectanglesFor(page!, 0, 3)[0]!
    const [px, py] = rotate === 0 ? [x!, 842 - y!] : [x!, y!]
    expect(rect[0] - 12).toBeLessThan(px)
    expect(rect[2] + 12).toBeGreaterThan(px)
    expect(rect[1] - 12).toBeLessThan(py)
    expect(rect[3] + 12).toBeGreaterThan(py)
  })

  it('takes over outline, page labels and title, and leaves running lines and page numbers out', async () => {
    const pages = [1, 2, 3, 4].map((number) => ({
      content:
        line(72, 800, 'Rules of the storehouse', 9) +
        paragraph(700 - number * 3) +
        line(290, 40, `Page ${number} of 4`, 9),
    }))
    const document = await read({
      pages,
      title: 'Rules of the storehouse',
      outline: [
        ['Beginning', 0],
        ['End', 3],
      ],
      labels: '<< /Nums [0 << /S /r >> 2 << /S /D >>] >>',
    })
    expect(document.title).toBe('Rules of the storehouse')
    expect(document.outline).toEqual([
      { title: 'Beginning', page: 1, children: [] },
      { title: 'End', page: 4, children: [] },
    ])
    expect(document.pages.map((page) => page.label)).toEqual(['i', 'ii', '1', '2'])
    for (const page of document.pages) expect(page.text).not.toMatch(/Rules|Page \d/)
  })

  it('includes what was typed into form fields, where it stands', async () => {
    const annotations = [
      '<< /Type /Annot /Subtype /Widget /FT /Tx /T (name) /V (Hana Sato) /Rect [150 640 300 656] /DA (/F1 11 Tf) >>',
      '<< /Type /Annot /Subtype /FreeText /Contents (checked by the clerk) /Rect [72 500 300 520] /DA (/F1 11 Tf) >>',
    ]
    const { pages } = await read({
      pages: [{ content: line(72, 644, 'Name:') + line(72, 600, 'Signed.'), annotations }],
    })
    expect(pages[0]!.text).toMatch(/Name:\s+Hana Sato/)
    expect(pages[0]!.text).toContain('checked by the clerk')
  })

  it('reads blank pages as pages without text that are no pictures', async () => {
    const { pages } = await read({ pages: Array.from({ length: 33 }, () => ({ content: '' })) })
    expect(pages).toHaveLength(33)
    expect(pages.every((page) => page.text === '' && !page.image)).toBe(true)
  })

  it('keeps the document when one page is broken, and says which', async () => {
    const bytes = new Uint8Array(makePdf({ pages: [{ content: paragraph(700) }, { content: paragraph(600) }] }))
    const text = String.fromCharCode(...bytes).replace(/(\/Kids \[\d+ 0 R) \d+ 0 R\]/, '$1 99 0 R]')
    const data = Uint8Array.from(text, (character) => character.charCodeAt(0)).buffer
    const { pages, unreadablePages } = await readPdf(data, { environment: nodePdfEnvironment })
    expect(pages[0]!.text).toContain('storehouse')
    expect(unreadablePages).toEqual([2])
    expect(pages[1]).toMatchObject({ number: 2, text: '', blocks: [] })
  })

  it('reports progress page by page and stops when it is aborted', async () => {
    const pages = Array.from({ length: 5 }, () => ({ content: paragraph(700) }))
    const seen: [number, number][] = []
    await read({ pages }, { onProgress: (page, of) => seen.push([page, of]) })
    expect(seen).toEqual([1, 2, 3, 4, 5].map((page) => [page, 5]))
    const controller = new AbortController()
    const stopped = read(
      { pages },
      { signal: controller.signal, onProgress: (page) => page === 2 && controller.abort() },
    )
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError' })
  })

  it('lays out only what changed in a new version', async () => {
    const texts = [720, 700, 680, 660]
    const first = await read({ pages: texts.map((y) => ({ content: paragraph(y) })) })
    expect(first.changedPages).toBeUndefined()
    const same = await read({ pages: texts.map((y) => ({ content: paragraph(y) })) }, { previous: first.pages })
    expect(same.changedPages).toBe(0)
    expect(same.pages).toEqual(first.pages)
    const changed = [
      { content: line(72, 700, 'A new first page stands before the others now.') },
      ...texts.map((y) => ({ content: paragraph(y) })),
    ]
    const second = await read({ pages: changed }, { previous: first.pages })
    expect(second.changedPages).toBe(1)
    expect(second.pages.slice(1).map((page) => page.text)).toEqual(first.pages.map((page) => page.text))
    expect(second.pages.map((page) => page.number)).toEqual([1, 2, 3, 4, 5])
  })

  it('says that a file is empty or no PDF', async () => {
    const environment = nodePdfEnvironment
    await expect(readPdf(new ArrayBuffer(0), { environment })).rejects.toBeInstanceOf(EmptyFile)
    await expect(readPdf(new TextEncoder().encode('hello').buffer, { environment })).rejects.toBeInstanceOf(DamagedFile)
  })
})
