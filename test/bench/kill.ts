import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Page } from '@playwright/test'
import { createServer } from 'vite'
import { findChromium } from '../../scripts/chromium.mjs'
import { Random } from '../fixtures/random'
import type { Report } from '../measure/report'
import { startChromium } from './kill/chromium'
import { cutLog } from './kill/cut-log'
import type { Finding, Told } from './kill/worker'

export const title = 'The whole browser killed in the middle of adding documents and of merging their vectors'

/** At least 20 (issue 3); every second one while packs are merged. */
const KILLS = 24

/** What is wrong is named, up to so much of it. */
const NAMED = 10

/** Documents that this side was told of, which no kill reaches. */
class Ledger {
  readonly ingested = new Set<string>()
  readonly kept = new Set<string>()
  /** To be removed: from then on either outcome is right. */
  readonly removing = new Set<string>()
  readonly removed = new Set<string>()
  merges = 0
  /** Between the first word of a merge and the last. */
  merging = false
  heard = () => {}

  tell(told: Told): void {
    if ('ingested' in told) this.ingested.add(told.ingested)
    if ('kept' in told) this.kept.add(told.kept)
    if ('removing' in told) this.removing.add(told.removing)
    if ('removed' in told) this.removed.add(told.removed)
    if ('compacted' in told) this.merges += told.compacted
    this.merging = 'compacting' in told || (this.merging && !('compacted' in told))
    this.heard()
  }

  /** What was acknowledged and is not as it was acknowledged. */
  lost({ documents, vectors }: Finding): string[] {
    const staying = (hash: string) => !this.removing.has(hash)
    return [
      ...[...this.ingested].filter((hash) => staying(hash) && !documents.includes(hash)),
      ...[...this.kept].filter((hash) => staying(hash) && !vectors.includes(hash)).map((hash) => `vectors of ${hash}`),
      ...[...this.removed]
        .filter((hash) => documents.includes(hash))
        .map((hash) => `${hash} was removed, and is there`),
    ]
  }
}

export default async function run(): Promise<Report> {
  const told = ['told: documents', 'vectors', 'merges']
  const found = ['found: documents', 'vectors', 'packs', 'torn', 'lost', 'damaged']
  const columns = ['kill', 'after s', 'merging', ...told, ...found]
  const report: Report = { name: 'kill', title, columns, rows: [], floors: [] }
  const executablePath = findChromium()
  if (!executablePath || process.platform === 'win32') {
    const why = executablePath ? 'Windows has no groups of processes to kill' : 'no Chromium was found'
    return { ...report, skipped: [`everything: ${why}`] }
  }
  const server = await createServer({ server: { port: 0, hmr: false }, logLevel: 'error' })
  const profile = mkdtempSync(join(tmpdir(), 'fumikura-kill-'))
  try {
    await server.listen()
    const address = new URL('test/bench/kill/index.html', server.resolvedUrls!.local[0]).href
    await killAndFind(report, () => startChromium(executablePath, profile), address, profile)
  } finally {
    await server.close()
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
  }
  return report
}

type Start = () => ReturnType<typeof startChromium>

async function killAndFind(report: Report, start: Start, address: string, profile: string): Promise<void> {
  const seed = Date.now() % 1e6
  const ledger = new Ledger()
  const warming = await start()
  await open(warming.page, address) // the server compiles on first request
  await warming.close()
  const findings: Found[] = []
  let whileMerging = 0
  for (let number = 1; number <= KILLS; number++) {
    const killed = await killOnce(start, address, ledger, new Random(seed * 100 + number), number % 2 === 0)
    const found = await look(start, address, ledger)
    findings.push(found)
    whileMerging += killed.merging ? 1 : 0
    report.rows.push(rowOf(number, killed, ledger, found))
  }
  conclude(report, findings, whileMerging)
  report.floors.push(...(await afterCutLog(start, address, profile)))
  const wrong = findings.flatMap((found, at) =>
    [...found.torn, ...found.lost, ...found.damaged].map((what) => [at, what]),
  )
  report.notes = [
    `${ledger.ingested.size} documents acknowledged, ${ledger.removed.size} removed; seed ${seed}`,
    ...wrong.slice(0, NAMED).map(([at, what]) => `after kill ${Number(at) + 1}: ${what}`),
  ]
}

interface Killed {
  seconds: number
  merging: boolean
}

