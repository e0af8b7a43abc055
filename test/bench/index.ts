import { chromium } from '@playwright/test'
import { createServer } from 'vite'
import { assemblyScript } from '../../scripts/assemblyscript.mjs'
import { chromiumArguments, findChromium } from '../../scripts/chromium.mjs'
import type { Report } from '../measure/report'
import type { Measured, Task } from './index/worker'

export const title = 'Vector indexes in a Chromium worker: ours beside plain JS, voy-search, hnswlib-wasm and orama'

/** FULL=1: every peer at every size, which takes a quarter of an hour (hnswlib alone builds for minutes at 50,000). */
const FULL = Boolean(process.env['FULL'])

const QUERIES = 60
const LARGEST = 100_000
const SIZES = [1000, 10_000, 50_000, LARGEST]
const HARD = ['isotropic', 'outliers', 'meanHeavy'] as const
const HARD_ROWS = 10_000

/** Issue 3. */
const TIMES_PLAIN = 12
const TIMES_READING = 1.5

const COLUMNS = [
  'data',
  'rows',
  'index',
  'build ms',
  'query p50',
  'p95 ms',
  'x plain JS',
  'recall@10',
  'memory MB',
  'saved MB',
]

/** The peers that take no more than seconds at this size. */
function peersAt(rows: number): Task['contestants'] {
  if (FULL) return rows > 50_000 ? [] : ['voy', 'orama', 'hnswlib']
  return rows > 50_000 ? [] : rows > 10_000 ? ['voy', 'orama'] : ['voy', 'orama', 'hnswlib']
}

function tasks(): Task[] {
  const common = { queries: QUERIES, saveAll: FULL }
  const own: Task['contestants'] = ['plainJavaScript', 'ours', 'everyByteOnce', 'oursWithoutSimd']
  return [
    ...SIZES.map((count): Task => ({
      ...common,
      data: 'clustered',
      count,
      of: LARGEST,
      contestants: [...own, ...peersAt(count)],
    })),
    ...HARD.map((data): Task => ({
      ...common,
      data,
      count: HARD_ROWS,
      of: HARD_ROWS,
      contestants: ['plainJavaScript', 'ours', 'hnswlib'],
    })),
  ]
}

/** Every index at every size in one worker, the queries in turn: compare columns, not milliseconds of different runs. */
export default async function run(): Promise<Report> {
  const report: Report = { name: 'index', title, columns: COLUMNS, rows: [], floors: [] }
  const executablePath = findChromium()
  if (!executablePath) return { ...report, skipped: ['everything: no Chromium was found'] }
  const results: [Task, Measured[]][] = []
  await inChromium(executablePath, async (measure) => {
    for (const task of tasks()) results.push([task, await measure(task)])
  })
  for (const [task, measured] of results) describe(report, task, measured)
  floors(report, results)
  const hardest = results.map(([{ data, count }, measured]) => {
    const candidates = named(measured, 'ours').candidates!
    return `${data} ${count}: ${quantile(candidates, 0.5)} (at most ${Math.max(...candidates)})`
  })
  report.notes = [
    `${QUERIES} queries, 384 dimensions; recall by a scan of the unrounded vectors in float64`,
    `rows that ours scores with both planes, median: ${hardest.join(', ')}`,
    'time to save and to load: npm run bench -- vector-storage',
    ...(FULL ? [] : ['FULL=1 adds hnswlib-wasm at 50,000 and what peers save there']),
  ]
  return report
}

async function inChromium(
  executablePath: string,
  use: (measure: (task: Task) => Promise<Measured[]>) => Promise<void>,
) {
  // Without the site's policy: hnswlib-wasm compiles code from strings, which it forbids. Isolated, for a timer of 5 µs.
  const server = await createServer({
    configFile: false,
    plugins: [assemblyScript()],
    cacheDir: 'node_modules/.vite-bench-index',
    logLevel: 'error',
    optimizeDeps: { include: ['@orama/orama', 'comlink'], exclude: ['voy-search', 'hnswlib-wasm'] },
    server: {
      port: 0,
      hmr: false,
      headers: { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' },
    },
  })
  const browser = await chromium.launch({ executablePath, args: chromiumArguments })
  try {
    await server.listen()
    const page = await browser.newPage()
    await page.goto(new URL('test/bench/index/index.html', server.resolvedUrls!.local[0]).href)
    await page.waitForFunction(() => 'measureIndexes' in globalThis)
    await use((task) =>
      page.evaluate(
        (asked) => (globalThis as unknown as { measureIndexes(task: Task): Promise<Measured[]> }).measureIndexes(asked),
        task,
      ),
    )
  } finally {
    await browser.close()
    await server.close()
  }
}

function describe(report: Report, { data, count }: Task, measured: Measured[]): void {
  const plain = p50(named(measured, 'plain JS'))
  for (const each of measured) {
    const reading = each.name.startsWith('read')
    report.rows.push([
      data,
      count,
      each.name,
      reading ? '-' : Math.round(each.build),
      p50(each).toFixed(3),
      quantile(each.times, 0.95).toFixed(3),
      (plain / p50(each)).toFixed(2),
      reading ? '-' : each.recall.toFixed(4),
      megabytes(each.memory),
      megabytes(each.saved),
    ])
  }
}

function floors(report: Report, results: readonly [Task, Measured[]][]): void {
  const at = (rows: number) => results.find(([{ data, count }]) => data === 'clustered' && count === rows)![1]
  const recall = Math.min(...results.map(([, measured]) => named(measured, 'ours').recall))
  const faster = p50(named(at(50_000), 'plain JS')) / p50(named(at(50_000), 'ours'))
  const beside = p50(named(at(LARGEST), 'ours')) / p50(named(at(LARGEST), 'read coarse bytes once'))
  report.floors.push(
    { name: 'recall@10 of ours, lowest of all data', floor: '1.000', value: recall.toFixed(4), held: recall > 0.9995 },
    {
      name: 'speed of ours beside plain JS at 50,000',
      floor: `>= ${TIMES_PLAIN}x`,
      value: `${faster.toFixed(1)}x`,
      held: faster >= TIMES_PLAIN,
    },
    {
      name: 'time of ours beside reading its coarse plane once at 100,000',
      floor: `<= ${TIMES_READING}x`,
      value: `${beside.toFixed(2)}x`,
      held: beside <= TIMES_READING,
    },
  )
}

const named = (measured: Measured[], name: string): Measured => measured.find((each) => each.name === name)!

const p50 = ({ times }: Measured): number => quantile(times, 0.5)

const megabytes = (bytes: number | undefined): string =>
  bytes === undefined || Number.isNaN(bytes) ? '-' : (bytes / 1e6).toFixed(1)

function quantile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!
}
