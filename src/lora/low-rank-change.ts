import { ModelUnusable } from '../errors'
import type { LoraFactors } from './adapter'
import { hashText, hashWords } from './counter-random'

/** Factors of one linear layer, and what their change is multiplied by. Several blend by the sum of their changes. */
export interface WeightedFactors {
  factors: LoraFactors
  strength: number
}

/**
 * What is to be added to a linear layer, over directions of its input that stand at right angles to each other and have
 * length 1: ΔW = coefficients · directions. The same as the adapters' own factors, and the form in which it can be seen how
 * far the error of rounding disturbs what the adapters read.
 */
export interface LowRankChange {
  outputs: number
  inputs: number
  /** Directions, and zeros up to a multiple of 4; 0 where nothing is changed. */
  rank: number
  /** inputs × rank: for each input its part of every direction. */
  directions: Float32Array<ArrayBuffer>
  /** outputs × rank. */
  coefficients: Float32Array<ArrayBuffer>
  /** Depends on all that is to be added and on the layer's name: equal changes are rounded equally, everywhere. */
  seed: number
}

/** A row of factors that is this far inside what those before it span (beside its length) adds no direction. */
const DEPENDENT = 1e-6

/**
 * @param parts at least one, all of one shape
 * @param name the layer's
 */
export function lowRankChange(parts: readonly WeightedFactors[], name: string): LowRankChange {
  const { inputs, outputs } = parts[0]!.factors
  if (parts.some(({ factors }) => factors.inputs !== inputs || factors.outputs !== outputs))
    throw new ModelUnusable({ detail: `adapters of different shapes were blended in ${name}` })
  const used = parts.filter(({ factors, strength }) => strength !== 0 && factors.scale !== 0 && factors.rank > 0)
  const { basis, shares } = orthonormalise(used.flatMap(({ factors }) => rowsOfA(factors)))
  const rank = Math.ceil(basis.length / 4) * 4
  const directions = new Float32Array(inputs * rank)
  for (const [at, direction] of basis.entries())
    for (let input = 0; input < inputs; input++) directions[input * rank + at] = direction[input]!
  const coefficients = new Float32Array(outputs * rank)
  for (let output = 0; output < outputs; output++) coefficients.set(coefficientsOf(used, shares, output), output * rank)
  const seed = [directions, coefficients].reduce(
    (hash, floats) => hashWords(new Uint32Array(floats.buffer), hash),
    hashText(name),
  )
  return { outputs, inputs, rank, directions, coefficients, seed }
}

/** ΔW of some rows as the factors themselves say it, row by row: what a merge is measured against. */
export function denseChange(parts: readonly WeightedFactors[], first: number, count: number): Float64Array {
  const { inputs } = parts[0]!.factors
  const change = new Float64Array(count * inputs)
  for (const { factors, strength } of parts)
    for (let row = 0; row < count; row++)
      for (let at = 0; at < factors.rank; at++) {
        const factor = strength * factors.scale * factors.b[(first + row) * factors.rank + at]!
        const a = at * inputs
        for (let input = 0; input < inputs; input++) change[row * inputs + input]! += factor * factors.a[a + input]!
      }
  return change
}

const rowsOfA = ({ a, rank, inputs }: LoraFactors): Float64Array[] =>
  Array.from({ length: rank }, (_, at) => Float64Array.from(a.subarray(at * inputs, (at + 1) * inputs)))

/** Of one output, over the basis: row by row of A, its share of each direction times B. */
function coefficientsOf(parts: readonly WeightedFactors[], shares: readonly number[][], output: number): number[] {
  const coefficients: number[] = []
  let row = 0
  for (const { factors, strength } of parts)
    for (let at = 0; at < factors.rank; at++, row++) {
      const factor = strength * factors.scale * factors.b[output * factors.rank + at]!
      for (const [direction, share] of shares[row]!.entries())
        coefficients[direction] = (coefficients[direction] ?? 0) + factor * share
    }
  return coefficients
}

/**
 * Gram and Schmidt's, twice over for each row, which is as exact as the floats are.
 * @returns a basis of what the rows span, and for each row its share of every direction up to then
 */
function orthonormalise(rows: readonly Float64Array[]): { basis: Float64Array[]; shares: number[][] } {
  const basis: Float64Array[] = []
  const shares = rows.map((row) => {
    const length = Math.sqrt(product(row, row))
    const rest = row.slice()
    const share = basis.map(() => 0)
    for (let pass = 0; pass < 2; pass++)
      for (const [at, direction] of basis.entries()) {
        const along = product(rest, direction)
        share[at]! += along
        for (let input = 0; input < rest.length; input++) rest[input]! -= along * direction[input]!
      }
    const left = Math.sqrt(product(rest, rest))
    if (left <= DEPENDENT * length) return share
    basis.push(rest.map((value) => value / left))
    return [...share, left]
  })
  return { basis, shares }
}

function product(left: Float64Array, right: Float64Array): number {
  let sum = 0
  for (let at = 0; at < left.length; at++) sum += left[at]! * right[at]!
  return sum
}
