import { Random } from '../../fixtures/random'
import { ClusteredVectors, hardComponents, hardVectors, toLengthOne } from '../../fixtures/vectors'
import { DIMENSION } from './contestant'

export type DataName = 'clustered' | keyof typeof hardComponents

/** Hits that a query asks for. */
export const LIMIT = 10

/** Rows of a document in the clustered data. */
const CLUSTER_ROWS = 25

export interface Data {
  /** count × DIMENSION, of length 1, and so are the queries. */
  vectors: Float32Array<ArrayBuffer>
  queries: Float32Array<ArrayBuffer>
  /** Of each query the LIMIT-th greatest score: who reaches it is among the nearest. */
  enough: Float64Array
}

export function makeData(name: DataName, count: number, queries: number): Data {
  const made = name === 'clustered' ? clustered(count, queries) : hard(name, count, queries)
  return { ...made, enough: Float64Array.from({ length: queries }, (_, query) => scoreOfLast(made, query)) }
}

export const queryOf = ({ queries }: Pick<Data, 'queries'>, number: number): Float32Array<ArrayBuffer> =>
  queries.slice(number * DIMENSION, (number + 1) * DIMENSION)

/** The part of the nearest that is among `found`; rows that score alike are as good as each other. */
export function recallOf(data: Data, query: number, found: readonly number[]): number {
  const near = [...new Set(found)].filter((row) => score(data, query, row) >= data.enough[query]!)
  return Math.min(near.length, LIMIT) / LIMIT
}

/** New vectors of the same documents ask. */
function clustered(count: number, queries: number) {
  const clusters = new ClusteredVectors(new Random(1), DIMENSION, count / CLUSTER_ROWS)
  const vectors = clusters.vectors(count)
  const asked = new Float32Array(queries * DIMENSION)
  for (let query = 0; query < queries; query++) clusters.write(query * 7, rowOf(asked, query))
  return { vectors, queries: asked }
}

/** A fifth of the rows are near copies of others; every second query is near some row, and so near all copies of it. */
function hard(name: keyof typeof hardComponents, count: number, queries: number) {
  const random = new Random(7)
  const vectors = hardVectors(random, hardComponents[name], count, DIMENSION, count / 10)
  const asked = hardVectors(random, hardComponents[name], queries, DIMENSION)
  for (let query = 1; query < queries; query += 2) {
    const own = rowOf(asked, query)
    const near = rowOf(vectors, random.integer(0, count - 1))
    own.forEach((value, at) => (own[at] = near[at]! + 0.3 * value))
    toLengthOne(own)
  }
  return { vectors, queries: asked }
}

const rowOf = (vectors: Float32Array<ArrayBuffer>, row: number): Float32Array<ArrayBuffer> =>
  vectors.subarray(row * DIMENSION, (row + 1) * DIMENSION)

/** In float64, from the vectors before any rounding. */
function score({ vectors, queries }: Pick<Data, 'vectors' | 'queries'>, query: number, row: number): number {
  let sum = 0
  for (let at = 0; at < DIMENSION; at++) sum += queries[query * DIMENSION + at]! * vectors[row * DIMENSION + at]!
  return sum
}

function scoreOfLast(data: Pick<Data, 'vectors' | 'queries'>, query: number): number {
  const greatest = new Float64Array(LIMIT).fill(-Infinity)
  for (let row = 0; row * DIMENSION < data.vectors.length; row++) {
    const own = score(data, query, row)
    if (own <= greatest[0]!) continue
    greatest[0] = own
    greatest.sort()
  }
  return greatest[0]!
}
