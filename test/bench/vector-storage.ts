import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from '@playwright/test'
import { createServer } from 'vite'
import { chromiumArguments, findChromium } from '../../scripts/chromium.mjs'
import type { Report } from '../measure/report'
import type { Loaded, Saved, Size, VectorStorageApi } from './vector-storage/worker'

export const title = 'Vectors in IndexedDB: 100,000 saved, loaded by a new browser, and the cost of one document more'

const DIMENSION = 384
const LIBRARY = { documents: 1000, passages: 100, dimension: DIMENSION }
const ROWS = LIBRARY.documents * LIBRARY.passages
/** Documents added one by one to the full library: of a few pages each. */
const ADDED = { documents: 150, passages: 25, dimension: DIMENSION }
const ROW_BYTES = 2 * DIMENSION + 8
/** Of the added documents' vectors. */
const OWN_BYTES = ADDED.documents * ADDED.passages * ROW_BYTES
const ROUNDS = 5
/** How many times longer than reading as many bytes raw a load may take (issue 3). */
const LOAD_FACTOR = 2.5
/** How many times its own bytes a document's vectors may write (issue 3). */
const WRITE_FACTOR = 2

type Storage = { [Name in keyof VectorStorageApi]: VectorStorageApi[Name] }

export default async function run(): Promise<Report> {
  const report: Report = {
    name: 'vector-storage',
    title,
    columns: ['what', 'median', 'p95', 'unit'],
    rows: [],
    floors: [],
  }
  const executablePath = findChromium()
  if (!executablePath) return { ...report, skipped: ['everything: no Chromium was found'] }
  const measured = await measureVectorStorage(executablePath)
  describe(report, measured)
  return report
}

export interface VectorStorage {
  saved: Saved
  compacted: Awaited<ReturnType<Storage['compact']>>
  raw: number[]
  loads: Loaded[]
  added: Saved
  /** What the same documents add to the files of a small library. */
  grown: number
}

/** Saves, loads and adds, each phase in a browser that was started for it. */
export async function measureVectorStorage(executablePath: string): Promise<VectorStorage> {
  const server = await createServer({ server: { port: 0, hmr: false }, logLevel: 'error' })
  const profile = mkdtempSync(join(tmpdir(), 'fumikura-vectors-'))
  try {
    await server.listen()
    const address = new URL('test/bench/vector-storage/index.html', server.resolvedUrls!.local[0]).href
    const fresh = <Result>(use: (storage: Storage) => Promise<Result>) =>
      inBrowser(executablePath, profile, address, use)
    const { saved, compacted } = await fresh(async (storage) => ({
      saved: await storage.save('library', LIBRARY),
      compacted: await storage.compact(DIMENSION),
    }))
    await fresh((storage) => storage.saveRaw(ROWS, DIMENSION, 4096))
    const raw: number[] = []
    const loads: Loaded[] = []
    for (let round = 0; round < ROUNDS; round++) {
      raw.push((await fresh((storage) => storage.loadRaw())).elapsed)
      loads.push(await fresh((storage) => storage.load(ROWS, DIMENSION)))
    }
    const added = await fresh((storage) => storage.save('added', ADDED))
    const grown = await growth(executablePath, address)
    return { saved, compacted, raw, loads, added, grown }
  } finally {
    await server.close()
    rmSync(profile, { recursive: true, force: true })
  }
}

/**
 * What the files of a library of its own grow by when documents are added: in the large one the browser is still clearing
 * away what merging left. The browser's own estimate is made of the same files.
 */
async function growth(executablePath: string, address: string): Promise<number> {
  const profile = mkdtempSync(join(tmpdir(), 'fumikura-vectors-'))
  try {
    const save = (name: string, size: Size) =>
      inBrowser(executablePath, profile, address, (storage) => storage.save(name, size))
    await save('first', { ...ADDED, documents: 1 })
    const before = bytesOnDisk(profile)
    await save('added', ADDED)
    return bytesOnDisk(profile) - before
  } finally {
    rmSync(profile, { recursive: true, force: true })
  }
}

