/** The loops of a search. Arguments that are places in the memory are byte offsets; see scan.ts for what each does. */
export interface Kernels {
  scan(
    coarse: number,
    scales: number,
    residuals: number,
    norms: number,
    count: number,
    dimension: number,
    query: number,
    residualWeight: number,
    normWeight: number,
    upper: number,
    heap: number,
    heapSize: number,
  ): number
  collect(upper: number, count: number, least: number, rows: number): number
  rescore(
    coarse: number,
    fine: number,
    scales: number,
    dimension: number,
    query: number,
    rows: number,
    count: number,
    scores: number,
  ): void
}

/** What rows are kept in: WebAssembly.Memory, or the same without WebAssembly. Views are made again after `grow`. */
export interface GrowingMemory {
  readonly buffer: ArrayBuffer
  /** @throws RangeError when the browser does not give that much */
  grow(pages: number): void
}
