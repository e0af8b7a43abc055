import { expose } from '../../../src/threads/expose'
import type { Contestant } from './contestant'
import { type Data, type DataName, LIMIT, makeData, queryOf, recallOf } from './data'
import { hnswlib } from './hnswlib'
import { orama } from './orama'
import { ours, oursWithoutSimd } from './ours'
import { plainJavaScript } from './plain-javascript'
import { everyByteOnce } from './reading'
import { voy, voyGuarded } from './voy'

const contestants = { plainJavaScript, ours, everyByteOnce, oursWithoutSimd, voy, voyGuarded, hnswlib, orama }

export type ContestantName = keyof typeof contestants

export interface Asked {
  name: ContestantName
  /** Milliseconds of each query. */
  times: number[]
  /** Of the ten nearest rows by float64, the part that was found. */
  recall: number
  memory?: number
  candidates?: number[]
  /** What a query threw; it was asked no more then. */
  failure?: string
}

/** Questions with what was answered, for the index as it is loaded again. */
export interface Sample {
  queries: number[][]
  hits: number[][]
}

const WARM_UP = 3
const SAMPLE = 5

let data: Data
let size: number
const built = new Map<ContestantName, Contestant>()

/** What a library threw, in its own words: over threads an error would become one of ours. */
async function inWords<Result>(work: () => Promise<Result>): Promise<Result | { failure: string }> {
  try {
    return await work()
  } catch (error) {
    return { failure: error instanceof Error ? `${error.name}: ${error.message}` : String(error) }
  }
}

async function timed(work: () => unknown): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

const api = {
  prepare(name: DataName, count: number, queries: number): void {
    data = makeData(name, count, queries)
    size = count
  },

  build: (name: ContestantName) =>
    inWords(async () => {
      ;(globalThis as { gc?: () => void }).gc?.()
      const contestant = contestants[name](size)
      const milliseconds = await timed(() => contestant.build(data.vectors))
      built.set(name, contestant)
      return milliseconds
    }),

  /** Each query to each in turn, so that a busy machine is busy for all of them. */
  async ask(): Promise<Asked[]> {
    const asked = [...built].map(([name, contestant]) => ({ contestant, row: emptyRow(name) }))
    for (let number = -WARM_UP; number < data.enough.length; number++) {
      for (const { contestant, row } of asked) {
        if (row.failure) continue
        const failed = await inWords(() => askOne(contestant, row, number))
        if (failed) row.failure = failed.failure
      }
    }
    return asked.map(({ contestant, row }) => (contestant.memory ? { ...row, memory: contestant.memory() } : row))
  },

  save: (name: ContestantName) =>
    inWords(async () => {
      let bytes = 0
      const milliseconds = await timed(async () => (bytes = await built.get(name)!.save!()))
      return { milliseconds, bytes }
    }),

  /** Some queries with the hits of an index that was built here. */
  sample: (name: ContestantName) =>
    inWords(async (): Promise<Sample> => {
      const queries = Array.from({ length: SAMPLE }, (_, number) => queryOf(data, number))
      const hits: number[][] = []
      for (const query of queries) hits.push(await built.get(name)!.search(query, LIMIT))
      return { queries: queries.map((query) => [...query]), hits }
    }),

  /** In a new browser. @returns milliseconds, and whether the index answers as it did before it was saved */
  load: (name: ContestantName, count: number, { queries, hits }: Sample) =>
    inWords(async () => {
      const contestant = contestants[name](count)
      const milliseconds = await timed(() => contestant.load!())
      let same = true
      for (const [number, query] of queries.entries()) {
        const found = await contestant.search(Float32Array.from(query), LIMIT)
        same &&= found.join() === hits[number]!.join()
      }
      return { milliseconds, same }
    }),
}

const emptyRow = (name: ContestantName): Asked => ({ name, times: [], recall: 0 })

async function askOne(contestant: Contestant, row: Asked, number: number): Promise<void> {
  const place = Math.max(number, 0)
  const query = queryOf(data, place)
  const start = performance.now()
  const result = contestant.search(query, LIMIT)
  const found = result instanceof Promise ? await result : result
  const elapsed = performance.now() - start
  if (number < 0) return
  row.times.push(elapsed)
  row.recall += recallOf(data, place, found) / data.enough.length
  if (contestant.candidates) (row.candidates ??= []).push(contestant.candidates())
}

export type IndexBenchApi = typeof api

expose(api)
