import { describe, expect, test, vi } from 'vitest'
import { hashWords, mix } from '../../../src/lora/counter-random'
import { codeAt, LARGEST_CODE, quantise, type FourBitMatrix } from '../../../src/lora/four-bit'
import { merge, type Rounding } from '../../../src/lora/four-bit-merge'
import { lowRankChange } from '../../../src/lora/low-rank-change'
import { measureMerge, randomLayer, RATIOS } from '../../bench/four-bit/survival'

// A second for each size, and many times that on a busy machine.
vi.setConfig({ testTimeout: 60_000 })

const layer = { outputs: 256, inputs: 1024, rank: 8 }

/** As `npm run bench -- four-bit` prints them, on a smaller layer: gain, noise and read error. */
const EXPECTED: Record<number, Record<Rounding, [gain: number, noise: number, readError: number]>> = {
  0.005: { plain: [0.03, 0.005, 0.97], stochastic: [0.98, 0.035, 0.65], 'noise-shaped': [1.02, 0.034, 0.12] },
  0.01: { plain: [0.03, 0.011, 0.97], stochastic: [0.98, 0.049, 0.46], 'noise-shaped': [1.01, 0.046, 0.065] },
  0.02: { plain: [0.03, 0.021, 0.97], stochastic: [0.98, 0.069, 0.32], 'noise-shaped': [1.0, 0.063, 0.035] },
  0.05: { plain: [0.19, 0.052, 0.82], stochastic: [0.98, 0.101, 0.19], 'noise-shaped': [1.0, 0.091, 0.016] },
  0.1: { plain: [0.74, 0.082, 0.32], stochastic: [0.975, 0.126, 0.12], 'noise-shaped': [1.0, 0.112, 0.009] },
  0.2: { plain: [0.985, 0.097, 0.06], stochastic: [0.975, 0.139, 0.066], 'noise-shaped': [1.0, 0.125, 0.005] },
}

describe('what is left of a change', () => {
  test.each(RATIOS)('of %f of the weights', (ratio) => {
    const measured = measureMerge(layer, ratio, 11)
    for (const [rounding, [gain, noise, readError]] of Object.entries(EXPECTED[ratio]!)) {
      const found = measured[rounding as Rounding]
      expect(Math.abs(found.gain - gain), `gain, ${rounding}: ${found.gain}`).toBeLessThan(0.025)
      expect(Math.abs(found.noise - noise), `noise, ${rounding}: ${found.noise}`).toBeLessThan(0.03 * noise + 0.0005)
      expect(Math.abs(found.readError - readError), `${rounding}: ${found.readError}`).toBeLessThan(
        0.1 * readError + 0.002,
      )
    }
  })

  test('shaping keeps what plain rounding loses, with less noise than chance', () => {
    const { plain, stochastic, 'noise-shaped': shaped } = measureMerge(layer, 0.01, 12)
    expect(plain.gain).toBeLessThan(0.05)
    expect(shaped.gain).toBeGreaterThanOrEqual(0.97)
    expect(shaped.noise).toBeLessThan(stochastic.noise)
    expect(shaped.readError).toBeLessThan(stochastic.readError / 5)
  })
})

const { base, factors } = randomLayer({ outputs: 24, inputs: 96, rank: 3 }, 2)
const scaled = { ...factors, scale: 0.002 }
const changeOf = (strength: number, name = 'layer') => lowRankChange([{ factors: scaled, strength }], name)

describe('a change of nothing changes no bit', () => {
  test.each<[string, Partial<typeof factors>]>([
    ['B is zero', { b: new Float32Array(factors.b.length) }],
    ['A is zero', { a: new Float32Array(factors.a.length) }],
    ['its scale is 0', { scale: 0 }],
  ])('%s', (_name, zero) => {
    const change = lowRankChange([{ factors: { ...factors, ...zero }, strength: 1 }], 'layer')
    for (const rounding of ['plain', 'stochastic', 'noise-shaped'] as const)
      expect(merge(base, change, rounding)).toEqual(base)
  })

  test('its strength is 0', () => {
    for (const rounding of ['plain', 'stochastic', 'noise-shaped'] as const)
      expect(merge(base, changeOf(0), rounding)).toEqual(base)
  })
})

describe('chance', () => {
  test('is the same each time, and another for another layer, strength or place', () => {
    const of = (strength: number, name?: string, firstRow?: number) =>
      [...merge(base, changeOf(strength, name), 'noise-shaped', firstRow).codes].join()
    expect(of(1)).toBe(of(1))
    expect(new Set([of(1), of(1.001), of(1, 'another'), of(1, 'layer', 24)]).size).toBe(4)
  })

  test('is the same on every machine: these words are known', () => {
    // No logarithms and cosines here, which differ in their last bits between browsers.
    const evenly = (count: number, seed: number) =>
      Float32Array.from({ length: count }, (_, at) => mix(seed + at) / 2 ** 32 - 0.5)
    const known = quantise(Float64Array.from(evenly(8 * 96, 1)), 96)
    const parts = { rank: 3, scale: 0.1, inputs: 96, outputs: 8, a: evenly(3 * 96, 7777), b: evenly(8 * 3, 99999) }
    const { codes } = merge(known, lowRankChange([{ factors: parts, strength: 1 }], 'layer'), 'noise-shaped')
    expect(hashWords(known.codes, 0)).toBe(607907783)
    expect(hashWords(codes, 0)).toBe(3338411327)
  })
})

describe('what is at the edge of the codes', () => {
  const full = (code: number, scale: number): FourBitMatrix => ({
    outputs: 1,
    inputs: 64,
    codes: new Uint32Array(8).fill(Number.parseInt(`0x${code.toString(16).repeat(8)}`)),
    scales: new Float32Array(2).fill(scale),
  })
  const push = (by: number) =>
    lowRankChange(
      [
        {
          factors: {
            rank: 1,
            scale: by,
            inputs: 64,
            outputs: 1,
            a: new Float32Array(64).fill(1),
            b: Float32Array.of(1),
          },
          strength: 1,
        },
      ],
      'layer',
    )

  test('stays among them, however far it is pushed', () => {
    for (const rounding of ['stochastic', 'noise-shaped'] as const) {
      expect(merge(full(14, 1), push(1e9), rounding).codes).toEqual(full(14, 1).codes)
      expect(merge(full(0, 1), push(-1e9), rounding).codes).toEqual(full(0, 1).codes)
      expect(codeAt(merge(full(0, 1), push(1e9), rounding).codes, 63)).toBe(LARGEST_CODE)
    }
  })

  test('a group of zeros cannot be changed, and is left', () => {
    for (const rounding of ['stochastic', 'noise-shaped'] as const)
      expect(merge(full(7, 0), push(1), rounding)).toEqual(full(7, 0))
  })
})