/** Adds documents and kills the browser at some moment, or at one while packs are merged. */
async function killOnce(
  start: Start,
  address: string,
  ledger: Ledger,
  random: Random,
  whileMerging: boolean,
): Promise<Killed> {
  const browser = await start()
  const began = performance.now()
  await add(browser.page, address, ledger, random.integer(0, 1e9))
  if (whileMerging) await until(ledger, () => ledger.merging)
  await wait(whileMerging ? random.integer(0, 25) : random.integer(50, 3000))
  const { merging } = ledger
  await browser.kill()
  return { seconds: (performance.now() - began) / 1000, merging }
}

function rowOf(number: number, { seconds, merging }: Killed, ledger: Ledger, found: Found): Report['rows'][number] {
  const remaining = (hashes: ReadonlySet<string>) => [...hashes].filter((hash) => !ledger.removed.has(hash)).length
  const told = [remaining(ledger.ingested), remaining(ledger.kept), ledger.merges]
  const { documents, vectors, packs, torn, lost, damaged } = found
  const wrong = [torn.length, lost.length, damaged.length]
  return [number, seconds.toFixed(1), merging ? 'yes' : '', ...told, documents.length, vectors.length, packs, ...wrong]
}

function conclude(report: Report, findings: readonly Found[], whileMerging: number): void {
  const count = (what: 'torn' | 'lost' | 'damaged') => findings.reduce((sum, found) => sum + found[what].length, 0)
  const none = (name: string, value: number) => ({ name, floor: '0', value, held: value === 0 })
  report.floors.push(
    { name: 'kills', floor: '>= 20', value: findings.length, held: findings.length >= 20 },
    { name: 'of them while merging', floor: '>= 3', value: whileMerging, held: whileMerging >= 3 },
    none('torn: in part, or belonging to nothing', count('torn')),
    none('lost: acknowledged and not there', count('lost')),
    none('damaged: a checksum or a vector that is wrong', count('damaged')),
  )
}

async function open(page: Page, address: string): Promise<string> {
  await page.goto(address)
  await page.waitForFunction(() => 'addForever' in globalThis)
  return page.evaluate(() => (globalThis as unknown as { prepare(): Promise<string> }).prepare())
}

/** Begins to add documents, and returns when the first one has been acknowledged. */
async function add(page: Page, address: string, ledger: Ledger, seed: number): Promise<void> {
  ledger.merging = false
  await page.exposeFunction('tell', (told: Told) => ledger.tell(told))
  const collection = await open(page, address)
  const before = ledger.ingested.size
  await page.evaluate(
    ([collection, seed]) =>
      (globalThis as unknown as { addForever(collection: string, seed: number): void }).addForever(collection, seed),
    [collection, seed] as const,
  )
  await until(ledger, () => ledger.ingested.size > before)
}

function until(ledger: Ledger, holds: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error('nothing was heard of the page for a minute')), 60_000)
    ledger.heard = () => {
      if (!holds()) return
      clearTimeout(limit)
      ledger.heard = () => {}
      resolve()
    }
    ledger.heard()
  })
}

/**
 * Half a record at the end of the log, made by hand because a kill makes it rarely: what the first start finds, the starts
 * after it must find too (see src/storage/renew-log.ts).
 */
async function afterCutLog(start: Start, address: string, profile: string): Promise<Report['floors']> {
  const ledger = new Ledger()
  await killOnce(start, address, ledger, new Random(1), false)
  if (!cutLog(profile)) return []
  const counts: number[] = []
  const torn: string[] = []
  for (let times = 0; times < 3; times++) {
    const found = await look(start, address, ledger)
    counts.push(found.documents.length)
    torn.push(...found.torn, ...found.damaged)
  }
  const held = counts[0]! > 0 && new Set(counts).size === 1 && torn.length === 0
  return [
    { name: 'a log cut in a record: found by the next starts', floor: 'the same', value: counts.join(', '), held },
  ]
}

interface Found extends Finding {
  lost: string[]
}

/** What a new browser finds on the profile of the one that was killed. */
async function look(start: Start, address: string, ledger: Ledger): Promise<Found> {
  const browser = await start()
  await open(browser.page, address)
  const finding = await browser.page.evaluate(() => (globalThis as unknown as { find(): Promise<Finding> }).find())
  await browser.close()
  return { ...finding, lost: ledger.lost(finding) }
}
