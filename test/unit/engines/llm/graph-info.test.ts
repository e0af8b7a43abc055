import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { halfToFloat, toHalf } from '../../../../src/engines/llm/onnx/half'
import { readGraphInfo } from '../../../../src/engines/onnx/graph-info'

const read = (name: string) => new Uint8Array(readFileSync(`models/tiny/llm/onnx/${name}`))
const PRESENT = ['0.key', '0.value', '1.key', '1.value'].map((name) => `present.${name}`)

test('a graph tells its outputs, and how much of the files beside it it needs', () => {
  const weights = read('model_q4.onnx_data')
  const { outputs, weights: extent } = readGraphInfo(read('model_q4.onnx'))
  expect(outputs).toEqual(['logits', ...PRESENT])
  expect([...extent.keys()]).toEqual(['model_q4.onnx_data'])
  const needed = extent.get('model_q4.onnx_data')!
  expect(needed).toBeLessThanOrEqual(weights.byteLength)
  expect(needed).toBeGreaterThan(weights.byteLength - 4096)
  expect(readGraphInfo(read('model.onnx'))).toEqual({ outputs: ['logits', ...PRESENT], weights: new Map() })
})

test('a graph that is cut short ends where it does', () => {
  const whole = read('model_q4.onnx')
  for (let length = 0; length < whole.length; length += 97)
    expect(readGraphInfo(whole.subarray(0, length)).outputs.length).toBeLessThanOrEqual(5)
})

test('16-bit floats', () => {
  const cases: [number, number][] = [
    [0x0000, 0],
    [0x3c00, 1],
    [0xc000, -2],
    [0x7bff, 65504],
    [0x0001, 2 ** -24],
    [0x03ff, 1023 * 2 ** -24],
    [0x3555, 0.333251953125],
    [0x7c00, Infinity],
    [0xfc00, -Infinity],
  ]
  for (const [bits, value] of cases) expect(halfToFloat(bits)).toBe(value)
  expect(halfToFloat(0x7e00)).toBeNaN()
})

test('every 16-bit float is itself when it is made again, and what lies between goes to the nearest, ties to even', () => {
  const bits = Uint16Array.from({ length: 0x10000 }, (_, at) => at).filter((each) => (each & 0x7fff) <= 0x7c00)
  expect(toHalf(Float32Array.from(bits, halfToFloat))).toEqual(bits)
  const between: [number, number][] = [
    [1 + 2 ** -11, 0x3c00],
    [1 + 3 * 2 ** -11, 0x3c02],
    [1 + 2 ** -11 + 2 ** -20, 0x3c01],
    [2 ** -25, 0],
    [3 * 2 ** -25, 2],
    [-(2 ** -25) * 1.01, 0x8001],
    [65519, 0x7bff],
    [65520, 0x7c00],
    [-1e9, 0xfc00],
    [1e-30, 0],
  ]
  expect([...toHalf(Float32Array.from(between, ([value]) => value))]).toEqual(between.map(([, half]) => half))
  expect(halfToFloat(toHalf(Float32Array.of(NaN))[0]!)).toBeNaN()
})
