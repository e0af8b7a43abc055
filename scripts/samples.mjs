/**
 * Typesets the sample documents: samples/{en,ja}/*.html to public/samples/{en,ja}/*.pdf with the Chromium that is
 * installed, and writes public/samples/samples.json, which lists them with their checksums and ready questions.
 *
 * The PDFs are committed. Typesetting them again with the same Chromium and fonts (Liberation, BIZ UD) gives the same bytes;
 * with others, pages may break elsewhere, and samples/questions.json must be looked through.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { chromium } from '@playwright/test'
import { chromiumArguments, findChromium } from './chromium.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const source = join(root, 'samples')
const output = join(root, 'public/samples')

/** @typedef {{ file: string, name: string, title: string }} SampleSource */
/** @typedef {{ question: string, answer: string | null, file?: string, page?: number }} SampleQuestion */
/**
 * @typedef {{ id: string, language: string, name: string, intro: string, documents: SampleSource[], questions: SampleQuestion[] }}
 *   CollectionSource
 */

/**
 * The time of printing is the only thing that differs from run to run; a fixed date of the same length keeps every offset.
 * @param {Buffer} pdf
 */
function withFixedDates(pdf) {
  const text = pdf.toString('latin1')
  return Buffer.from(
    text.replace(/(\/(?:CreationDate|ModDate) \(D:)\d{14}/g, (_, key) => `${key}20260401000000`),
    'latin1',
  )
}

/**
 * Chromium embeds TrueType outlines as subsets of fonts, and CFF outlines (Noto CJK) as hundreds of Type 3 fonts, which are
 * four times as large and which viewers draw without hinting.
 * @param {Buffer} pdf
 */
function hasType3Fonts(pdf) {
  return /\/Subtype ?\/Type3\b/.test(pdf.toString('latin1'))
}

/** @param {Buffer} pdf */
function countPages(pdf) {
  return pdf.toString('latin1').match(/\/Type ?\/Page\b/g)?.length ?? 0
}

/**
 * @param {import('@playwright/test').Page} page
 * @param {SampleSource} document
 */
async function typeset(page, { file, name, title }) {
  await page.goto(pathToFileURL(join(source, file.replace(/\.pdf$/, '.html'))).href)
  await page.evaluate(() => document.fonts.ready)
  const pdf = withFixedDates(
    await page.pdf({ preferCSSPageSize: true, printBackground: true, tagged: true, outline: true }),
  )
  if (hasType3Fonts(pdf))
    throw new Error(`${file}: a font without TrueType outlines; on Debian install fonts-morisawa-bizud-{mincho,gothic}`)
  mkdirSync(dirname(join(output, file)), { recursive: true })
  writeFileSync(join(output, file), pdf)
  const sha256 = createHash('sha256').update(pdf).digest('hex')
  return { file, name, title, sha256, bytes: pdf.length, pages: countPages(pdf) }
}

const { collections } = /** @type {{ collections: CollectionSource[] }} */ (
  JSON.parse(readFileSync(join(source, 'questions.json'), 'utf8'))
)
const executablePath = findChromium()
const browser = await chromium.launch({ args: chromiumArguments, ...(executablePath && { executablePath }) })
try {
  const page = await browser.newPage()
  const listed = []
  for (const collection of collections) {
    const documents = []
    for (const document of collection.documents) documents.push(await typeset(page, document))
    listed.push({ ...collection, documents, questions: collection.questions.map(({ question }) => question) })
    for (const { file, bytes, pages } of documents) console.log(`${file}  ${pages} pages  ${bytes} bytes`)
  }
  writeFileSync(join(output, 'samples.json'), `${JSON.stringify({ collections: listed }, null, 2)}\n`)
} finally {
  await browser.close()
}
