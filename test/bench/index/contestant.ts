/** What the benchmark asks of every index: rows by number in, the numbers of the nearest rows out. */
export interface Contestant {
  /** @param vectors count × DIMENSION, of length 1 */
  build(vectors: Float32Array): void | Promise<void>
  /** Nearest first. What only measures memory returns nothing. */
  search(query: Float32Array, limit: number): number[] | Promise<number[]>
  /** Bytes that the index says it holds. */
  memory?(): number
  /** Rows that the last search scored a second time. */
  candidates?(): number
  /** Writes the index to IndexedDB. @returns the bytes of what was written */
  save?(): Promise<number>
  /** Instead of `build`, in a browser that was started for it: the index as it was saved, ready to search. */
  load?(): Promise<void>
}

export const DIMENSION = 384
