import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Failure, inNewBrowser, type Session } from './browser'
import type { DataName } from './data'
import type { Asked, ContestantName, Sample } from './worker'

export interface Task {
  data: DataName
  count: number
  queries: number
  /** Built in one worker and asked in turn. The first is what the others are compared with. */
  contestants: readonly ContestantName[]
  /** Those that are saved, and loaded again by a browser of their own. */
  saved: readonly ContestantName[]
}

export interface Measured extends Asked {
  data: DataName
  count: number
  /** Milliseconds. */
  build: number
  /** Bytes that the process grew by at most. */
  growth?: number
  /** Median of the first contestant's queries in the same worker. */
  beside: number
  saved?: { milliseconds: number; bytes: number }
  /** Milliseconds in a new browser. */
  loaded?: number
  /** Why figures are missing. */
  failure?: string
}

interface Place {
  executablePath: string
  address: string
}

/**
 * One worker in which all contestants of a task compete, and a new browser for each that is loaded again. Whoever fails has
 * the reason in its row, and the figures that it got before.
 */
export async function compete(place: Place, task: Task): Promise<Measured[]> {
  const profile = mkdtempSync(join(tmpdir(), 'fumikura-index-'))
  try {
    const rows = task.contestants.map((name) => emptyRow(name, task))
    const samples = await inNewBrowser({ ...place, profile }, (session) => inOneWorker(session, task, rows))
    for (const [row, sample] of samples) {
      await tryStep(row, 'load', async () => {
        const load = (session: Session) => session.load(row.name, task.count, sample)
        const { milliseconds, same } = await inNewBrowser({ ...place, profile }, load)
        if (!same) throw new Failure('the loaded index answers otherwise')
        row.loaded = milliseconds
      })
    }
    return rows
  } finally {
    rmSync(profile, { recursive: true, force: true })
  }
}

export const emptyRow = (name: ContestantName, { data, count }: Pick<Task, 'data' | 'count'>): Measured => ({
  name,
  data,
  count,
  build: NaN,
  times: [],
  recall: NaN,
  beside: NaN,
})

async function inOneWorker(session: Session, task: Task, rows: Measured[]): Promise<[Measured, Sample][]> {
  await session.prepare(task.data, task.count, task.queries)
  for (const row of rows) {
    await tryStep(row, 'build', async () => {
      const [milliseconds, growth] = await session.growth(() => session.build(row.name))
      row.build = milliseconds
      if (growth !== undefined) row.growth = growth
    })
  }
  // Only a contestant that is alone with the first may fail here: whoever it was, it is the last.
  await tryStep(rows.at(-1)!, 'query', async () => {
    for (const asked of await session.ask())
      Object.assign(
        rows.find(({ name }) => name === asked.name)!,
        asked,
      )
    for (const row of rows) row.beside = quantile(rows[0]!.times, 0.5)
  })
  const samples: [Measured, Sample][] = []
  for (const row of rows.filter(({ name, failure }) => task.saved.includes(name) && !failure)) {
    await tryStep(row, 'save', async () => {
      const sample = await session.sample(row.name)
      const saved = await session.save(row.name)
      if (saved.bytes === 0) throw new Failure('wrote an empty index, and said nothing')
      row.saved = saved
      samples.push([row, sample])
    })
  }
  return samples
}

/** What our own code throws is no result, and ends the measurement. */
async function tryStep(row: Measured, step: string, work: () => Promise<void>): Promise<void> {
  if (row.failure) return
  try {
    await work()
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    row.failure = error.message.startsWith(`${step}:`) ? error.message : `${step}: ${error.message}`
  }
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN
}
