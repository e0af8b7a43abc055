import { expose } from '../../../src/threads/expose'
import { Random } from '../../fixtures/random'
import { ClusteredVectors, hardComponents, hardVectors } from '../../fixtures/vectors'
import { type Contestant, DIMENSION, DOCUMENT_ROWS } from './contestant'
import { everyByteOnce, ours, oursWithoutSimd, plainJavaScript } from './ours'
import { hnswlib, orama, voy } from './peers'

export type DataName = 'clustered' | keyof typeof hardComponents

export interface Task {
  data: DataName
  count: number
  /** Rows to make; a task with fewer takes the first of them. */
  of: number
  queries: number
  contestants: (keyof typeof contestants)[]
  /** Whether the saved form of those is made that take long over it. */
  saveAll: boolean
}

export interface Measured {
  name: string
  build: number
  /** Milliseconds of each query. */
  times: number[]
  /** Of the ten nearest rows by float64, the part that was found. */
  recall: number
  memory?: number
  saved?: number
  candidates?: number[]
}

const LIMIT = 10
const WARM_UP = 3
/** Beyond it a saved form that is text takes long to make. */
const SAVED_ROWS = 10_000

const contestants = { plainJavaScript, ours, everyByteOnce, oursWithoutSimd, voy, hnswlib, orama }

interface Data {
  vectors: Float32Array
  queries: Float32Array
}

let made: { key: string; data: Data } | undefined

function dataOf({ data, of, queries }: Task): Data {
  const key = `${data} ${of}`
  if (made?.key !== key) made = { key, data: data === 'clustered' ? clustered(of, queries) : hard(data, of, queries) }
  return made.data
}

/** Queries come from the first 40 documents, so that they have neighbours in any number of rows. */
function clustered(count: number, queries: number): Data {
  const clusters = new ClusteredVectors(new Random(1), DIMENSION, count / DOCUMENT_ROWS)
  const vectors = clusters.vectors(count)
  const asked = new Float32Array(queries * DIMENSION)
  for (let query = 0; query < queries; query++) {
    clusters.write(query % 40, asked.subarray(query * DIMENSION, (query + 1) * DIMENSION))
  }
  return { vectors, queries: asked }
}

function hard(name: keyof typeof hardComponents, count: number, queries: number): Data {
  const random = new Random(7)
  const vectors = hardVectors(random, hardComponents[name], count, DIMENSION, 1000)
  return { vectors, queries: hardVectors(random, hardComponents[name], queries, DIMENSION) }
}

const api = {
  /** Builds all, then asks each query of each in turn, so that a busy machine is busy for all of them. */
  async measure(task: Task): Promise<Measured[]> {
    const data = dataOf(task)
    const vectors = data.vectors.subarray(0, task.count * DIMENSION)
    const runs: { contestant: Contestant; measured: Measured }[] = []
    for (const name of task.contestants) {
      const contestant = contestants[name]()
      const start = performance.now()
      await contestant.build(vectors)
      const build = performance.now() - start
      runs.push({ contestant, measured: { name: contestant.name, build, times: [], recall: 0 } })
    }
    for (let query = -WARM_UP; query < task.queries; query++) await ask(runs, data, query, task.queries)
    for (const { contestant, measured } of runs) await weigh(contestant, measured, task)
    return runs.map(({ measured }) => measured)
  },
}

async function ask(
  runs: { contestant: Contestant; measured: Measured }[],
  { queries }: Data,
  number: number,
  count: number,
): Promise<void> {
  const place = (Math.max(number, 0) % count) * DIMENSION
  const query = queries.slice(place, place + DIMENSION)
  let truth: Set<number> | undefined
  for (const { contestant, measured } of runs) {
    const start = performance.now()
    const result = contestant.search(query, LIMIT)
    const found = result instanceof Promise ? await result : result
    const elapsed = performance.now() - start
    truth ??= new Set(found)
    if (number < 0) continue
    measured.times.push(elapsed)
    measured.recall += found.filter((row) => truth!.has(row)).length / truth.size / count
    if (contestant.candidates) (measured.candidates ??= []).push(contestant.candidates())
  }
}

async function weigh(contestant: Contestant, measured: Measured, { count, saveAll }: Task): Promise<void> {
  if (contestant.memory) measured.memory = contestant.memory()
  const quick = contestant.name.startsWith('ours') || contestant.name === 'plain JS'
  if (contestant.saved && (quick || saveAll || count <= SAVED_ROWS)) measured.saved = await contestant.saved()
}

export type IndexBenchApi = typeof api

expose(api)
