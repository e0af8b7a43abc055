import { expect, test } from 'vitest'
import { codeAt, dequantise, MIDDLE, quantise, rowsOf, survival } from '../../../src/lora/four-bit'
import { gaussians } from '../../bench/four-bit/survival'

test('codes lie eight to a word, the first in the lowest bits, and stand for steps from the middle', () => {
  const matrix = {
    outputs: 1,
    inputs: 32,
    codes: Uint32Array.of(0x76543210, 0xedcba987, 0, ~0),
    scales: Float32Array.of(0.5),
  }
  const codes = [0, 1, 2, 3, 4, 5, 6, 7, 7, 8, 9, 10, 11, 12, 13, 14]
  expect([...dequantise(matrix).slice(0, 16)]).toEqual(codes.map((code) => (code - MIDDLE) / 2))
})

test('a weight is at most half a step from its code, and the largest of its group is exact', () => {
  const weights = gaussians(64 * 96, 3)
  const matrix = quantise(weights, 96)
  const back = dequantise(matrix)
  expect(matrix).toMatchObject({ outputs: 64, inputs: 96 })
  weights.forEach((weight, at) => {
    const scale = matrix.scales[Math.floor(at / 32)]!
    expect(Math.abs(weight - back[at]!)).toBeLessThanOrEqual(scale * 0.500001)
    expect(codeAt(matrix.codes, at)).toBeLessThan(15)
  })
  const sizes = [...weights.slice(0, 32)].map(Math.abs)
  const largest = sizes.indexOf(Math.max(...sizes))
  expect(back[largest]).toBeCloseTo(weights[largest]!, 6)
})

test('weights that were codes give every word of codes and scales back', () => {
  // Of all magnitudes, with a group of zeros, and one that is zeros but for one.
  const weights = gaussians(256 * 320, 5).map((value, at) => value * 10 ** ((at >> 5) % 9) * (at < 32 ? 0 : 1))
  weights.fill(0, 64, 95)
  const matrix = quantise(weights, 320)
  const again = quantise(dequantise(matrix), 320)
  expect(again.codes).toEqual(matrix.codes)
  expect(again.scales).toEqual(matrix.scales)
  expect(matrix.scales[0]).toBe(0)
  expect(matrix.codes[0]).toBe(0x77777777)
})

test('rows of a matrix are the matrix’s own memory', () => {
  const matrix = quantise(gaussians(8 * 64, 1), 64)
  const part = rowsOf(matrix, 2, 3)
  expect(dequantise(part)).toEqual(dequantise(matrix).slice(2 * 64, 5 * 64))
  expect(part.codes.buffer).toBe(matrix.codes.buffer)
})

test('what survives of a change is told from what came along', () => {
  const base = Float64Array.of(3, 4, 0, 0)
  const change = Float64Array.of(1, 0, 0, 0)
  expect(survival(base, Float64Array.of(4, 4, 0, 0), change)).toEqual({ gain: 1, noise: 0 })
  expect(survival(base, base, change)).toEqual({ gain: 0, noise: 0.2 })
  expect(survival(base, Float64Array.of(3.5, 4, 0, 0.5), change)).toEqual({ gain: 0.5, noise: Math.SQRT1_2 / 5 })
  expect(survival(base, base, new Float64Array(4))).toEqual({ gain: 1, noise: 0 })
})
