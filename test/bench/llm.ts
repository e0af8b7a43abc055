import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser } from '@playwright/test'
import { createServer, type ViteDevServer } from 'vite'
import { chromiumArguments, findChromium } from '../../scripts/chromium.mjs'
import { tinyLlm } from '../fixtures/tiny-llm'
import type { Report } from '../measure/report'
import type { Measured, Setting } from './llm/main'

export const title = 'Tokens per second of the language model worker, beside a bare generate of transformers.js'

const RECIPE = 'models/recipes/tiny-llm/make.py'
/** 36 million parameters in twelve layers, made anew for each run: a step takes long enough to be measured. */
const SHAPE = { hidden: 512, layers: 12, heads: 8, 'kv-heads': 2, inner: 1536, positions: 2048 }
const FOLDER = 'model-of-this-run'

/** Issue 4. Below the least, ours is slower; above the most, the comparison itself is to be looked at. */
const LEAST = 0.95
const MOST = 1.05
const FOLLOW_UP = 4
/** Of the runtime's heap, which grows and never shrinks. */
const GROWTH = 0.02

/** On wasm, which every machine has; on a graphics processor of software figures would mean nothing. */
export default async function run(): Promise<Report> {
  const report: Report = {
    name: 'llm',
    title,
    columns: ['what', 'ours', 'bare generate', 'ratio'],
    rows: [],
    floors: [],
  }
  const executablePath = findChromium()
  if (!executablePath) return { ...report, skipped: ['everything: no Chromium was found'] }
  const folder = mkdtempSync(join(tmpdir(), 'fumikura-llm-'))
  const server = await createServer({ server: { port: 0, hmr: false }, logLevel: 'error' })
  let browser: Browser | undefined
  try {
    if (!make(folder)) return { ...report, skipped: ['everything: python3 with numpy and onnx is needed for a model'] }
    await server.listen()
    browser = await chromium.launch({ executablePath, args: chromiumArguments })
    describe(report, await measure(browser, server, folder))
  } finally {
    await browser?.close()
    await server.close()
    rmSync(folder, { recursive: true })
  }
  return report
}

/** The first of these that has the packages makes the model. */
function make(folder: string): boolean {
  const shape = Object.entries(SHAPE).flatMap(([name, value]) => [`--${name}`, String(value)])
  return ['python3', '/usr/bin/python3'].some((python) => {
    try {
      execFileSync(python, ['-B', RECIPE, folder, ...shape], { stdio: 'pipe' })
      return true
    } catch {
      return false
    }
  })
}

/** The page finds the model below its own address, through Playwright: it lies outside the served folder. */
async function measure(browser: Browser, server: ViteDevServer, folder: string): Promise<Measured> {
  const address = new URL('test/bench/llm/index.html', server.resolvedUrls!.local[0]).href
  const base = new URL(`/${FOLDER}/`, address).href
  const page = await browser.newPage()
  page.setDefaultTimeout(0)
  await page.context().route(`${base}**`, (route) => {
    const path = new URL(route.request().url()).pathname.slice(FOLDER.length + 2)
    return path.endsWith('.jinja') ? route.fulfill({ status: 404 }) : route.fulfill({ path: join(folder, path) })
  })
  await page.goto(address)
  await page.waitForFunction(() => 'measure' in globalThis)
  const setting: Setting = {
    plan: { model: { ...tinyLlm, id: 'llm-of-this-run', contextTokens: SHAPE.positions }, device: 'wasm', dtype: 'q4' },
    folder: FOLDER,
    rounds: 9,
    words: 120,
    maxTokens: 48,
    turns: 200,
  }
  return page.evaluate(
    (given) => (globalThis as unknown as { measure(setting: Setting): Promise<Measured> }).measure(given),
    setting,
  )
}

function describe(report: Report, { ours, bare, followUp, memory, promptTokens, threads }: Measured): void {
  const speed = ({ tokens, decoding }: { tokens: number; decoding: number }) => (1000 * (tokens - 1)) / decoding
  compare(report, 'decode, tokens/s', ours.map(speed), bare.map(speed), (one, other) => one / other)
  const first = (run: { firstToken: number }) => run.firstToken
  compare(report, `first token of ${promptTokens}, ms`, ours.map(first), bare.map(first), (one, other) => other / one)
  const same = ours.every(({ text }, round) => text === bare[round]!.text)
  report.floors.push({ name: 'the same answers', floor: 'all', value: same ? 'all' : 'not all', held: same })
  const times = median(followUp.fresh.map((fresh, round) => fresh / followUp.reusing[round]!))
  report.rows.push(['follow-up, first token, ms: reusing', median(followUp.reusing).toFixed(1), '-', '-'])
  report.rows.push(['follow-up, first token, ms: from the start', median(followUp.fresh).toFixed(1), '-', '-'])
  report.floors.push({
    name: 'follow-up with a reused prefix beside one without',
    floor: `>= ${FOLLOW_UP}x`,
    value: `${times.toFixed(1)}x`,
    held: times >= FOLLOW_UP,
  })
  const [early, late] = memory as [Measured['memory'][0], Measured['memory'][0]]
  for (const { turn, wasm, page } of memory)
    report.rows.push([
      `memory after ${turn} turns, MB: runtime / page`,
      `${megabytes(wasm)} / ${megabytes(page)}`,
      '-',
      '-',
    ])
  const grown = late.wasm / early.wasm - 1
  report.floors.push({
    name: `growth of the runtime's heap from turn ${early.turn} to ${late.turn}`,
    floor: `<= ${100 * GROWTH} %`,
    value: `${(100 * grown).toFixed(1)} %`,
    held: grown <= GROWTH,
  })
  report.notes = [
    `medians of ${ours.length} rounds in turn; wasm, threads: ${threads}; the same weights and runtime for both`,
  ]
}

function compare(
  report: Report,
  what: string,
  ours: number[],
  bare: number[],
  ratioOf: (ours: number, bare: number) => number,
): void {
  const ratio = median(ours.map((value, round) => ratioOf(value, bare[round]!)))
  report.rows.push([what, median(ours).toFixed(1), median(bare).toFixed(1), ratio.toFixed(2)])
  report.floors.push({
    name: `speed beside the bare generate: ${what}`,
    floor: `>= ${LEAST}${ratio > MOST ? `; above ${MOST}: ours is faster` : ''}`,
    value: ratio.toFixed(2),
    held: ratio >= LEAST,
  })
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!

const megabytes = (bytes: number | undefined): string => (bytes === undefined ? '-' : (bytes / 1e6).toFixed(1))
