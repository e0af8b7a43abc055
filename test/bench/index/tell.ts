import type { Report } from '../../measure/report'
import { type Measured, quantile } from './compete'
import type { ContestantName } from './worker'

/** Issue 3. */
const TIMES_PLAIN = 12
const TIMES_READING = 1.5

const NAMES: Record<ContestantName, string> = {
  plainJavaScript: 'plain JS',
  ours: 'ours',
  everyByteOnce: 'reading coarse bytes once',
  oursWithoutSimd: 'ours, no SIMD',
  voy: 'voy-search 0.6.3',
  voyGuarded: 'voy-search, guarded',
  hnswlib: 'hnswlib-wasm 0.8.2',
  orama: '@orama/orama 3.1.18',
}

const COLUMNS = [
  'data',
  'rows',
  'index',
  'build ms',
  'query p50',
  'p95 ms',
  'fastest',
  'x plain JS',
  'recall@10',
  'memory MB',
  'growth MB',
  'saved MB',
  'save ms',
  'load ms',
  'failed',
]

/** A line while the rest is still being measured. */
export function progress(rows: readonly Measured[]): string {
  const each = rows.map((row) => `${NAMES[row.name]} ${row.failure ?? `${figure(p50(row), 3)} ms`}`)
  return `${rows[0]!.data} ${rows[0]!.count}: ${each.join(', ')}`
}

/** A row for each contestant, whether it got through or not. */
export function describe(report: Report, rows: readonly Measured[]): void {
  report.columns = COLUMNS
  report.rows = rows.map((row) => [
    row.data,
    row.count,
    NAMES[row.name],
    figure(row.build, 0),
    figure(p50(row), 3),
    figure(quantile(row.times, 0.95), 3),
    figure(quantile(row.times, 0), 3),
    figure(row.beside / p50(row), 2),
    row.name === 'everyByteOnce' ? '-' : figure(row.recall, 4),
    megabytes(row.memory),
    megabytes(row.growth),
    megabytes(row.saved?.bytes),
    figure(row.saved?.milliseconds, 0),
    figure(row.loaded, 0),
    row.failure ?? '',
  ])
  report.notes = [
    'x plain JS: its median in the same worker, divided; memory: what the index says it holds; growth: of the process while it is built, garbage included',
    'fastest: where it is far below the median, the machine was busy with other work, which takes its turns in the longer queries only',
    `rows that ours scores with both planes, median (most): ${candidates(rows).join(', ')}`,
  ]
}

const candidates = (rows: readonly Measured[]): string[] =>
  rows
    .filter(({ name }) => name === 'ours')
    .map(
      ({ data, count, candidates = [] }) =>
        `${data} ${count} ${quantile(candidates, 0.5)} (${Math.max(...candidates)})`,
    )

export function floors(report: Report, rows: readonly Measured[]): void {
  const ours = rows.filter(({ name }) => name === 'ours' || name === 'oursWithoutSimd')
  const recall = Math.min(...ours.map((row) => row.recall))
  report.floors.push({
    name: 'recall@10 of ours, lowest of all data and sizes',
    floor: '1.000',
    value: recall.toFixed(4),
    // As it is printed; a failure leaves NaN.
    held: recall.toFixed(4) === '1.0000' && ours.every(({ failure }) => !failure),
  })
  const at = (count: number, wanted: ContestantName) =>
    rows.find(({ data, count: own, name }) => data === 'clustered' && own === count && name === wanted)
  const [fifty, hundred, bytes] = [at(50_000, 'ours'), at(100_000, 'ours'), at(100_000, 'everyByteOnce')]
  if (!fifty || !hundred || !bytes) return
  const faster = fifty.beside / p50(fifty)
  const beside = p50(hundred) / p50(bytes)
  report.floors.push(
    {
      name: 'speed of ours beside plain JS at 50,000',
      floor: `>= ${TIMES_PLAIN}x`,
      value: `${faster.toFixed(1)}x`,
      held: faster >= TIMES_PLAIN,
    },
    {
      name: 'query of ours beside reading its coarse plane once, at 100,000',
      floor: `<= ${TIMES_READING}x`,
      value: `${beside.toFixed(2)}x`,
      held: beside <= TIMES_READING,
    },
  )
}

const p50 = ({ times }: Measured): number => quantile(times, 0.5)

const figure = (value: number | undefined, digits: number): string =>
  value === undefined || Number.isNaN(value) ? '-' : value.toFixed(digits)

const megabytes = (bytes: number | undefined): string => figure(bytes === undefined ? NaN : bytes / 1e6, 1)
