import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser } from '@playwright/test'
import { createServer, type ViteDevServer } from 'vite'
import { chromiumArguments, findChromium } from '../../scripts/chromium.mjs'
import type { Embedder } from '../../src/engines/embedding/catalogue'
import { tinyEmbedder } from '../fixtures/tiny-embedder'
import type { Report } from '../measure/report'
import type { Setting, Speeds } from './embed/main'

export const title = 'Passages per second of the embedding worker, beside a bare loop over onnxruntime-web'

const FLOOR = 0.9
const RECIPE = 'models/recipes/tiny-embedder/make.py'
/** The layers of all-MiniLM-L6-v2 with the vocabulary of the tiny model, made anew for each run: 43 MB of random weights. */
const MINILM = ['--hidden', '384', '--layers', '6', '--heads', '12', '--inner', '1536', '--positions', '512']

interface Subject {
  what: string
  embedder: Embedder
  /** Path of the model's folder on disk. */
  folder: string
  passages: number
  rounds: number
}

/** Both models on wasm, which every machine has; on a graphics processor of software figures would mean nothing. */
export default async function run(): Promise<Report> {
  const report: Report = {
    name: 'embed',
    title,
    columns: ['model', 'passages', 'ours, passages/s', 'bare loop, passages/s', 'ratio', 'lowest cosine'],
    rows: [],
    floors: [],
  }
  const executablePath = findChromium()
  if (!executablePath) return { ...report, skipped: ['everything: no Chromium was found'] }
  const folder = mkdtempSync(join(tmpdir(), 'fumikura-embed-'))
  const server = await createServer({ server: { port: 0, hmr: false }, logLevel: 'error' })
  let browser: Browser | undefined
  try {
    const subjects = prepare(folder, report)
    await server.listen()
    browser = await chromium.launch({ executablePath, args: chromiumArguments })
    for (const subject of subjects) add(report, subject, await measure(browser, server, subject))
  } finally {
    await browser?.close()
    await server.close()
    rmSync(folder, { recursive: true })
  }
  return report
}

function prepare(folder: string, report: Report): Subject[] {
  const tiny = join(folder, 'tiny')
  cpSync('models/tiny/embedder', tiny, { recursive: true })
  const subjects: Subject[] = [
    { what: 'tiny (2 layers of 64)', embedder: tinyEmbedder, folder: tiny, passages: 512, rounds: 7 },
  ]
  const minilm = join(folder, 'minilm')
  try {
    execFileSync('python3', [RECIPE, minilm, ...MINILM], { stdio: 'pipe' })
    const embedder = { ...tinyEmbedder, id: 'minilm-shaped', dimension: 384, maxTokens: 512 }
    subjects.push({ what: 'shape of MiniLM-L6 (6 layers of 384)', embedder, folder: minilm, passages: 32, rounds: 3 })
  } catch {
    report.skipped = ['the model of real size: python3 with numpy is needed to make it']
  }
  return subjects
}

function add(report: Report, { what, passages }: Subject, { ours, bare, cosine, threads }: Speeds): void {
  const speed = (milliseconds: number[]) => (1000 * passages) / median(milliseconds)
  const ratio = median(bare.map((milliseconds, round) => milliseconds / ours[round]!))
  report.rows.push([
    what,
    passages,
    speed(ours).toFixed(1),
    speed(bare).toFixed(1),
    ratio.toFixed(2),
    cosine.toFixed(6),
  ])
  report.floors.push({
    name: `${what}: speed beside the bare loop`,
    floor: `>= ${FLOOR}`,
    value: ratio.toFixed(2),
    held: ratio >= FLOOR && cosine > 0.9999,
  })
  report.notes = [`medians; wasm, threads: ${threads}; the same texts, weights and runtime for both`]
}

/** The page finds the model below its own address, through Playwright: it lies outside the served folder. */
async function measure(browser: Browser, server: ViteDevServer, subject: Subject): Promise<Speeds> {
  const address = new URL('test/bench/embed/index.html', server.resolvedUrls!.local[0]).href
  const base = new URL('/model-of-this-run/', address).href
  const page = await browser.newPage()
  await page
    .context()
    .route(`${base}**`, (route) =>
      route.fulfill({ path: join(subject.folder, route.request().url().slice(base.length)) }),
    )
  await page.goto(address)
  await page.waitForFunction(() => 'measure' in globalThis)
  const { embedder, passages, rounds } = subject
  const setting: Setting = {
    plan: { model: embedder, device: 'wasm', dtype: 'fp32' },
    base,
    texts: textsOf(passages, embedder.maxTokens),
    rounds,
  }
  const speeds = await page.evaluate(
    (given) => (globalThis as unknown as { measure(setting: Setting): Promise<Speeds> }).measure(given),
    setting,
  )
  await page.context().close()
  return speeds
}

/** Both languages, lengths as passages have them: from a line to what the model can take, in no order. */
function textsOf(count: number, maxTokens: number): string[] {
  const sentences = ['The company grants paid leave. ', '会社は有給休暇を与える。']
  const tokens = [30, 14]
  return Array.from({ length: count }, (_, at) => {
    const wanted = 0.15 + 0.6 * (((at * 7919) % 97) / 97)
    return sentences[at % 2]!.repeat(Math.max(1, Math.floor((wanted * Math.min(maxTokens, 400)) / tokens[at % 2]!)))
  })
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!
