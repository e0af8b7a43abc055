import { createEngine, PAGE_BYTES, type Engine } from './kernels/engine'
import type { GrowingMemory, Kernels } from './kernels/kernels'
import type { PreparedQuery } from './prepare-query'
import { MAX_DIMENSION, roundUp } from './quantize'
import type { QuantizedVectors } from './vector-index'

/** Rows of a slab. Rows are numbered through all slabs. */
const SLAB_ROWS = 4096

/** Greatest lower bounds that a scan keeps. */
const MAX_HEAP = 4096

/** Rows [start, end). */
export type RowRange = readonly [start: number, end: number]

/** Rows of one slab that lie together. */
interface Piece {
  /** Byte offset of the slab. */
  slab: number
  /** Number of the first row within the slab, and among all rows. */
  from: number
  row: number
  count: number
}

/** The front of the memory: the query in both forms, the heap, and the candidates of one slab with their scores. */
const STEPS = 0
const QUERY = STEPS + 2 * MAX_DIMENSION
const HEAP = QUERY + 8 * MAX_DIMENSION
const CANDIDATES = HEAP + 4 * MAX_HEAP
const SCORES = CANDIDATES + 4 * SLAB_ROWS
const FRONT_PAGES = Math.ceil((SCORES + 8 * SLAB_ROWS) / PAGE_BYTES)

/**
 * Rows in one memory that grows by whole slabs, so that growing moves nothing. A slab holds its coarse rows one after
 * another, then the fine ones, then figures per row: scale, residual, norm of the coarse row (rounded up), and the upper
 * bound that the last scan wrote.
 */
export class RowStore {
  readonly #memory: GrowingMemory
  readonly #kernels: Kernels
  #slabs = 0
  /** What the last scan read, with the greatest upper bound of a score in it. */
  #scanned: { piece: Piece; greatest: number }[] = []

  constructor(
    readonly dimension: number,
    engine: Engine = createEngine(),
  ) {
    this.#memory = engine.memory
    this.#kernels = engine.kernels
    this.#memory.grow(FRONT_PAGES)
  }

  /** Bytes of memory taken. */
  get bytes(): number {
    return this.#memory.buffer.byteLength
  }

