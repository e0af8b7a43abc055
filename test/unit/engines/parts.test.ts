import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { BatchSize } from '../../../src/engines/encoder/batch-size'
import { formBatches } from '../../../src/engines/encoder/batches'
import { normalise, pool } from '../../../src/engines/embedding/pool'
import { lowestCosine } from '../../../src/engines/embedding/self-test'
import { Turns } from '../../../src/engines/encoder/turns'
import { isWholeOnnx } from '../../../src/engines/onnx/file-check'
import { passageText } from '../../../src/engines/embedding/passage-text'

describe('batches', () => {
  test('hold texts of one padded length, every text once, shortest first', () => {
    const lengths = [40, 3, 33, 64, 31, 200, 0]
    const batches = [...formBatches(lengths, 32, 128, () => 2)]
    expect(batches).toEqual([
      { rows: [6, 1], length: 32 },
      { rows: [4], length: 32 },
      { rows: [2, 0], length: 64 },
      { rows: [3], length: 64 },
      { rows: [5], length: 128 },
    ])
  })

  test('grow while that makes them faster, and stay short enough for a question to wait for one', () => {
    const run = (elapsed: (tokens: number) => number) => {
      const size = new BatchSize()
      for (let i = 0; i < 60; i++) {
        const tokens = size.texts(64) * 64
        size.measured(tokens, elapsed(tokens))
      }
      return size.texts(64) * 64
    }
    expect(run((tokens) => 10 + tokens / 1000)).toBe(16_384)
    expect(run((tokens) => tokens / 10)).toBe(1024)
    expect(run((tokens) => tokens * 2)).toBeLessThanOrEqual(512)
  })
})

test('pooling leaves padding out', () => {
  // Two texts of two and one tokens, padded to two; dimension 2.
  const output = { values: Float32Array.of(1, 2, 3, 6, 5, 5, 9, 9), length: 2, dimension: 2 }
  const pooled = (row: number, tokens: number, pooling: 'mean' | 'cls' | 'lastToken') => {
    const target = new Float32Array(2)
    pool(output, row, tokens, pooling, target)
    return [...target]
  }
  expect(pooled(0, 2, 'mean')).toEqual([2, 4])
  expect(pooled(1, 1, 'mean')).toEqual([5, 5])
  expect(pooled(0, 2, 'cls')).toEqual([1, 2])
  expect(pooled(0, 2, 'lastToken')).toEqual([3, 6])
  expect(pooled(1, 1, 'lastToken')).toEqual([5, 5])
  const vector = Float32Array.of(3, 4)
  expect(normalise(vector)).toBe(5)
  expect([...vector]).toEqual([expect.closeTo(0.6), expect.closeTo(0.8)])
})

test('the lowest cosine decides, and what is no number counts as none', () => {
  const one = Float32Array.of(1, 0, 0, 1)
  expect(lowestCosine(one, one, 2)).toBe(1)
  expect(lowestCosine(one, Float32Array.of(1, 0, 1, 1), 2)).toBeCloseTo(Math.SQRT1_2)
  expect(lowestCosine(one, Float32Array.of(1, 0, NaN, 1), 2)).toBe(0)
  expect(lowestCosine(one, Float32Array.of(1, 0, 0, 0), 2)).toBe(0)
})

test('the urgent take the next turn, and a failure does not stop the others', async () => {
  const turns = new Turns()
  const order: string[] = []
  const work = (name: string) => async () => {
    await Promise.resolve()
    order.push(name)
    if (name === 'b') throw new Error(name)
  }
  const calls = [
    turns.run(work('a'), false),
    turns.run(work('b'), false),
    turns.run(work('c'), false),
    turns.run(work('q'), true),
  ]
  expect((await Promise.allSettled(calls)).map(({ status }) => status)).toEqual([
    'fulfilled',
    'rejected',
    'fulfilled',
    'fulfilled',
  ])
  expect(order).toEqual(['a', 'q', 'b', 'c'])
})

test('a file cut short anywhere, or a page in its place, is no ONNX file', () => {
  const whole = readFileSync('models/tiny/embedder/onnx/model_quantized.onnx')
  expect(isWholeOnnx(whole)).toBe(true)
  for (const length of [0, 1, 5, 100, 4096, whole.length - 1000, whole.length - 1])
    expect(isWholeOnnx(whole.subarray(0, length)), String(length)).toBe(false)
  expect(isWholeOnnx(new TextEncoder().encode('<!doctype html><title>404</title>'))).toBe(false)
  expect(isWholeOnnx(new TextEncoder().encode('version https://git-lfs.github.com/spec/v1'))).toBe(false)
})

test('a passage is embedded with its headings in front', () => {
  expect(passageText({ headingPath: ['就業規則', '第三条'], text: '有給休暇' })).toBe('就業規則\n第三条\n有給休暇')
})
