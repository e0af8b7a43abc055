import { describe, expect, test } from 'vitest'
import type { Sampling } from '../../../../src/engines/llm/language-model'
import { seededRandom } from '../../../../src/random'
import { distributionOf, logProbabilityOf, mostLikely, Sampler } from '../../../../src/engines/llm/onnx/sampler'
import { ModelUnusable } from '../../../../src/errors'
import { Random } from '../../../fixtures/random'

/** The definition, step by step, over everything and sorted: what the fast one is compared with. */
function reference(logits: readonly number[], { temperature = 1, topK = 0, topP = 1, minP = 0 }: Sampling) {
  let rows = logits.map((logit, token) => ({ token, weight: Math.exp(logit / temperature) }))
  rows.sort((a, b) => b.weight - a.weight || a.token - b.token)
  if (topK > 0) rows = rows.slice(0, topK)
  const total = rows.reduce((sum, { weight }) => sum + weight, 0)
  let before = 0
  rows = rows.filter(({ weight }) => {
    const isKept = topP >= 1 || before < topP * total
    before += weight
    return isKept
  })
  const largest = rows[0]!.weight
  rows = rows.filter(({ weight }) => weight >= minP * largest)
  const left = rows.reduce((sum, { weight }) => sum + weight, 0)
  return new Map(rows.map(({ token, weight }) => [token, weight / left]))
}

const logitsOf = (random: Random, size: number, spread: number): number[] =>
  Array.from({ length: size }, () => Math.fround(spread * (random.next() + random.next() + random.next() - 1.5)))

describe('the distribution that tokens are drawn from', () => {
  test.each([
    {},
    { temperature: 0.3 },
    { temperature: 2, topK: 7 },
    { topK: 1 },
    { topK: 10_000 },
    { topP: 0.9 },
    { topP: 0.999, temperature: 3 },
    { topP: 1e-9 },
    { minP: 0.1 },
    { minP: 1 },
    { temperature: 0.7, topK: 40, topP: 0.8, minP: 0.05 },
  ])('is that of the definition: %j', (sampling) => {
    const random = new Random(1)
    for (const [size, spread] of [
      [300, 2],
      [2000, 12],
      [50, 60],
    ] as const) {
      const logits = logitsOf(random, size, spread)
      const expected = reference(logits, sampling)
      const { tokens, probabilities } = distributionOf(Float32Array.from(logits), sampling)
      const found = new Map(Array.from(tokens, (token, at) => [token, probabilities[at]!]))
      for (const [token, probability] of expected) {
        // What is too small for a 64-bit float under the largest weight is left out.
        if (probability > 1e-280) expect(found.get(token)).toBeCloseTo(probability, 10)
      }
      expect([...found.keys()].every((token) => expected.has(token))).toBe(true)
    }
  })

  test('is what is drawn: 50,000 draws', () => {
    const logits = Float32Array.from([1, 3, 2, 0, -1, 2.5])
    const sampling = { temperature: 0.9, topP: 0.95, seed: 3 }
    const sampler = new Sampler(sampling, [])
    const counts = new Map<number, number>()
    const draws = 50_000
    for (let draw = 0; draw < draws; draw++) {
      const token = sampler.choose(logits)
      counts.set(token, (counts.get(token) ?? 0) + 1)
    }
    const expected = reference([...logits], sampling)
    expect([...counts.keys()].sort()).toEqual([...expected.keys()].sort())
    let chiSquare = 0
    for (const [token, probability] of expected)
      chiSquare += (counts.get(token)! - draws * probability) ** 2 / (draws * probability)
    // 4 degrees of freedom at most: beyond 20 once in two thousand.
    expect(chiSquare).toBeLessThan(20)
  })

  test('of 150,000 tokens takes milliseconds', () => {
    const logits = Float32Array.from(logitsOf(new Random(2), 150_000, 20))
    const sampler = new Sampler({ temperature: 0.8, topK: 40, topP: 0.95, seed: 1 }, [])
    sampler.choose(logits)
    const start = performance.now()
    for (let draw = 0; draw < 10; draw++) sampler.choose(logits)
    expect((performance.now() - start) / 10).toBeLessThan(100)
  })
})

describe('a sampler', () => {
  test('is greedy unless it is told otherwise, and takes the first of equals', () => {
    expect(new Sampler({}, []).choose(Float32Array.from([0, 2, 2, 1]))).toBe(1)
    expect(new Sampler({ temperature: 0, topP: 0.1 }, []).choose(Float32Array.from([-5, -2, -9]))).toBe(1)
  })

  test('penalises what stands in the prompt and what it has chosen, whichever sign a logit has', () => {
    const sampler = new Sampler({ repetitionPenalty: 2 }, [0])
    const logits = Float32Array.from([3, 2, 1.8, -0.1])
    expect([1, 2, 0].map(() => sampler.choose(logits))).toEqual([1, 2, 0])
    expect([...logits]).toEqual([3, 2, Math.fround(1.8), Math.fround(-0.1)])
    const negative = new Sampler({ repetitionPenalty: 2 }, [0])
    expect(negative.choose(Float32Array.from([-1, -1.5]))).toBe(1)
  })

  test('chooses only what a grammar allows', () => {
    const logits = Float32Array.from([9, 1, 2, 3])
    expect(new Sampler({}, []).choose(logits, [1, 2])).toBe(2)
    const hot = new Sampler({ temperature: 5, seed: 1 }, [])
    for (let draw = 0; draw < 50; draw++) expect([1, 3]).toContain(hot.choose(logits, Uint32Array.of(1, 3)))
    expect(() => new Sampler({}, []).choose(logits, [])).toThrow(ModelUnusable)
  })

  test('refuses logits that are no numbers', () => {
    for (const bad of [NaN, Infinity])
      expect(() => new Sampler({}, []).choose(Float32Array.from([bad, 1, 2]))).toThrow(ModelUnusable)
    expect(() => mostLikely(new Float32Array(4).fill(-Infinity))).toThrow(ModelUnusable)
  })

  test('repeats itself with the same seed', () => {
    const logits = Float32Array.from(logitsOf(new Random(5), 100, 3))
    const draw = (seed?: number) => {
      const sampler = new Sampler({ temperature: 1, ...(seed !== undefined && { seed }) }, [])
      return Array.from({ length: 30 }, () => sampler.choose(logits)).join()
    }
    expect(draw(1)).toBe(draw(1))
    expect(draw(1)).not.toBe(draw(2))
    expect(draw()).not.toBe(draw())
  })
})

test('a log-probability is the log-softmax of the logits, large ones too', () => {
  expect(logProbabilityOf(Float32Array.from([1, 1, 1, 1]), 2)).toBeCloseTo(Math.log(0.25), 12)
  expect(logProbabilityOf(Float32Array.from([1000, 998]), 1)).toBeCloseTo(-2 - Math.log(1 + Math.exp(-2)), 9)
})

test('seeded random numbers are spread evenly over [0, 1)', () => {
  const random = seededRandom(42)
  const bins = new Array<number>(10).fill(0)
  for (let draw = 0; draw < 20_000; draw++) bins[Math.floor(random() * 10)]!++
  for (const count of bins) expect(Math.abs(count - 2000)).toBeLessThan(200)
})
