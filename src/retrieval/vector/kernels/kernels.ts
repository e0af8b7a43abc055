import binary from './scan.ts?assemblyscript'
import { scalarKernels } from './scalar'

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

export interface Engine {
  memory: GrowingMemory
  kernels: Kernels
}

export const PAGE_BYTES = 65536

/** The whole 4 GiB that 32-bit addresses reach. Only what is in use is committed. */
const MAX_PAGES = 65536

/** SIMD kernels where the browser has them (all that we support, outside of modes that switch WebAssembly off). */
export function createEngine(): Engine {
  const simd = typeof WebAssembly === 'object' && WebAssembly.validate(binary)
  return simd ? simdEngine() : scalarEngine()
}

/** @throws CompileError where SIMD is missing */
export function simdEngine(): Engine {
  const memory = new WebAssembly.Memory({ initial: 0, maximum: MAX_PAGES })
  // Compiled at once, on any thread: it is little more than a kilobyte.
  const instance = new WebAssembly.Instance(new WebAssembly.Module(binary), { env: { memory } })
  return {
    memory: {
      get buffer() {
        return memory.buffer as ArrayBuffer
      },
      grow: (pages) => void memory.grow(pages),
    },
    kernels: instance.exports as unknown as Kernels,
  }
}

export function scalarEngine(): Engine {
  let buffer = new ArrayBuffer(0)
  const memory: GrowingMemory = {
    get buffer() {
      return buffer
    },
    grow(pages) {
      const larger = new ArrayBuffer(buffer.byteLength + pages * PAGE_BYTES)
      new Uint8Array(larger).set(new Uint8Array(buffer))
      buffer = larger
    },
  }
  return { memory, kernels: scalarKernels(memory) }
}
