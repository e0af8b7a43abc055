import { randomAt, rowSeed } from './counter-random'
import { clamp, codeAt, dequantise, GROUP, putCode, quantise, type FourBitMatrix } from './four-bit'
import type { LowRankChange } from './low-rank-change'

/**
 * How weights that were changed become codes of 4 bits again. A fine-tuned weight moves by a hundredth of itself, and the next
 * code is thirty times as far:
 * - `plain`: to the nearest code, with new scales, as converting a merged model does. Of a change of 1 % it leaves 3 %.
 * - `stochastic`: up or down by chance, in proportion: everything is there on average, in much noise.
 * - `noise-shaped`: up or down such that the errors of a row cancel in the directions that the adapter reads. Less noise than
 *   by chance, and a seventh of its error where the adapter acts (`npm run bench -- four-bit`).
 */
export type Rounding = 'plain' | 'stochastic' | 'noise-shaped'

/**
 * Adds a change to a matrix, always of the pristine base: changes on top of changes would add up their noise. The last two
 * keep its scales. New ones would move every weight of a group at once, and the error of what the old ones cannot reach is
 * taken up by the other weights of the row; and so nothing but codes has to be written, or put back.
 *
 * All steps are 32-bit floats, rounded one by one, so that every machine comes to the same bits, and the kernel
 * (four-bit-kernel.ts) to those that are made here. A change of nothing changes no bit.
 * @param firstRow the matrix's place in a larger one, by which its random numbers are told from those of other parts
 */
export function merge(base: FourBitMatrix, change: LowRankChange, rounding: Rounding, firstRow = 0): FourBitMatrix {
  if (rounding === 'plain') return mergePlainly(base, change)
  const merged = { ...base, codes: new Uint32Array(base.codes.length) }
  const roundRow = rounding === 'stochastic' ? stochasticRow : shapedRow
  const table = scaleTable(base.scales)
  const pull = pullOf(change)
  for (let row = 0; row < base.outputs; row++) {
    const seed = rowSeed(change.seed, firstRow + row)
    roundRow({ base, merged, change, table, pull, row, seed })
  }
  return merged
}

interface Row {
  base: FourBitMatrix
  merged: FourBitMatrix
  change: LowRankChange
  table: Float32Array
  pull: Float32Array
  row: number
  seed: number
}

const round = Math.fround

function shapedRow({ base, merged, change, table, pull, row, seed }: Row): void {
  const { inputs } = base
  const { rank, directions, coefficients } = change
  // What the errors so far come to, along each direction.
  const error = new Float32Array(rank)
  for (let column = 0; column < inputs; column++) {
    const at = row * inputs + column
    const group = Math.floor(at / GROUP)
    const scale = table[2 * group]!
    const inverse = table[2 * group + 1]!
    const wanted = dot(coefficients, row * rank, directions, column * rank, rank)
    const steps = limited(round(wanted * inverse))
    const below = Math.floor(steps)
    const along = dot(error, 0, directions, column * rank, rank)
    const threshold = round(THRESHOLD + DITHER * randomAt(seed, column))
    const feedback = round(round(along * inverse) * pull[column]!)
    const up = round(steps - below) > round(threshold + feedback) ? 1 : 0
    const code = codeAt(base.codes, at)
    const chosen = clamp(code + below + up)
    putCode(merged.codes, at, chosen)
    const missed = round(round((chosen - code) * scale) - wanted)
    for (let each = 0; each < rank; each++)
      error[each] = error[each]! + round(missed * directions[column * rank + each]!)
  }
}

function stochasticRow({ base, merged, change, table, row, seed }: Row): void {
  const { inputs } = base
  const { rank, directions, coefficients } = change
  for (let column = 0; column < inputs; column++) {
    const at = row * inputs + column
    const inverse = table[2 * Math.floor(at / GROUP) + 1]!
    const wanted = dot(coefficients, row * rank, directions, column * rank, rank)
    const steps = limited(round(wanted * inverse))
    putCode(merged.codes, at, clamp(codeAt(base.codes, at) + Math.floor(steps + randomAt(seed, column))))
  }
}

function mergePlainly(base: FourBitMatrix, { rank, directions, coefficients }: LowRankChange): FourBitMatrix {
  const weights = dequantise(base)
  for (let at = 0; at < weights.length; at++) {
    const [row, column] = [Math.floor(at / base.inputs), at % base.inputs]
    weights[at]! += dot(coefficients, row * rank, directions, column * rank, rank)
  }
  return quantise(weights, base.inputs)
}

/**
 * A weight goes up where its fraction of a step is above a threshold that is drawn evenly from here over this width. With no
 * width, changes that are small for their rank die away; the wider, the more they grow: of .5 %, at rank 16 and 1,024 inputs,
 * the gain is .93 with none, 1.02 with this, 1.11 with .7.
 */
export const THRESHOLD = 0.25
export const DITHER = 0.5

/** Beyond this many steps all codes are the same: there are 15. */
export const MOST_STEPS = 16
const limited = (steps: number): number => Math.min(MOST_STEPS, Math.max(-MOST_STEPS, steps))

/** In the order in which the kernel sums: four sums by turns, then their sum. */
function dot(left: Float32Array, leftAt: number, right: Float32Array, rightAt: number, rank: number): number {
  let a = 0
  let b = 0
  let c = 0
  let d = 0
  for (let at = 0; at < rank; at += 4) {
    a = round(a + round(left[leftAt + at]! * right[rightAt + at]!))
    b = round(b + round(left[leftAt + at + 1]! * right[rightAt + at + 1]!))
    c = round(c + round(left[leftAt + at + 2]! * right[rightAt + at + 2]!))
    d = round(d + round(left[leftAt + at + 3]! * right[rightAt + at + 3]!))
  }
  return round(round(a + b) + round(c + d))
}

/** Below this a scale has no inverse in 32-bit floats that could be computed with; its group is as good as zero. */
const SMALLEST_SCALE = 1e-30

/** For each group its scale and the inverse of it; a group of zeros has inverse 0, and so its codes stay. */
export function scaleTable(scales: Float32Array): Float32Array<ArrayBuffer> {
  const table = new Float32Array(scales.length * 2)
  for (const [group, scale] of scales.entries()) {
    table[2 * group] = scale
    table[2 * group + 1] = scale < SMALLEST_SCALE ? 0 : 1 / scale
  }
  return table
}

/** How strongly a row is held back at its beginning, beside how strongly its inputs take part on average. */
const HOLD = 4

/**
 * How much the errors so far count at each input. Holding back spares noise and lets the error grow; only what is left of it
 * at the row's end disturbs anything, so the hold loosens to nothing up to there: a sixth less noise than a hold that stays,
 * and a gain nearer to 1.
 */
export function pullOf({ inputs, rank, directions }: LowRankChange): Float32Array<ArrayBuffer> {
  const power = new Float64Array(inputs)
  for (let at = 0; at < directions.length; at++) power[Math.floor(at / rank)]! += directions[at]! ** 2
  const average = power.reduce((sum, each) => sum + each, 0) / inputs
  const hold = (input: number) => HOLD * average * (1 - input / inputs)
  // An input that no direction reads gets no error either.
  return Float32Array.from(power, (each, input) => (each === 0 ? 0 : 1 / (each + hold(input))))
}
