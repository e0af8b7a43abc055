import type { LoraFactors } from '../../../src/lora/adapter'
import { mix } from '../../../src/lora/counter-random'
import { dequantise, quantise, survival, type FourBitMatrix, type Survival } from '../../../src/lora/four-bit'
import { merge, type Rounding } from '../../../src/lora/four-bit-merge'
import { denseChange, lowRankChange, type LowRankChange } from '../../../src/lora/low-rank-change'

/** Sizes of a change beside the weights. */
export const RATIOS = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2]
export const ROUNDINGS: readonly Rounding[] = ['plain', 'stochastic', 'noise-shaped']

/** Numbers of a normal distribution (Box and Muller), the same for the same seed. */
export function gaussians(count: number, seed: number): Float64Array {
  const evenly = (at: number) => (mix(seed ^ Math.imul(at + 1, 0x9e3779b1)) + 0.5) / 2 ** 32
  return Float64Array.from({ length: count }, (_, at) => {
    return Math.sqrt(-2 * Math.log(evenly(2 * at))) * Math.cos(2 * Math.PI * evenly(2 * at + 1))
  })
}

export interface Shape {
  outputs: number
  inputs: number
  rank: number
}

/** A layer of normally distributed weights, in 4 bits, and random factors. */
export function randomLayer(
  { outputs, inputs, rank }: Shape,
  seed: number,
): { base: FourBitMatrix; factors: LoraFactors } {
  const weights = gaussians(outputs * inputs, seed).map((value) => value * 0.03)
  const a = Float32Array.from(gaussians(rank * inputs, seed + 1))
  const b = Float32Array.from(gaussians(outputs * rank, seed + 2))
  return { base: quantise(weights, inputs), factors: { rank, scale: 1, inputs, outputs, a, b } }
}

const lengthOf = (values: Float64Array): number => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0))

export interface Measured extends Survival {
  /** What is wrong in the directions that the adapter reads, beside what it was to do there. */
  readError: number
  milliseconds: number
}

/** How a change of a given size, beside the weights, survives each rounding. */
export function measureMerge(shape: Shape, ratio: number, seed: number): Record<Rounding, Measured> {
  const { base, factors } = randomLayer(shape, seed)
  const weights = dequantise(base)
  const size = lengthOf(denseChange([{ factors, strength: 1 }], 0, shape.outputs)) / lengthOf(weights)
  const parts = [{ factors: { ...factors, scale: ratio / size }, strength: 1 }]
  const wanted = denseChange(parts, 0, shape.outputs)
  const change = lowRankChange(parts, 'layer')
  const measure = (rounding: Rounding): Measured => {
    const start = performance.now()
    const merged = dequantise(merge(base, change, rounding))
    const milliseconds = performance.now() - start
    const left = merged.map((weight, at) => weight - weights[at]! - wanted[at]!)
    const readError = lengthOf(alongDirections(left, change)) / lengthOf(alongDirections(wanted, change))
    return { ...survival(weights, merged, wanted), readError, milliseconds }
  }
  return Object.fromEntries(ROUNDINGS.map((rounding) => [rounding, measure(rounding)])) as Record<Rounding, Measured>
}

/** outputs × rank: what a matrix makes of each direction. */
function alongDirections(matrix: Float64Array, { inputs, rank, directions }: LowRankChange): Float64Array {
  const along = new Float64Array((matrix.length / inputs) * rank)
  for (let at = 0; at < matrix.length; at++)
    for (let each = 0; each < rank; each++)
      along[Math.floor(at / inputs) * rank + each]! += matrix[at]! * directions[(at % inputs) * rank + each]!
  return along
}
