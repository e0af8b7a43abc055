import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { normalise } from '../../src/language/normalise'
import source from '../../samples/questions.json'
import samples from '../../public/samples/samples.json'
import { readPdfInNode } from '../fixtures/read-pdf-in-node'

const folder = 'public/samples'
const documents = samples.collections.flatMap((collection) => collection.documents)

const squeeze = (text: string) => normalise(text).text.replace(/\s+/g, '')

/** Text of each page as the program itself reads it. */
async function readPages(file: string): Promise<string[]> {
  const { pages } = await readPdfInNode(`${folder}/${file}`)
  return pages.map((page) => page.text)
}

test('the list names every file that is there, with its checksum and size', () => {
  const present = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.pdf'))
  expect(documents.map(({ file }) => file).sort()).toEqual(present.map((file) => file.replaceAll('\\', '/')).sort())
  for (const { file, sha256, bytes } of documents) {
    const content = readFileSync(`${folder}/${file}`)
    expect(content.length, file).toBe(bytes)
    expect(createHash('sha256').update(content).digest('hex'), file).toBe(sha256)
  }
  expect(documents.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(1_500_000)
})

test('there is one collection for each language, of three documents and six questions', () => {
  expect(samples.collections.map(({ language }) => language)).toEqual(['en', 'ja'])
  for (const collection of samples.collections) {
    expect(collection.documents).toHaveLength(3)
    expect(collection.questions).toHaveLength(6)
  }
})

test('every question states the page that answers it, but one in each collection that nothing answers', () => {
  source.collections.forEach((collection, i) => {
    expect(samples.collections[i]!.questions).toEqual(collection.questions.map(({ question }) => question))
    expect(collection.questions.filter(({ answer }) => answer === null)).toHaveLength(1)
    for (const { answer, file, page } of collection.questions) {
      const document = documents.find((candidate) => candidate.file === file)
      if (answer !== null) expect(page).toBeLessThanOrEqual(document!.pages)
    }
  })
})

test.each(documents)('$file is read with the expected answers on their pages', async ({ file, pages: count }) => {
  const pages = await readPages(file)
  expect(pages).toHaveLength(count)
  const asked = source.collections.flatMap(({ questions }) => questions).filter((question) => question.file === file)
  expect(asked.length).toBeGreaterThan(0)
  for (const { answer, page } of asked) expect(squeeze(pages[page! - 1]!)).toContain(squeeze(answer!))
})

test.each(['en', 'ja'])('nothing in the %s documents touches what the last question asks for', async (language) => {
  const missing = { en: 'insurance', ja: '駐車場' }[language]!
  for (const { file } of documents.filter((document) => document.file.startsWith(language)))
    expect((await readPages(file)).join(), file).not.toContain(missing)
})
