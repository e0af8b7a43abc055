import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser } from '@playwright/test'
import { createServer, type ViteDevServer } from 'vite'
import { chromiumArguments, findChromium } from '../../scripts/chromium.mjs'
import { tinyLlm } from '../fixtures/tiny-llm'
import type { Report } from '../measure/report'

const RECIPE = 'models/recipes/tiny-llm/make.py'
/** Five million parameters in six layers, made anew for each run: a step takes milliseconds, and is not all overhead. */
const SHAPE = { hidden: 256, layers: 6, heads: 4, 'kv-heads': 2, inner: 768, positions: 2048 }
/** The page finds the model below its own address, through Playwright: it lies outside the served folder. */
const FOLDER = 'model-of-this-run'

/** What a page is told of the model; on wasm, which every machine has. */
export const madeModel = {
  plan: {
    model: { ...tinyLlm, id: 'llm-of-this-run', contextTokens: SHAPE.positions },
    device: 'wasm',
    dtype: 'q4',
  },
  folder: FOLDER,
} as const

/**
 * Makes a model, and has a page in Chromium measure it.
 * @param page path of the page, whose global `measure` takes the setting
 * @returns undefined where something is missing; the report says what
 */
export async function measureMadeModel<Setting, Measured>(
  report: Report,
  page: string,
  setting: Setting,
): Promise<Measured | undefined> {
  const executablePath = findChromium()
  if (!executablePath) return skip(report, 'no Chromium was found')
  const folder = mkdtempSync(join(tmpdir(), `fumikura-${report.name}-`))
  const server = await createServer({ server: { port: 0, hmr: false }, logLevel: 'error' })
  let browser: Browser | undefined
  try {
    if (!makeModel(folder)) return skip(report, 'python3 with numpy and onnx is needed for a model')
    await server.listen()
    browser = await chromium.launch({ executablePath, args: chromiumArguments })
    return await measure(browser, addressOf(server, page), folder, setting)
  } finally {
    await browser?.close()
    await server.close()
    rmSync(folder, { recursive: true })
  }
}

function skip(report: Report, why: string): undefined {
  report.skipped = [`everything: ${why}`]
}

const addressOf = (server: ViteDevServer, page: string): string => new URL(page, server.resolvedUrls!.local[0]).href

/** The first of these that has the packages makes the model. */
function makeModel(folder: string): boolean {
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

async function measure<Setting, Measured>(
  browser: Browser,
  address: string,
  folder: string,
  setting: Setting,
): Promise<Measured> {
  const base = new URL(`/${FOLDER}/`, address).href
  const page = await browser.newPage()
  page.setDefaultTimeout(0)
  await page.context().route(`${base}**`, (route) => {
    const path = new URL(route.request().url()).pathname.slice(FOLDER.length + 2)
    return path.endsWith('.jinja') ? route.fulfill({ status: 404 }) : route.fulfill({ path: join(folder, path) })
  })
  await page.goto(address)
  await page.waitForFunction(() => 'measure' in globalThis)
  return page.evaluate(
    (given) => (globalThis as unknown as { measure(setting: unknown): Promise<Measured> }).measure(given),
    setting as unknown,
  )
}
