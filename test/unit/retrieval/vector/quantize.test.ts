import { expect, test } from 'vitest'
import { InvalidVector } from '../../../../src/errors'
import { checkVectors, dequantize, quantize } from '../../../../src/retrieval/vector/quantize'
import { Random } from '../../../fixtures/random'
import { hardComponents, hardVectors } from '../../../fixtures/vectors'

const lengthOf = (values: number[]) => Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0))

test.each(Object.entries(hardComponents))(
  '%s vectors come back to 16 bits, and their residuals bound the error',
  (_, component) => {
    const dimension = 384
    const vectors = hardVectors(new Random(1), component, 40, dimension)
    const quantized = quantize(vectors, dimension)
    const back = dequantize(quantized)
    quantized.scales.forEach((scale, row) => {
      const start = row * dimension
      const components = Array.from({ length: dimension }, (__, at) => start + at)
      for (const at of components)
        expect(Math.abs(vectors[at]! - back[at]!)).toBeLessThanOrEqual(scale / 254 / 2 + 1e-8)
      const lost = (of: (at: number) => number) =>
        lengthOf(components.map((at) => of(at) - scale * quantized.coarse[at]!))
      const residual = quantized.residuals[row]!
      const stored = (at: number) => scale * (quantized.coarse[at]! + quantized.fine[at]! / 254)
      const needed = Math.max(
        lost((at) => vectors[at]!),
        lost(stored),
      )
      expect(residual).toBeGreaterThanOrEqual(needed)
      expect(residual).toBeLessThan(needed * (1 + 1e-6))
    })
  },
)

test('figures of every size and sign stay within the planes', () => {
  const vectors = Float32Array.from(
    { length: 16 * 60 },
    (_, at) => Math.sin(at * 7.3) * 10 ** ((Math.floor(at / 16) % 30) - 15),
  )
  const { coarse, fine, scales } = quantize(vectors, 16)
  expect(Math.max(...coarse.map(Math.abs), ...fine.map(Math.abs))).toBe(127)
  const back = dequantize({ dimension: 16, coarse, fine, scales, residuals: new Float32Array(60) })
  vectors.forEach((value, at) => expect(Math.abs(value - back[at]!)).toBeLessThanOrEqual(scales[at >> 4]! / 500))
})

test.each([
  ['not a number', NaN],
  ['infinite', -Infinity],
])('a component that is %s is told', (_, value) => {
  const vectors = new Float32Array(32).fill(0.5)
  vectors[20] = value
  expect(() => quantize(vectors, 16)).toThrow(new InvalidVector({ reason: 'notFinite' }))
})

test.each([0, 1e-30, 1e30])('a vector of nothing but %s has no direction', (value) => {
  expect(() => quantize(new Float32Array(16).fill(value), 16)).toThrow(new InvalidVector({ reason: 'zero' }))
})

test.each([0, 8, 100, 1040, -16, NaN, 16.5])('%s is no dimension', (dimension) => {
  expect(() => quantize(new Float32Array(0), dimension)).toThrow(InvalidVector)
})

test('vectors have to be whole', () => {
  expect(() => quantize(new Float32Array(40).fill(1), 32)).toThrow(InvalidVector)
  const good = quantize(new Float32Array(32).fill(1), 16)
  expect(() => checkVectors(good, 16)).not.toThrow()
  expect(() => checkVectors(good, 32)).toThrow(InvalidVector)
  expect(() => checkVectors({ ...good, fine: new Int8Array(16) }, 16)).toThrow(InvalidVector)
  expect(() => checkVectors({ ...good, scales: Float32Array.of(1, NaN) }, 16)).toThrow(InvalidVector)
  expect(() => checkVectors({ ...good, residuals: Float32Array.of(1, Infinity) }, 16)).toThrow(InvalidVector)
})
