import { describe, expect, test } from 'vitest'
import { DamagedFile, EmptyFile, UnsupportedFile } from '../../../src/errors'
import { getDocument } from '../../../src/storage/documents'
import { getPages } from '../../../src/storage/pages'
import { getPassages } from '../../../src/storage/passages'
import { proxy } from '../../../src/threads/expose'
import type { IngestProgress } from '../../../src/threads/protocols'
import { makeDocx, paragraph } from '../../fixtures/docx'
import { pdfOfLines } from '../../fixtures/pdf-of-lines'
import { storesMentioning } from '../storage/fixtures'
import { Library } from './library'

const library = new Library()
const { one, two, run } = library
const pdf = library.pdf.bind(library)
const ingest = library.ingest.bind(library)
const hashOf = library.hashOf.bind(library)

// The first test also waits for the worker's modules to be compiled.
test('a PDF is read, cut, indexed and kept, and its progress told', { timeout: 60_000 }, async () => {
  const file = pdf('first')
  const { document, known, progress } = await ingest(file)
  expect(known).toBe(false)
  expect(document).toMatchObject({
    hash: await hashOf(file),
    name: 'test.pdf',
    type: 'pdf',
    pages: 3,
    collections: [one],
    imagePages: [],
    locked: false,
  })
  expect(document.passages).toBeGreaterThan(0)
  expect([...new Set(progress.map(({ stage }) => stage))]).toEqual(['opening', 'reading', 'indexing', 'keeping'])
  expect(progress.find(({ page }) => page === 3)).toEqual({ stage: 'reading', page: 3, pages: 3 })
  expect(await getDocument(library.db, document.hash)).toEqual(document)
  const passages = await getPassages(library.db, document.hash)
  expect(passages.map(({ text }) => text).join('\n')).toContain('年次有給休暇は十日とする。')
  const pages = await getPages(library.db, document.hash)
  for (const { pieces, text } of passages) {
    for (const piece of pieces) {
      const page = pages.find(({ number }) => number === piece.page)
      expect(page?.text.slice(piece.start, piece.start + piece.length)).toBe(
        text.slice(piece.at, piece.at + piece.length),
      )
    }
  }
  expect(await storesMentioning(library.db, document.hash)).toEqual([
    'documents',
    'files',
    'pages',
    'passages',
    'segments',
  ])
})

test('the same file again is known, and joins another collection without being read', async () => {
  const file = pdf('same')
  const { document } = await ingest(file)
  const again = await ingest(file, { name: 'renamed.pdf' })
  expect(again).toMatchObject({ known: true, document, progress: [{ stage: 'opening' }] })
  const elsewhere = await ingest(file, { collection: two })
  expect(elsewhere).toMatchObject({
    known: false,
    document: { ...document, collections: [one, two] },
    progress: [{ stage: 'opening' }],
  })
})

describe('a new version', () => {
  test('takes the place of the old one, and only what changed is laid out anew', async () => {
    const old = pdf('versions', 5)
    const { document: before } = await ingest(old)
    await ingest(old, { collection: two })
    const { document } = await ingest(pdf('versions', 5, { changed: 4 }), { replaces: before.hash, name: 'new.pdf' })
    expect(document).toMatchObject({ name: 'new.pdf', changedPages: 1, pages: 5 })
    expect([...document.collections].sort()).toEqual([one, two])
    expect(await storesMentioning(library.db, before.hash)).toEqual([])
    expect(
      (await getPassages(library.db, document.hash)).some(({ text }) => text.includes('It is a new version.')),
    ).toBe(true)
  })

  test('of the very same bytes changes nothing', async () => {
    const file = pdf('unchanged')
    const { document } = await ingest(file)
    expect(await ingest(file, { replaces: document.hash })).toMatchObject({ known: true, document })
    expect(await getDocument(library.db, document.hash)).toEqual(document)
  })

  test('that is in the library already takes the place all the same', async () => {
    const { document: before } = await ingest(pdf('to be replaced'))
    const file = pdf('known elsewhere')
    const { document: elsewhere } = await ingest(file, { collection: two })
    const { document } = await ingest(file, { replaces: before.hash })
    expect(document.hash).toBe(elsewhere.hash)
    expect([...document.collections].sort()).toEqual([one, two])
    expect(await storesMentioning(library.db, before.hash)).toEqual([])
    expect(await getPassages(library.db, document.hash)).toHaveLength(elsewhere.passages)
  })

  test('that cannot be read leaves the old one as it was', async () => {
    const { document } = await ingest(pdf('stays'))
    const damaged = new Blob([(await pdf('damaged version').arrayBuffer()).slice(0, 300)])
    await expect(ingest(damaged, { replaces: document.hash })).rejects.toBeInstanceOf(DamagedFile)
    expect(await getDocument(library.db, document.hash)).toEqual(document)
  })
})

