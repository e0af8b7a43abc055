import { afterEach, expect, test, vi } from 'vitest'
import { ExactVectorIndex } from '../../../../src/retrieval/vector/exact-index'
import { createEngine, PAGE_BYTES, scalarEngine, simdEngine } from '../../../../src/retrieval/vector/kernels/engine'
import { quantize } from '../../../../src/retrieval/vector/quantize'
import { Random } from '../../../fixtures/random'
import { hardComponents, hardVectors } from '../../../fixtures/vectors'

afterEach(() => vi.unstubAllGlobals())

const isNative = ({ kernels }: ReturnType<typeof createEngine>) => kernels.scan.toString().includes('[native code]')

/** A browser without SIMD has WebAssembly and finds the module invalid; some modes switch WebAssembly off altogether. */
const without = {
  SIMD: { ...Object.fromEntries(Object.entries(WebAssembly)), validate: () => false },
  WebAssembly: undefined,
}

test.each(Object.entries(without))(
  'without %s the kernels are those in JavaScript, and the hits the same',
  (_, value) => {
    const random = new Random(1)
    const vectors = quantize(hardVectors(random, hardComponents.outliers, 500, 64), 64)
    const query = hardVectors(random, hardComponents.outliers, 1, 64)
    const search = () => {
      const index = new ExactVectorIndex(64)
      index.add('a', vectors)
      return index.search(query, { limit: 10 })
    }
    expect(isNative(createEngine())).toBe(true)
    const wanted = search()
    vi.stubGlobal('WebAssembly', value)
    expect(isNative(createEngine())).toBe(false)
    expect(search()).toEqual(wanted)
  },
)

test('a scan tells the greatest of the bounds that it writes: slabs below what is wanted are passed over by it', () => {
  const [rows, dimension] = [100, 48]
  const figures = 8192
  const upper = figures + 3 * 512
  const scans = [simdEngine(), scalarEngine()].map(({ memory, kernels }) => {
    memory.grow(1)
    const random = new Random(2)
    new Int8Array(memory.buffer, 0, rows * dimension).forEach((_, at, all) => (all[at] = random.integer(-127, 127)))
    new Float32Array(memory.buffer, figures, 3 * 128).forEach((_, at, all) => (all[at] = random.next()))
    const query = PAGE_BYTES / 2
    new Int16Array(memory.buffer, query, dimension).forEach((_, at, all) => (all[at] = random.integer(-32767, 32767)))
    const scan = (count: number) =>
      kernels.scan(0, figures, figures + 512, figures + 1024, count, dimension, query, 3, 7, upper, 0, 0)
    expect(scan(0)).toBe(-Infinity)
    const greatest = scan(rows)
    return { greatest, bounds: [...new Float32Array(memory.buffer, upper, rows)] }
  })
  expect(scans[1]).toEqual(scans[0])
  expect(scans[0]!.greatest).toBe(Math.max(...scans[0]!.bounds))
})
