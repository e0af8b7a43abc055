import type { DocumentHash } from '../domain'
import type { QuantizedVectors } from '../retrieval/vector/vector-index'
import type { VectorSlice } from './vector-packs'

/** Vectors that belong into rows `at` and after of a whole. */
export interface VectorPart {
  at: number
  vectors: QuantizedVectors
}

/** Rows [first, first + count), as views. */
export function rowsOf(vectors: QuantizedVectors, first: number, count: number): QuantizedVectors {
  const { dimension } = vectors
  return {
    dimension,
    coarse: vectors.coarse.subarray(first * dimension, (first + count) * dimension),
    fine: vectors.fine.subarray(first * dimension, (first + count) * dimension),
    scales: vectors.scales.subarray(first, first + count),
    residuals: vectors.residuals.subarray(first, first + count),
  }
}

/** A whole of `rows` rows; those that no part covers are zero. */
export function joinParts(dimension: number, rows: number, parts: readonly VectorPart[]): QuantizedVectors {
  const joined: QuantizedVectors = {
    dimension,
    coarse: new Int8Array(rows * dimension),
    fine: new Int8Array(rows * dimension),
    scales: new Float32Array(rows),
    residuals: new Float32Array(rows),
  }
  for (const { at, vectors } of parts) {
    joined.coarse.set(vectors.coarse, at * dimension)
    joined.fine.set(vectors.fine, at * dimension)
    joined.scales.set(vectors.scales, at)
    joined.residuals.set(vectors.residuals, at)
  }
  return joined
}

/** Collects the slices of documents, and delivers each document when it is whole. */
export class SliceCollector {
  #waiting = new Map<DocumentHash, VectorPart[]>()

  constructor(readonly deliver: (document: DocumentHash, vectors: QuantizedVectors) => void) {}

  /** `vectors` are those of the pack that the slice lies in; what is delivered may be views of them. */
  add({ document, row, first, count, of }: VectorSlice, vectors: QuantizedVectors): void {
    const part = { at: first, vectors: rowsOf(vectors, row, count) }
    if (count === of) return this.deliver(document, part.vectors)
    const parts = [...(this.#waiting.get(document) ?? []), part]
    this.#waiting.set(document, parts)
    if (parts.reduce((rows, { vectors }) => rows + vectors.scales.length, 0) < of) return
    this.#waiting.delete(document)
    this.deliver(document, joinParts(vectors.dimension, of, parts))
  }
}
