/** What the benchmark asks of every index: rows by number in, the numbers of the nearest rows out. */
export interface Contestant {
  name: string
  /** @param vectors count × DIMENSION, of length 1 */
  build(vectors: Float32Array): void | Promise<void>
  /** Nearest first. What only measures memory returns nothing. */
  search(query: Float32Array, limit: number): number[] | Promise<number[]>
  /** Bytes of memory that the index holds, where it can be told. */
  memory?(): number
  /** Bytes that are to be written to have the index again. */
  saved?(): number | Promise<number>
  /** Rows that the last search scored a second time. */
  candidates?(): number
}

export const DIMENSION = 384
export const DOCUMENT_ROWS = 25
