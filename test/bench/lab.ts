import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser } from '@playwright/test'
import { createServer, type ViteDevServer } from 'vite'
import { chromiumArguments, findChromium } from '../../scripts/chromium.mjs'
import { tinyLlm } from '../fixtures/tiny-llm'
import type { Report } from '../measure/report'
import type { Measured, Setting } from './lab/main'
import { makeModel } from './llm'

export const title = 'Scored options per second in the worker, beside a loop of bare forward passes'

const SHAPE = { hidden: 256, layers: 6, heads: 4, 'kv-heads': 2, inner: 768, positions: 2048 }
const FOLDER = 'model-of-this-run'
/** Issue 7: with a long context that the options share. */
const LEAST = 2
const CONTEXTS = [10, 400]
/** Both compute in 32 bits, in another order. */
const NEAR = 0.02

export default async function run(): Promise<Report> {
  const report: Report = {
    name: 'lab',
    title,
    columns: ['prompt, tokens', 'ours, options/s', 'next question on the same context', 'bare', 'ratio', 'difference'],
    rows: [],
    floors: [],
  }
  const executablePath = findChromium()
  if (!executablePath) return { ...report, skipped: ['everything: no Chromium was found'] }
  const folder = mkdtempSync(join(tmpdir(), 'fumikura-lab-'))
  const server = await createServer({ server: { port: 0, hmr: false }, logLevel: 'error' })
  let browser: Browser | undefined
  try {
    if (!makeModel(folder, SHAPE)) return { ...report, skipped: ['everything: python3 with numpy and onnx is needed'] }
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

async function measure(browser: Browser, server: ViteDevServer, folder: string): Promise<Measured[]> {
  const address = new URL('test/bench/lab/index.html', server.resolvedUrls!.local[0]).href
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
    rounds: 7,
    contexts: CONTEXTS,
  }
  return page.evaluate(
    (given) => (globalThis as unknown as { measure(setting: Setting): Promise<Measured[]> }).measure(given),
    setting,
  )
}

function describe(report: Report, measured: readonly Measured[]): void {
  for (const { promptTokens, ours, next, bare, difference } of measured) {
    const perSecond = (times: number[]) => 4000 / quick(times)
    const ratio = perSecond(ours) / perSecond(bare)
    const speeds = [ours, next, bare].map((times) => perSecond(times).toFixed(1))
    report.rows.push([promptTokens, ...speeds, ratio.toFixed(2), difference.toExponential(1)])
    const name = `${promptTokens} tokens shared by four options`
    if (promptTokens > 300)
      report.floors.push({ name, floor: `>= ${LEAST}x`, value: `${ratio.toFixed(2)}x`, held: ratio >= LEAST })
    const near = difference <= NEAR
    report.floors.push({
      name: `the same scores: ${name}`,
      floor: `<= ${NEAR}`,
      value: difference.toFixed(4),
      held: near,
    })
  }
  report.notes = ['quickest quarter of 7 rounds in turn; wasm; the same weights and runtime for both']
}

/** The lower quartile: what else the machine does only ever makes a round slower. */
const quick = (milliseconds: number[]): number => milliseconds.toSorted((a, b) => a - b)[milliseconds.length >> 2]!