  /** A whole number of pages for every dimension: 4,096 × 16 bytes are one. */
  get #slabBytes(): number {
    return SLAB_ROWS * (2 * this.dimension + 16)
  }

  /**
   * Makes room for this many rows and, where there is memory, for a quarter more than there were: growing stays rare.
   * @throws RangeError when there is no such memory; the rows stay as they were
   */
  reserve(rows: number): void {
    const missing = Math.ceil(rows / SLAB_ROWS) - this.#slabs
    if (missing <= 0) return
    const ample = Math.max(missing, this.#slabs >> 2)
    try {
      this.#addSlabs(ample)
    } catch (error) {
      if (!(error instanceof RangeError) || ample === missing) throw error
      this.#addSlabs(missing)
    }
  }

  #addSlabs(slabs: number): void {
    this.#memory.grow((slabs * this.#slabBytes) / PAGE_BYTES)
    this.#slabs += slabs
  }

  /** Writes all rows of `vectors` from row `start` on; there must be room. */
  write(start: number, { coarse, fine, scales, residuals }: QuantizedVectors): void {
    const { dimension } = this
    for (const piece of this.#pieces([start, start + scales.length])) {
      const first = piece.row - start
      const last = first + piece.count
      const rows = this.#views(piece)
      rows.coarse.set(coarse.subarray(first * dimension, last * dimension))
      rows.fine.set(fine.subarray(first * dimension, last * dimension))
      rows.scales.set(scales.subarray(first, last))
      rows.residuals.set(residuals.subarray(first, last))
      for (let row = 0; row < piece.count; row++) {
        const length = lengthOf(rows.coarse, row * dimension, dimension)
        rows.norms[row] = roundUp(length * rows.scales[row]!)
      }
    }
  }

  /** A copy of the rows. */
  read([start, end]: RowRange): QuantizedVectors {
    const { dimension } = this
    const count = end - start
    const copy: QuantizedVectors = {
      dimension,
      coarse: new Int8Array(count * dimension),
      fine: new Int8Array(count * dimension),
      scales: new Float32Array(count),
      residuals: new Float32Array(count),
    }
    for (const piece of this.#pieces([start, end])) {
      const rows = this.#views(piece)
      const first = piece.row - start
      copy.coarse.set(rows.coarse, first * dimension)
      copy.fine.set(rows.fine, first * dimension)
      copy.scales.set(rows.scales, first)
      copy.residuals.set(rows.residuals, first)
    }
    return copy
  }

  /** Moves rows [start, end) to the front, to row `to` < start. */
  move([start, end]: RowRange, to: number): void {
    // Slab by slab, so that what overlaps is copied before it is overwritten.
    for (let row = start; row < end; row += SLAB_ROWS) {
      this.write(row - start + to, this.read([row, Math.min(end, row + SLAB_ROWS)]))
    }
  }

  /**
   * Bounds the score of every row in the ranges and returns the `count`-th greatest lower bound, in steps of the query:
   * as many rows score at least that. Minus infinity when there are fewer rows, or `count` is over MAX_HEAP.
   */
  scan(ranges: readonly RowRange[], query: PreparedQuery, count: number): number {
    const size = count > MAX_HEAP ? 0 : count
    new Int16Array(this.#memory.buffer, STEPS, this.dimension).set(query.steps)
    const heap = new Float32Array(this.#memory.buffer, HEAP, size).fill(-Infinity)
    const { residualWeight, normWeight } = query
    this.#scanned = ranges
      .flatMap((range) => this.#pieces(range))
      .map((piece) => {
        const { coarse, scales, residuals, norms, upper } = this.#addresses(piece)
        const greatest = this.#kernels.scan(
          coarse,
          scales,
          residuals,
          norms,
          piece.count,
          this.dimension,
          STEPS,
          residualWeight,
          normWeight,
          upper,
          HEAP,
          size,
        )
        return { piece, greatest }
      })
    return heap[0] ?? -Infinity
  }

  /** Of the rows just scanned those whose score may reach `least` (in steps), each with its score from both planes. */
  rescore(query: Float32Array, least: number, found: (row: number, score: number) => void): void {
    new Float64Array(this.#memory.buffer, QUERY, this.dimension).set(query)
    for (const { piece, greatest } of this.#scanned) {
      if (greatest < least) continue
      const { coarse, fine, scales, upper } = this.#addresses(piece)
      const count = this.#kernels.collect(upper, piece.count, least, CANDIDATES)
      if (count === 0) continue
      this.#kernels.rescore(coarse, fine, scales, this.dimension, QUERY, CANDIDATES, count, SCORES)
      const rows = new Int32Array(this.#memory.buffer, CANDIDATES, count)
      const scores = new Float64Array(this.#memory.buffer, SCORES, count)
      rows.forEach((row, at) => found(piece.row + row, scores[at]!))
    }
  }

  #pieces([start, end]: RowRange): Piece[] {
    const pieces: Piece[] = []
    for (let row = start; row < end;) {
      const from = row % SLAB_ROWS
      const count = Math.min(end - row, SLAB_ROWS - from)
      const slab = FRONT_PAGES * PAGE_BYTES + Math.floor(row / SLAB_ROWS) * this.#slabBytes
      pieces.push({ slab, from, row, count })
      row += count
    }
    return pieces
  }

  #addresses({ slab, from }: Piece) {
    const plane = SLAB_ROWS * this.dimension
    const figures = slab + 2 * plane + 4 * from
    return {
      coarse: slab + from * this.dimension,
      fine: slab + plane + from * this.dimension,
      scales: figures,
      residuals: figures + 4 * SLAB_ROWS,
      norms: figures + 8 * SLAB_ROWS,
      upper: figures + 12 * SLAB_ROWS,
    }
  }

  /** Made anew for every use: growing the memory detaches them. */
  #views(piece: Piece) {
    const { buffer } = this.#memory
    const at = this.#addresses(piece)
    return {
      coarse: new Int8Array(buffer, at.coarse, piece.count * this.dimension),
      fine: new Int8Array(buffer, at.fine, piece.count * this.dimension),
      scales: new Float32Array(buffer, at.scales, piece.count),
      residuals: new Float32Array(buffer, at.residuals, piece.count),
      norms: new Float32Array(buffer, at.norms, piece.count),
    }
  }
}

function lengthOf(rows: Int8Array, start: number, dimension: number): number {
  let squares = 0
  for (let at = start; at < start + dimension; at++) squares += rows[at]! ** 2
  return Math.sqrt(squares)
}
