import type { DocumentHash } from '../../domain'
import { InvalidVector } from '../../errors'
import { DocumentRows } from './document-rows'
import { createEngine, type Engine } from './kernels/engine'
import { prepareQuery } from './prepare-query'
import { checkDimension, checkVectors, storedScore } from './quantize'
import { RowStore } from './row-store'
import { byScore } from './score-order'
import type { QuantizedVectors, VectorHit, VectorIndex, VectorSearchOptions } from './vector-index'

/** Rows without a document are closed up when they are more than this part of all, and more than a quarter of a slab. */
const UNUSED_PART = 0.25
const UNUSED_ROWS = 1024

/**
 * An exact index: the hits are those of a float64 scan of all stored vectors, and so are the scores.
 *
 * One pass reads the coarse plane only and bounds each row's score from both sides. At least k rows reach the k-th
 * greatest lower bound; what stays below it even with its upper bound is not among the best k. The few rows left are
 * scored with both planes.
 */
export class ExactVectorIndex implements VectorIndex {
  #rows: RowStore | undefined
  #documents = new DocumentRows()
  /** Rows that the last search scored with both planes. */
  candidates = 0

  /** @throws InvalidVector unless the dimension is a multiple of 16 and at most 1,024 */
  constructor(
    readonly dimension: number,
    readonly createEngineOfRows: () => Engine = createEngine,
  ) {
    checkDimension(dimension)
  }

  get size(): number {
    return this.#documents.size
  }

  /** Bytes of memory taken. It grows only: the rows of removed documents are used for others. */
  get bytes(): number {
    return this.#rows?.bytes ?? 0
  }

  /**
   * @throws InvalidVector when the vectors have another dimension or figures that quantize() does not make
   * @throws RangeError when there is no memory for them; the document then keeps those it had
   */
  add(document: DocumentHash, vectors: QuantizedVectors): void {
    checkVectors(vectors, this.dimension)
    const rows = (this.#rows ??= new RowStore(this.dimension, this.createEngineOfRows()))
    const count = vectors.scales.length
    rows.reserve(this.#documents.place(count) + count)
    this.remove(document)
    rows.write(this.#documents.place(count), vectors)
    this.#documents.assign(document, count)
  }

  remove(document: DocumentHash): void {
    this.#documents.release(document)
    const { unused, size } = this.#documents
    if (unused > UNUSED_ROWS && unused > UNUSED_PART * (unused + size)) {
      this.#documents.compact((range, to) => this.#rows?.move(range, to))
    }
  }

  has(document: DocumentHash): boolean {
    return this.#documents.has(document)
  }

  search(query: Float32Array, { limit, documents, threshold = -Infinity }: VectorSearchOptions): VectorHit[] {
    this.#check(query)
    const prepared = prepareQuery(query)
    this.candidates = 0
    const ranges = this.#documents.ranges(documents)
    if (!this.#rows || ranges.length === 0 || !(limit > 0)) return []
    const enough = this.#rows.scan(ranges, prepared, limit)
    const least = Math.max(enough, inSteps(threshold, prepared.stepsPerUnit))
    const hits: VectorHit[] = []
    this.#rows.rescore(query, least, (row, score) => {
      this.candidates++
      if (score >= threshold) hits.push({ ...this.#documents.locate(row), score })
    })
    return hits.sort(byScore).slice(0, limit)
  }

  score(query: Float32Array, document: DocumentHash, ordinal: number): number | undefined {
    this.#check(query)
    const [start, end] = this.#documents.get(document) ?? [0, 0]
    const row = start + ordinal
    return this.#rows && row < end ? storedScore(this.#rows.read([row, row + 1]), 0, query) : undefined
  }

  snapshot(document: DocumentHash): QuantizedVectors | undefined {
    const range = this.#documents.get(document)
    return range && this.#rows?.read(range)
  }

  #check(query: Float32Array): void {
    if (query.length !== this.dimension) throw new InvalidVector({ reason: 'dimension', dimension: query.length })
  }

  dispose(): void {
    this.#rows = undefined
    this.#documents = new DocumentRows()
  }
}

/** A score in the steps that a scan counts in, rounded down in single precision. */
const inSteps = (score: number, stepsPerUnit: number): number =>
  score * stepsPerUnit - Math.abs(score * stepsPerUnit) * 2 ** -20