test('other formats, with their heading path and paragraph', async () => {
  const markdown = new Blob([`# Rules ${run}\n\n## 休暇\n\n年に十日とする。\n`])
  const { document } = await ingest(markdown, { name: 'rules.md' })
  expect(document).toMatchObject({ type: 'markdown', pages: 1, language: 'ja', title: `Rules ${run}` })
  expect(await getPassages(library.db, document.hash)).toMatchObject([
    { headingPath: [`Rules ${run}`, '休暇'], paragraph: 1 },
  ])
  const word = new Blob([makeDocx(paragraph(`Leave ${run}`, 'H1') + paragraph('It is ten days.'))])
  expect((await ingest(word, { name: 'leave.docx' })).document).toMatchObject({
    type: 'docx',
    title: `Leave ${run}`,
    language: 'en',
  })
  const html = new Blob([`<h1>Pay ${run}</h1><p>Monthly.<script>throw 1</script>`])
  expect((await ingest(html, { name: 'pay.html' })).document).toMatchObject({
    type: 'html',
    title: `Pay ${run}`,
    passages: 1,
  })
})

test('33 blank pages are a document without passages', async () => {
  const ownBytes = [new Blob([`% ${run}\n`])]
  const blank = pdfOfLines(
    Array.from({ length: 33 }, () => []),
    ownBytes,
  )
  const { document } = await ingest(blank)
  expect(document).toMatchObject({ pages: 33, passages: 0, imagePages: [] })
  expect(await getPassages(library.db, document.hash)).toEqual([])
})

describe('failures keep their class over the thread and leave nothing', () => {
  test.each<[string, new () => Error, string, () => BlobPart | Promise<BlobPart>]>([
    ['a damaged PDF', DamagedFile, 'a.pdf', async () => (await pdf('damaged').arrayBuffer()).slice(0, 300)],
    ['text with a name of a PDF', DamagedFile, 'a.pdf', () => `not a PDF ${run}`],
    ['an empty file', EmptyFile, 'a.pdf', () => ''],
    ['a type we do not read', UnsupportedFile, 'a.xlsx', () => `PK ${run}`],
  ])('%s', async (_, type, name, content) => {
    const file = new Blob([await content()])
    await expect(ingest(file, { name })).rejects.toBeInstanceOf(type)
    expect(await storesMentioning(library.db, await hashOf(file))).toEqual([])
  })

  test('the worker goes on working after a failure', async () => {
    expect((await ingest(pdf('after failures'))).known).toBe(false)
  })

  test('a deleted collection ends in an AbortError', async () => {
    const file = pdf('no home')
    await expect(ingest(file, { collection: 'deleted' })).rejects.toMatchObject({ name: 'AbortError' })
    expect(await storesMentioning(library.db, await hashOf(file))).toEqual([])
  })
})

test('stopped in the middle, nothing of the file is kept, and it can be read later', async () => {
  const file = pdf('stopped', 60)
  const controller = new AbortController()
  const request = { file, name: 'stopped.pdf', collection: one }
  const stopAt = proxy(({ stage }: IngestProgress) => {
    if (stage === 'reading') controller.abort()
  })
  await expect(library.api.ingest(request, stopAt, controller.signal)).rejects.toMatchObject({ name: 'AbortError' })
  expect(await storesMentioning(library.db, await hashOf(file))).toEqual([])
  expect((await ingest(file)).document.pages).toBe(60)
})
