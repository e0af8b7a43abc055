import { createServer } from 'vite'
import { findChromium } from '../../scripts/chromium.mjs'
import type { Report } from '../measure/report'
import { BUDGET } from './index/browser'
import { compete, emptyRow, type Measured, type Task } from './index/compete'
import { describe, floors, progress } from './index/tell'
import type { ContestantName } from './index/worker'
import { measureVectorStorage, storageFloors } from './vector-storage'

export const title = 'Vector indexes in a Chromium worker: ours beside plain JS, voy-search, hnswlib-wasm and orama'

/** QUICK=1: up to 10,000 rows and no floors of speed and storage, in a minute; the whole takes a quarter of an hour. */
const QUICK = Boolean(process.env['QUICK'])

const QUERIES = 60
const SIZES = QUICK ? [1000, 10_000] : [1000, 10_000, 50_000, 100_000]
const DATA = ['clustered', 'isotropic', 'outliers', 'meanHeavy'] as const
/** Peers meet the hard data at this size. */
const HARD_ROWS_OF_PEERS = QUICK ? 1000 : 10_000

/** Up to here peers share a worker. */
const LARGEST_TOGETHER = 10_000

const OWN: ContestantName[] = ['plainJavaScript', 'ours', 'everyByteOnce', 'oursWithoutSimd']
const PEERS: ContestantName[] = ['voy', 'voyGuarded', 'hnswlib', 'orama']

/** Ours and plain JS compete in one worker, and so does each peer with plain JS, in a browser of its own. */
export default async function run(): Promise<Report> {
  const report: Report = { name: 'index', title, columns: [], rows: [], floors: [] }
  const executablePath = findChromium()
  if (!executablePath) return { ...report, skipped: ['everything: no Chromium was found'] }
  const rows = await measureAll(executablePath)
  describe(report, rows)
  floors(report, rows)
  report.notes!.push(
    `${QUERIES} queries, 384 dimensions, each query to all of a worker in turn; recall by a scan of the unrounded vectors in float64`,
    `budget: ${BUDGET} s for each of building, asking, saving and loading; a peer over it is not tried with more rows`,
  )
  if (QUICK) report.skipped = ['what needs more than 10,000 rows, and storage: QUICK is set']
  else storageFloors(report, await measureVectorStorage(executablePath))
  return report
}

async function measureAll(executablePath: string): Promise<Measured[]> {
  const server = await createServer({ configFile: 'test/bench/index/vite.config.ts' })
  try {
    await server.listen()
    const address = new URL('test/bench/index/index.html', server.resolvedUrls!.local[0]).href
    const measure = async (task: Omit<Task, 'queries'>) => {
      const start = performance.now()
      const measured = await compete({ executablePath, address }, { ...task, queries: QUERIES })
      process.stderr.write(`${progress(measured)} (${((performance.now() - start) / 1000).toFixed(0)} s)\n`)
      return measured
    }
    const rows: Measured[] = []
    const failed = new Map<ContestantName, string>()
    for (const data of DATA) {
      for (const count of SIZES) {
        const saved = data === 'clustered' ? OWN.slice(0, 2) : []
        rows.push(...(await measure({ data, count, contestants: OWN, saved })))
        if (data === 'clustered' || count === HARD_ROWS_OF_PEERS) {
          rows.push(...(await measurePeers(measure, data, count, failed)))
        }
      }
    }
    return rows
  } finally {
    await server.close()
  }
}

/**
 * Small indexes all in one worker; large ones each in a browser of its own, which it may bring down.
 * @param failed why a peer built nothing or answered nothing; it is not tried with more rows
 */
async function measurePeers(
  measure: (task: Omit<Task, 'queries'>) => Promise<Measured[]>,
  data: Task['data'],
  count: number,
  failed: Map<ContestantName, string>,
): Promise<Measured[]> {
  const wanted = PEERS.filter((name) => data !== 'clustered' || !failed.has(name))
  const groups = count > LARGEST_TOGETHER ? wanted.map((name) => [name]) : [wanted]
  const rows: Measured[] = []
  for (const peers of groups) {
    // The guarded index has no form of its own to save: its vectors are kept as ours are, and its tree is built again.
    const saved = data === 'clustered' ? peers.filter((name) => name !== 'voyGuarded') : []
    const [, ...measured] = await measure({ data, count, contestants: ['plainJavaScript', ...peers], saved })
    rows.push(...measured)
  }
  for (const [name, reason] of data === 'clustered' ? failed : [])
    rows.push({ ...emptyRow(name, { data, count }), failure: reason })
  for (const { name, failure, times } of rows) {
    if (failure && !times.length && !failed.has(name)) failed.set(name, `not tried, after ${count} rows: ${failure}`)
  }
  return rows
}
