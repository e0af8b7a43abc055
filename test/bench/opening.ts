import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type BrowserContext, type Page } from '@playwright/test'
import { chromiumArguments, findChromium } from '../../scripts/chromium.mjs'
import type { Language } from '../../src/domain'
import { askAnyone, askModel, openHandbook, said, wear } from '../e2e/starter-steps'
import type { Report } from '../measure/report'

export const title =
  'Seconds from opening the page for the first time to an answer written by the model that comes with it'

const PORT = 4391

/** As a newcomer does it: a profile that has seen nothing, the built page, and no host but this machine to be reached. */
export default async function run(): Promise<Report> {
  const report: Report = {
    name: 'opening',
    title,
    columns: ['language', 'what', 'seconds', 'asked', 'said'],
    rows: [],
    floors: [],
    notes: ['Page, handbook and question in one go; the model is fetched and started in the background meanwhile.'],
  }
  const executablePath = findChromium()
  if (!executablePath) return { ...report, skipped: ['everything: no Chromium was found'] }
  const folder = mkdtempSync(join(tmpdir(), 'fumikura-opening-'))
  const site = spawn('node', ['scripts/start.mjs', '--strict', '--port', String(PORT), '--out', join(folder, 'dist')])
  try {
    await told(site)
    for (const language of ['en', 'ja'] as const) {
      const context = await chromium.launchPersistentContext(join(folder, language), {
        executablePath,
        args: chromiumArguments,
        locale: { en: 'en-US', ja: 'ja-JP' }[language],
        baseURL: `http://127.0.0.1:${PORT}/`,
      })
      const foreign = countForeign(context)
      await visit(report, context.pages()[0]!, language)
      report.floors.push({
        name: `requests to other hosts, ${language}`,
        floor: '0',
        value: foreign(),
        held: foreign() === 0,
      })
      await context.close()
    }
  } finally {
    site.kill('SIGTERM')
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
  return report
}

async function visit(report: Report, page: Page, language: Language): Promise<void> {
  page.setDefaultTimeout(120_000)
  const started = performance.now()
  const seconds = () => ((performance.now() - started) / 1000).toFixed(1)
  const note = (what: string, asked: string, text: string) => report.rows.push([language, what, seconds(), asked, text])
  const { questions } = await openHandbook(page, language)
  note('page open, handbook added', '', '')
  const [first, second, third] = questions.filter(({ answer }) => answer !== undefined).map(({ question }) => question)
  const quoted = await askAnyone(page, first!)
  note('quoted answer', first!, await said(quoted))
  const written = await askModel(page, first!, language)
  note('written by the model', first!, await said(written))
  const style = { en: 'Gozaru', ja: 'ござる' }[language]
  for (const [name, question] of [
    [style, second!],
    ['JSON', third!],
  ] as const) {
    await wear(page, language, [name])
    note(`with ${name}`, question, await said(await askAnyone(page, question)))
  }
}

/** Counts what would leave this machine; none of it does, since nothing but the site is let through. */
function countForeign(context: BrowserContext): () => number {
  let foreign = 0
  void context.route(
    (url) => url.protocol.startsWith('http') && url.hostname !== '127.0.0.1',
    (route) => {
      foreign++
      return route.abort()
    },
  )
  return () => foreign
}

/** Resolves when the site is built and served. */
const told = (site: ChildProcess): Promise<void> =>
  new Promise((resolve, reject) => {
    site.stdout!.on('data', (text: Buffer) => text.includes('Fumikura is at') && resolve())
    site.once('exit', (code) => reject(new Error(`the site ended with ${code}`)))
  })
