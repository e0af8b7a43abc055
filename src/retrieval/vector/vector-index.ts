import type { DocumentHash } from '../../domain'

/**
 * Vectors of one document as they are stored and searched: row i belongs to the passage with ordinal i.
 *
 * A row x is kept as two planes of int8 with one scale: x ≈ scale · (coarse + fine / 254). `residuals` holds a bound of
 * ‖x − scale · coarse‖, the error that a scan of the coarse plane alone can make, for x as it was and as it is stored;
 * with it a search is exact for the stored 16-bit vectors.
 */
export interface QuantizedVectors {
  /** A multiple of 16, at most 1,024. */
  dimension: number
  /** count × dimension. */
  coarse: Int8Array<ArrayBuffer>
  /** count × dimension. */
  fine: Int8Array<ArrayBuffer>
  /** count. */
  scales: Float32Array<ArrayBuffer>
  /** count. */
  residuals: Float32Array<ArrayBuffer>
}

export interface VectorHit {
  document: DocumentHash
  ordinal: number
  /** Inner product with the query: the cosine, when both have length 1. */
  score: number
}

export interface VectorSearchOptions {
  /** Hits wanted, at most. */
  limit: number
  /** Only these documents are scanned; absent: all. */
  documents?: readonly DocumentHash[]
  /** Hits below are left out. */
  threshold?: number
}

/** A set of vectors by document. Hits come best first; equal scores in the order of document and ordinal. */
export interface VectorIndex {
  readonly dimension: number
  /** Number of vectors. */
  readonly size: number
  /** Adds the vectors of a document, in place of those it had. */
  add(document: DocumentHash, vectors: QuantizedVectors): void
  /** Without effect where there are none. */
  remove(document: DocumentHash): void
  has(document: DocumentHash): boolean
  /** @throws InvalidVector when the query has another dimension, is zero, or is not finite */
  search(query: Float32Array, options: VectorSearchOptions): VectorHit[]
  /**
   * The score that a search would give this vector; undefined where there is none.
   * @throws InvalidVector as `search`
   */
  score(query: Float32Array, document: DocumentHash, ordinal: number): number | undefined
  /** What was added for a document, or undefined. */
  snapshot(document: DocumentHash): QuantizedVectors | undefined
  /** Frees what garbage collection does not. */
  dispose(): void
}
