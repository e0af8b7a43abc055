import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { chromium, type Browser } from '@playwright/test'
import { createServer } from 'vite'
import { chromiumArguments, findChromium } from '../../scripts/chromium.mjs'
import { hasPdftotext } from '../fixtures/pdftotext'
import { sharedData } from '../fixtures/shared-data'
import type { Report } from '../measure/report'
import type { Reading } from './ingest/worker'

export const title = 'Pages per second for the 725-page book in a Chromium worker, beside pdftotext'

const BOOK = 'pdf/layout/huge_725p.pdf'
const ROUNDS = 3
/** How many times slower than pdftotext it may be (issue 2). */
const FACTOR = 4

/** Reads the book three times cold (a new page, worker and parser) and three times warm (again in the same ones). */
export default async function run(): Promise<Report> {
  const report: Report = {
    name: 'ingest',
    title,
    columns: ['what', 'seconds', 'pages/s', 'layout ms/page'],
    rows: [],
    floors: [],
  }
  const book = sharedData(BOOK)
  const executablePath = findChromium()
  if (!book || !executablePath) {
    const missing = book ? 'no Chromium was found' : `../shared/data/${BOOK} is not there`
    return { ...report, skipped: [`everything: ${missing}`] }
  }
  const { cold, warm, pdftotext } = await inChromium(executablePath, book)
  const pages = warm.pages
  const row = (what: string, { elapsed, layout }: Reading) =>
    report.rows.push([
      what,
      (elapsed / 1000).toFixed(2),
      Math.round((1000 * pages) / elapsed),
      (layout / pages).toFixed(2),
    ])
  row('cold (new worker and parser)', cold)
  row('warm (same worker, again)', warm)
  report.notes = [
    `median of ${ROUNDS}; ${pages} pages, ${warm.characters} characters; development build of our code, pdf.js as shipped`,
  ]
  if (pdftotext.length > 0) compare(report, warm, median(pdftotext))
  else report.skipped = ['the comparison: pdftotext is not installed']
  return report
}

function compare(report: Report, warm: Reading, seconds: number): void {
  const ratio = warm.elapsed / 1000 / seconds
  report.rows.push(['pdftotext', seconds.toFixed(2), Math.round(warm.pages / seconds), '-'])
  report.rows.push(['warm / pdftotext', ratio.toFixed(2), '', ''])
  report.floors.push({
    name: 'time beside pdftotext, warm',
    floor: `<= ${FACTOR}x`,
    value: `${ratio.toFixed(2)}x`,
    held: ratio <= FACTOR,
  })
}

interface Measured {
  cold: Reading
  warm: Reading
  /** Seconds, taken in turn with the readings so that a busy machine is busy for both; empty where it is not installed. */
  pdftotext: number[]
}

async function inChromium(executablePath: string, book: string): Promise<Measured> {
  const server = await createServer({ server: { port: 0, hmr: false }, logLevel: 'error' })
  let browser: Browser | undefined
  try {
    await server.listen()
    browser = await chromium.launch({ executablePath, args: chromiumArguments })
    const address = new URL('test/bench/ingest/index.html', server.resolvedUrls!.local[0]).href
    const rounds: [cold: Reading, warm: Reading][] = []
    const pdftotext: number[] = []
    await readTwice(browser, address, book) // the server compiles on first request
    for (let round = 0; round < ROUNDS; round++) {
      rounds.push(await readTwice(browser, address, book))
      if (hasPdftotext()) pdftotext.push(pdftotextSeconds(book))
    }
    return { cold: middle(rounds.map(([cold]) => cold)), warm: middle(rounds.map(([, warm]) => warm)), pdftotext }
  } finally {
    await browser?.close()
    await server.close()
  }
}

async function readTwice(browser: Browser, address: string, book: string): Promise<[cold: Reading, warm: Reading]> {
  const page = await browser.newPage()
  const url = new URL('book.pdf', address).href
  await page
    .context()
    .route(url, (route) => route.fulfill({ body: readFileSync(book), contentType: 'application/pdf' }))
  await page.goto(address)
  await page.waitForFunction(() => 'readBook' in globalThis)
  const read = () =>
    page.evaluate((from) => (globalThis as unknown as { readBook(url: string): Promise<Reading> }).readBook(from), url)
  const readings: [Reading, Reading] = [await read(), await read()]
  await page.context().close()
  return readings
}

function pdftotextSeconds(book: string): number {
  const start = performance.now()
  execFileSync('pdftotext', [book, '-'], { maxBuffer: 1 << 28 })
  return (performance.now() - start) / 1000
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!

const middle = (readings: Reading[]): Reading =>
  readings.toSorted((a, b) => a.elapsed - b.elapsed)[readings.length >> 1]!
