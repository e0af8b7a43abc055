import { execFileSync } from 'node:child_process'
import { createReadStream, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser } from '@playwright/test'
import { createServer, type Plugin, type ViteDevServer } from 'vite'
import { chromiumArguments, findChromium } from '../../scripts/chromium.mjs'
import { TINY } from '../fixtures/random-adapter'
import { tinyLlm } from '../fixtures/tiny-llm'
import type { Report } from '../measure/report'
import type { Measured, Setting } from './lora/main'

export const title = 'LoRA adapters: changing one beside starting a session with merged weights, and what a token costs'

const RECIPE = 'models/recipes/tiny-llm/make.py'
/** 127 million parameters, made anew for each run: 83 MB in 4 bits. */
const SHAPE = { hidden: 768, layers: 20, heads: 12, 'kv-heads': 4, inner: 2048, positions: 1024 }
const LARGE = { hidden: 768, keys: 256, inner: 2048, layers: 20 }
const FOLDER = 'model-of-this-run'
const RANK = 16

/** Issue 5. */
const FASTER = 20

export default async function run(): Promise<Report> {
  const report: Report = { name: 'lora', title, columns: ['what', 'value', 'beside it', 'ratio'], rows: [], floors: [] }
  const executablePath = findChromium()
  if (!executablePath) return { ...report, skipped: ['everything: no Chromium was found'] }
  const folder = mkdtempSync(join(tmpdir(), 'fumikura-lora-'))
  const server = await createServer({ server: { port: 0, hmr: false }, logLevel: 'error', plugins: [serve(folder)] })
  let browser: Browser | undefined
  try {
    if (!make(folder)) return { ...report, skipped: ['everything: python3 with numpy and onnx is needed for a model'] }
    await server.listen()
    browser = await chromium.launch({ executablePath, args: chromiumArguments })
    for (const [name, setting] of Object.entries(settings()))
      describe(report, name, setting, await measure(browser, server, setting))
  } finally {
    await browser?.close()
    await server.close()
    rmSync(folder, { recursive: true })
  }
  report.notes = [
    `medians; rank ${RANK}, all linear layers; merged weights are taken to lie on the disk in the same 4 bits`,
    'a graphics processor of software tells nothing of speed, but all of what is computed and kept',
  ]
  return report
}

/** On wasm the larger model; on a graphics processor its changes too, and tokens with the tiny one: shaders compile for minutes. */
function settings(): Record<string, Setting> {
  const large = { ...tinyLlm, id: 'llm-of-this-run', contextTokens: SHAPE.positions }
  const setting = { folder: FOLDER, shape: LARGE, rank: RANK, rounds: 5, swaps: 100, tokens: 0 }
  return {
    'wasm, 127 M parameters': { ...setting, plan: { model: large, device: 'wasm', dtype: 'q4' }, tokens: 17 },
    'WebGPU, 127 M parameters': { ...setting, plan: { model: large, device: 'webgpu', dtype: 'q4' } },
    'WebGPU, the tiny model': {
      ...setting,
      plan: { model: tinyLlm, device: 'webgpu', dtype: 'q4' },
      folder: 'models/tiny/llm',
      shape: TINY,
      swaps: 500,
      rounds: 2,
      tokens: 3,
    },
  }
}

/** The model lies outside the served folder, and is too large to go through Playwright. */
const serve = (folder: string): Plugin => ({
  name: 'model-of-this-run',
  configureServer: ({ middlewares }) => {
    middlewares.use(`/${FOLDER}`, (request, response, next) => {
      const path = join(folder, (request.url ?? '').replace(/\?.*/, ''))
      if (!existsSync(path)) return next()
      response.setHeader('Content-Length', statSync(path).size)
      createReadStream(path).pipe(response)
    })
  },
})

/** The first of these that has the packages makes the model. */
function make(folder: string): boolean {
  const shape = Object.entries(SHAPE).flatMap(([name, value]) => [`--${name}`, String(value)])
  return ['python3', '/usr/bin/python3'].some((python) => {
    try {
      execFileSync(python, ['-B', RECIPE, folder, ...shape, '--only-q4'], { stdio: 'pipe' })
      return true
    } catch {
      return false
    }
  })
}

async function measure(browser: Browser, server: ViteDevServer, setting: Setting): Promise<Measured> {
  const page = await browser.newPage()
  page.setDefaultTimeout(0)
  await page.goto(new URL('test/bench/lora/index.html', server.resolvedUrls!.local[0]).href)
  await page.waitForFunction(() => 'measure' in globalThis)
  const measured = await page.evaluate(
    (given) => (globalThis as unknown as { measure(setting: Setting): Promise<Measured> }).measure(given),
    setting,
  )
  await page.close()
  return measured
}

function describe(report: Report, name: string, { plan, swaps }: Setting, measured: Measured): void {
  const { swap, fromDisk, start, decode, buffers, adapterBytes } = measured
  const ratio = median(start) / median(swap)
  const row = (what: string, value: string, beside = '-', times = '-') =>
    report.rows.push([`${name}: ${what}`, value, beside, times])
  row(
    `another adapter of ${megabytes(adapterBytes)} MB, beside a session with merged weights, ms`,
    median(swap).toFixed(1),
    median(start).toFixed(0),
    ratio.toFixed(1),
  )
  row('the same, read from its files first, ms', median(fromDisk).toFixed(0))
  if (plan.model !== tinyLlm)
    report.floors.push({
      name: `${name}: a change of adapters beside a new session`,
      floor: `>= ${FASTER}x`,
      value: `${ratio.toFixed(1)}x`,
      held: ratio >= FASTER,
    })
  const steps = (arm: keyof Measured['decode']) => median(decode[arm].map(({ step }) => step))
  const dispatches = (arm: keyof Measured['decode']) => median(decode[arm].map((each) => each.dispatches))
  for (const [arm, what] of [
    ['none', 'branches without an adapter'],
    ['qv', 'an adapter on q and v'],
    ['all', 'an adapter on all linear layers'],
  ] as const) {
    if (decode[arm].length === 0) continue
    const [own, plain] = plan.device === 'wasm' ? [steps(arm), steps('plain')] : [dispatches(arm), dispatches('plain')]
    const unit = plan.device === 'wasm' ? 'ms' : 'dispatches'
    row(
      `a token with ${what}, beside the plain graph, ${unit}`,
      own.toFixed(1),
      plain.toFixed(1),
      (own / plain).toFixed(2),
    )
  }
  if (plan.device === 'wasm') return
  const { before, after } = buffers
  report.floors.push({
    name: `${name}: buffers on the graphics processor after ${swaps} changes`,
    floor: `as before: ${before}`,
    value: after,
    held: before === after,
  })
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1)
