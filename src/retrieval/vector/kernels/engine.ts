import type { GrowingMemory, Kernels } from './kernels'
import binary from './scan.ts?assemblyscript'
import { scalarKernels } from './scalar'

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
