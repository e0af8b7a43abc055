import { describe, expect, test } from 'vitest'
import type { LoraFactors } from '../../../src/lora/adapter'
import { denseChange, lowRankChange, type LowRankChange } from '../../../src/lora/low-rank-change'
import { gaussians } from '../../bench/four-bit/survival'

const factorsOf = (rank: number, seed: number): LoraFactors => ({
  rank,
  scale: 2,
  inputs: 32,
  outputs: 5,
  a: Float32Array.from(gaussians(rank * 32, seed)),
  b: Float32Array.from(gaussians(5 * rank, seed + 1)),
})

function dense({ outputs, inputs, rank, directions, coefficients }: LowRankChange): number[] {
  return Array.from({ length: outputs * inputs }, (_, at) => {
    const [output, input] = [Math.floor(at / inputs), at % inputs]
    let sum = 0
    for (let each = 0; each < rank; each++)
      sum += coefficients[output * rank + each]! * directions[input * rank + each]!
    return sum
  })
}

const differences = (left: readonly number[], right: Float64Array) =>
  left.map((value, at) => Math.abs(value - right[at]!))

describe('the sum of what adapters add', () => {
  test.each([1, 3, 8])('rank %d is the same over directions of length 1 at right angles', (rank) => {
    const parts = [{ factors: factorsOf(rank, 1), strength: 1.5 }]
    const change = lowRankChange(parts, 'a')
    expect(change.rank).toBe(Math.ceil(rank / 4) * 4)
    expect(Math.max(...differences(dense(change), denseChange(parts, 0, 5)))).toBeLessThan(1e-5)
    for (let one = 0; one < change.rank; one++)
      for (let other = 0; other <= one; other++) {
        let product = 0
        for (let input = 0; input < 32; input++)
          product += change.directions[input * change.rank + one]! * change.directions[input * change.rank + other]!
        expect(product).toBeCloseTo(one === other && one < rank ? 1 : 0, 6)
      }
  })

  test('of several is that of each', () => {
    const parts = [
      { factors: factorsOf(2, 1), strength: 1 },
      { factors: factorsOf(3, 9), strength: 0.5 },
    ]
    const alone = parts.map((part) => denseChange([part], 0, 5))
    const sum = alone[0]!.map((value, at) => value + alone[1]![at]!)
    expect(Math.max(...differences(dense(lowRankChange(parts, 'a')), sum))).toBeLessThan(1e-5)
    expect(denseChange(parts, 2, 1)).toEqual(denseChange(parts, 0, 5).slice(64, 96))
  })

  test('of one and the same twice takes no more directions', () => {
    const part = { factors: factorsOf(4, 1), strength: 0.5 }
    const change = lowRankChange([part, part], 'a')
    expect(change.rank).toBe(4)
    expect(Math.max(...differences(dense(change), denseChange([{ ...part, strength: 1 }], 0, 5)))).toBeLessThan(1e-5)
  })

  test('of nothing has no directions', () => {
    expect(lowRankChange([{ factors: factorsOf(4, 1), strength: 0 }], 'a')).toMatchObject({
      rank: 0,
      outputs: 5,
      inputs: 32,
    })
    const silent = { ...factorsOf(4, 1), a: new Float32Array(128) }
    expect(lowRankChange([{ factors: silent, strength: 1 }], 'a').rank).toBe(0)
  })
})

test('the seed depends on the change and on the layer', () => {
  const seedOf = (strength: number, name: string) => lowRankChange([{ factors: factorsOf(4, 1), strength }], name).seed
  expect(seedOf(1, 'a')).toBe(seedOf(1, 'a'))
  expect(new Set([seedOf(1, 'a'), seedOf(1, 'b'), seedOf(0.999, 'a')]).size).toBe(3)
})