const bytesOnDisk = (profile: string): number =>
  readdirSync(join(profile, 'Default', 'IndexedDB'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0)

/** A page in a new browser on the profile; its worker's functions are called by name. */
async function inBrowser<Result>(
  executablePath: string,
  profile: string,
  address: string,
  use: (storage: Storage) => Promise<Result>,
): Promise<Result> {
  const context = await chromium.launchPersistentContext(profile, { executablePath, args: chromiumArguments })
  try {
    const page = await context.newPage()
    await page.goto(address)
    await page.waitForFunction(() => 'storage' in globalThis)
    const call = (name: string, args: unknown[]) =>
      page.evaluate(
        ([name, args]) =>
          (globalThis as unknown as { storage: Record<string, (...args: unknown[]) => unknown> }).storage[name]!(
            ...args,
          ),
        [name, args] as const,
      )
    const storage = new Proxy(
      {},
      {
        get:
          (_, name) =>
          (...args: unknown[]) =>
            call(String(name), args),
      },
    )
    return await use(storage as Storage)
  } finally {
    await context.close()
  }
}

function describe(report: Report, measured: VectorStorage): void {
  const { saved, compacted, raw, loads, added, grown } = measured
  const times = (what: string, values: number[]) =>
    report.rows.push([what, quantile(values, 0.5).toFixed(1), quantile(values, 0.95).toFixed(1), 'ms'])
  const own = OWN_BYTES
  const ratio = loadRatio(measured)
  times(`keep a document of ${LIBRARY.passages} passages (strict)`, saved.keeping)
  times(`keep a document of ${ADDED.passages} passages in the full library`, added.keeping)
  report.rows.push([`merge ${LIBRARY.documents} packs into ${compacted.packs}`, compacted.elapsed.toFixed(0), '', 'ms'])
  times(`read ${ROWS} x ${DIMENSION} raw, new browser`, raw)
  times(
    'load them, new browser',
    loads.map(({ elapsed }) => elapsed),
  )
  times(
    'of that, until the coarse planes are there',
    loads.map(({ coarse }) => coarse),
  )
  report.rows.push(['load / raw', ratio.toFixed(2), '', 'x'])
  report.rows.push(["bytes in a new document's records / its own", (added.written.bytes / own).toFixed(2), '', 'x'])
  report.rows.push(['growth of the files on disk / its own', (grown / own).toFixed(2), '', 'x'])
  const merged = compacted.written.bytes / (ROWS * ROW_BYTES)
  report.rows.push(['bytes written by merging / of what is merged', merged.toFixed(2), '', 'x'])
  storageFloors(report, measured)
  report.notes = [
    `random bytes, medians of ${ROUNDS} browsers each in turn on one profile; opening the database is left out of both, checksums and copying into one memory are in ours`,
  ]
}

const loadRatio = ({ raw, loads }: VectorStorage): number =>
  quantile(
    loads.map(({ elapsed }) => elapsed),
    0.5,
  ) / quantile(raw, 0.5)

/** The bounds that issue 3 sets, for this report and for that of `index`. */
export function storageFloors(report: Report, measured: VectorStorage): void {
  const { loads, added, grown } = measured
  const ratio = loadRatio(measured)
  const writing = Math.max(added.written.bytes, grown) / OWN_BYTES
  const whole = loads.every(({ rows, damaged }) => rows === ROWS && damaged === 0)
  report.floors.push(
    {
      name: 'load beside raw reading',
      floor: `<= ${LOAD_FACTOR}x`,
      value: `${ratio.toFixed(2)}x`,
      held: ratio <= LOAD_FACTOR,
    },
    {
      name: 'written for one document (the larger count)',
      floor: `<= ${WRITE_FACTOR}x`,
      value: `${writing.toFixed(2)}x`,
      held: writing <= WRITE_FACTOR,
    },
    { name: 'vectors loaded', floor: `${ROWS}, 0 damaged`, value: String(loads[0]!.rows), held: whole },
  )
}

function quantile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!
}
