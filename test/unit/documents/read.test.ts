import { describe, expect, test, vi } from 'vitest'
import { cutPassages } from '../../../src/documents/passages'
import { LARGEST_FILE, read, type ReadFileOptions } from '../../../src/documents/read'
import { DamagedFile, EmptyFile, FileTooLarge, UnsupportedFile } from '../../../src/errors'
import { makeDocx, paragraph } from '../../fixtures/docx'
import { encodeUtf16 } from '../../fixtures/encode'
import { makeZip } from '../../fixtures/zip'

const environment = { assets: './node_modules/pdfjs-dist/' }
const readAs = (name: string, content: BlobPart, options: Partial<ReadFileOptions> = {}) =>
  read(new Blob([content]), name, { environment, ...options })

describe('types', () => {
  test.each([
    ['a.txt', 'Plain # text', 'text'],
    ['README', 'Plain', 'text'],
    ['a.MD', '# Title', 'markdown'],
    ['a.html', '<h1>Title</h1>', 'html'],
    ['a.htm', '<h1>Title</h1>', 'html'],
  ])('%s by its extension', async (name, content, type) => {
    expect((await readAs(name, content)).type).toBe(type)
  })

  test('Word by its content, whatever its name', async () => {
    for (const name of ['a.docx', 'a.doc', 'a.zip', 'a']) {
      expect(await readAs(name, makeDocx(paragraph('Text')))).toMatchObject({ type: 'docx', pages: [{ text: 'Text' }] })
    }
  })

  test('UTF-16 text is text, for all its zero bytes', async () => {
    const text = encodeUtf16('年次有給休暇は十日とする。\r\n') as Uint8Array<ArrayBuffer>
    expect(await readAs('a.txt', text)).toMatchObject({ pages: [{ text: '年次有給休暇は十日とする。' }] })
  })
})

describe('refusals', () => {
  const refused = (name: string, content: BlobPart) => readAs(name, content).catch((error: unknown) => error)

  test('an empty file of any name', async () => {
    for (const name of ['a.pdf', 'a.txt', 'a.xlsx']) expect(await refused(name, '')).toBeInstanceOf(EmptyFile)
  })

  test('types that we do not read, naming the extension', async () => {
    expect(await refused('table.XLSX', makeZip({ 'xl/workbook.xml': '' }))).toMatchObject({
      name: 'UnsupportedFile',
      params: { extension: '.xlsx' },
    })
    expect(await refused('picture.png', Uint8Array.of(0x89, 0x50, 0x4e, 0x47))).toBeInstanceOf(UnsupportedFile)
  })

  test('old Office formats, and Word files with a password, each with its reason', async () => {
    const ole = Uint8Array.of(0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, ...new Uint8Array(504))
    expect(await refused('old.doc', ole)).toMatchObject({
      name: 'UnsupportedFile',
      params: { extension: '.doc', reason: 'legacy' },
    })
    const encrypted = Uint8Array.from([...ole, ...encodeUtf16('EncryptedPackage', { mark: false })])
    expect(await refused('locked.docx', encrypted)).toMatchObject({
      name: 'UnsupportedFile',
      params: { extension: '.docx', reason: 'encrypted' },
    })
  })

  test('what is not what its name says', async () => {
    const png = Uint8Array.from({ length: 2000 }, (_, i) => (i * 7919) % 256)
    expect(await refused('notes.pdf', 'just text')).toBeInstanceOf(DamagedFile)
    expect(await refused('notes.docx', 'just text')).toBeInstanceOf(DamagedFile)
    expect(await refused('notes.txt', png)).toBeInstanceOf(DamagedFile)
    expect(await refused('notes.docx', makeZip({ mimetype: 'application/epub+zip' }))).toBeInstanceOf(DamagedFile)
    expect(await refused('notes.docx', makeDocx(paragraph('Text')).slice(0, 700))).toBeInstanceOf(DamagedFile)
  })

  test('files larger than can be held, before they are loaded', async () => {
    const file = new Blob(['%PDF-1.7'])
    const whole = vi.spyOn(file, 'arrayBuffer')
    Object.defineProperty(file, 'size', { value: LARGEST_FILE + 1 })
    await expect(read(file, 'a.pdf', { environment })).rejects.toMatchObject({
      name: 'FileTooLarge',
      params: { bytes: LARGEST_FILE + 1, limit: LARGEST_FILE },
    })
    expect(whole).not.toHaveBeenCalled()
    const text = new Blob([new Uint8Array(2 ** 26 + 1).fill(65)])
    await expect(read(text, 'a.txt', { environment })).rejects.toBeInstanceOf(FileTooLarge)
  })

  test('a file that the disk no longer gives', async () => {
    const file = new Blob(['text'])
    file.slice = () =>
      Object.assign(new Blob(['x']), { arrayBuffer: () => Promise.reject(new DOMException('', 'NotReadableError')) })
    await expect(read(file, 'a.txt', { environment })).rejects.toMatchObject({
      name: 'DamagedFile',
      params: { reason: 'unreadable' },
    })
  })

  test('an aborted signal', async () => {
    await expect(readAs('a.txt', 'text', { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' })
  })
})

describe('parts', () => {
  const chapter = (number: number, paragraphs: number) =>
    `## Chapter ${number}\n\n${Array.from({ length: paragraphs }, (_, i) => `Paragraph ${i} of chapter ${number}.`).join('\n\n')}\n\n`

  test('a long document is divided before headings, and the paths go on over the parts', async () => {
    const text = `# Book\n\n${[1, 2, 3, 4, 5, 6].map((number) => chapter(number, 70)).join('')}`
    const document = await readAs('book.md', text)
    expect(document.pages.map((part) => part.text.split('\n')[0])).toEqual([
      '# Book'.slice(2),
      'Chapter 3',
      'Chapter 5',
    ])
    expect(document.pages.every(({ blocks }) => blocks.length <= 200)).toBe(true)
    expect(document.title).toBe('Book')
    expect(document.outline).toMatchObject([
      {
        title: 'Book',
        page: 1,
        children: [{ title: 'Chapter 1', page: 1 }, {}, { title: 'Chapter 3', page: 2 }, {}, {}, {}],
      },
    ])
    expect(cutPassages('d', document).at(-1)?.headingPath).toEqual(['Book', 'Chapter 6'])
  })

  test('without headings it is divided all the same', async () => {
    const document = await readAs('long.md', Array.from({ length: 450 }, (_, i) => `Paragraph ${i}.`).join('\n\n'))
    expect(document.pages.map(({ blocks }) => blocks.length)).toEqual([200, 200, 50])
    expect(document.pages.map(({ number }) => number)).toEqual([1, 2, 3])
  })

  test('a new version counts the parts that changed', async () => {
    const text = [1, 2, 3, 4].map((number) => chapter(number, 120)).join('')
    const { pages: previous } = await readAs('book.md', text)
    expect((await readAs('book.md', text, { previous })).changedPages).toBe(0)
    expect(
      (await readAs('book.md', text.replace('Paragraph 5 of chapter 3.', 'New.'), { previous })).changedPages,
    ).toBe(1)
  })

  test('a document without text has no parts', async () => {
    expect((await readAs('a.md', '\n\n')).pages).toEqual([])
  })
})
