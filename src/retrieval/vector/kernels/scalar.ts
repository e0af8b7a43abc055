import { FINE_STEPS } from '../quantize'
import type { GrowingMemory, Kernels } from './kernels'

const { fround } = Math

/** The kernels of scan.ts in JavaScript, with the same roundings in the same places, for browsers without SIMD. */
export function scalarKernels(memory: GrowingMemory): Kernels {
  const floats = (offset: number, length: number) => new Float32Array(memory.buffer, offset, length)
  const bytes = (offset: number, length: number) => new Int8Array(memory.buffer, offset, length)
  return {
    scan(coarse, scales, residuals, norms, count, dimension, query, residualWeight, normWeight, upper, heap, heapSize) {
      const rows = bytes(coarse, count * dimension)
      const steps = new Int16Array(memory.buffer, query, dimension)
      const scaleOf = floats(scales, count)
      const residualOf = floats(residuals, count)
      const normOf = floats(norms, count)
      const upperOf = floats(upper, count)
      const greatest = floats(heap, heapSize)
      let most = -Infinity
      for (let row = 0; row < count; row++) {
        const score = fround(fround(dot(rows, row * dimension, steps)) * scaleOf[row]!)
        const bound = fround(fround(residualOf[row]! * residualWeight) + fround(normOf[row]! * normWeight))
        upperOf[row] = score + bound
        most = Math.max(most, upperOf[row]!)
        const lower = fround(score - bound)
        if (heapSize > 0 && lower > greatest[0]!) replaceLeast(greatest, lower)
      }
      return most
    },
    collect(upper, count, least, rows) {
      const upperOf = floats(upper, count)
      const found = new Int32Array(memory.buffer, rows, count)
      let length = 0
      for (let row = 0; row < count; row++) if (upperOf[row]! >= least) found[length++] = row
      return length
    },
    rescore(coarse, fine, scales, dimension, query, rows, count, scores) {
      const values = new Float64Array(memory.buffer, query, dimension)
      const scored = new Float64Array(memory.buffer, scores, count)
      new Int32Array(memory.buffer, rows, count).forEach((row, each) => {
        const start = row * dimension
        const total = dotOfBoth(bytes(coarse + start, dimension), bytes(fine + start, dimension), values)
        scored[each] = total * (floats(scales, row + 1)[row]! / FINE_STEPS)
      })
    },
  }
}

function dot(rows: Int8Array, start: number, steps: Int16Array): number {
  let sum = 0
  for (let at = 0; at < steps.length; at++) sum = (sum + rows[start + at]! * steps[at]!) | 0
  return sum
}

/** Puts `value` in place of the least of a full binary heap (least on top). */
function replaceLeast(heap: Float32Array, value: number): void {
  let at = 0
  for (;;) {
    let child = 2 * at + 1
    if (child >= heap.length) break
    if (child + 1 < heap.length && heap[child + 1]! < heap[child]!) child++
    if (heap[child]! >= value) break
    heap[at] = heap[child]!
    at = child
  }
  heap[at] = value
}

/** Eight partial sums, as the lanes of four registers hold them, added in the order in which SIMD adds the registers. */
function dotOfBoth(coarse: Int8Array, fine: Int8Array, query: Float64Array): number {
  const lanes = new Float64Array(8)
  for (let at = 0; at < query.length; at++) {
    lanes[at & 7]! += query[at]! * (coarse[at]! * FINE_STEPS + fine[at]!)
  }
  const [a0, a1, b0, b1, c0, c1, d0, d1] = lanes as unknown as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  return a0 + b0 + (c0 + d0) + (a1 + b1 + (c1 + d1))
}
