/**
 * Linear layers as MLC keeps them in 4 bits (q4f16_1 and q4f32_1). Along its input, 32 weights share a scale; a weight is a
 * code from 0 to 14 and stands for (code − 7) · scale. Eight codes lie in a 32-bit word, the first in the lowest bits. Code 15
 * is not used.
 * https://github.com/mlc-ai/mlc-llm/blob/main/python/mlc_llm/quantization/group_quantization.py
 */
export interface FourBitMatrix {
  /** Rows. */
  outputs: number
  /** Columns; a multiple of 32. */
  inputs: number
  /** outputs × inputs / 8 words. */
  codes: Uint32Array
  /** outputs × inputs / 32, as 32-bit floats whatever the file keeps them in. */
  scales: Float32Array
}

/** Weights that share a scale. */
export const GROUP = 32
export const CODES_PER_WORD = 8
/** The code of weight 0, and how far codes go to either side of it. */
export const MIDDLE = 7
export const LARGEST_CODE = 2 * MIDDLE

/** The code of a weight, by its place in the matrix counted row by row. */
export const codeAt = (codes: Uint32Array, at: number): number => (codes[at >>> 3]! >>> ((at & 7) * 4)) & 15

/** `codes` has to hold zeros there. */
export function putCode(codes: Uint32Array, at: number, code: number): void {
  codes[at >>> 3]! |= code << ((at & 7) * 4)
}

/** Some rows of a matrix, sharing its memory. */
export function rowsOf(matrix: FourBitMatrix, first: number, count: number): FourBitMatrix {
  const { inputs } = matrix
  const part = <Values extends Uint32Array | Float32Array>(values: Values, perRow: number): Values =>
    values.subarray(first * perRow, (first + count) * perRow) as Values
  return {
    outputs: count,
    inputs,
    codes: part(matrix.codes, inputs / CODES_PER_WORD),
    scales: part(matrix.scales, inputs / GROUP),
  }
}

/** The weights, row by row. In 64-bit floats every one of them is exact. */
export function dequantise({ outputs, inputs, codes, scales }: FourBitMatrix): Float64Array {
  const weights = new Float64Array(outputs * inputs)
  for (let at = 0; at < weights.length; at++)
    weights[at] = (codeAt(codes, at) - MIDDLE) * scales[Math.floor(at / GROUP)]!
  return weights
}

/**
 * Weights rounded to 4 bits, each to the nearest code, with the scales that their largest ask for: how MLC converts a model.
 * Weights that come out of `dequantise` give the same codes and scales again.
 * @param weights row by row; a group of nothing but zeros gets scale 0 and the code of 0
 * @param inputs columns, a multiple of 32
 */
export function quantise(weights: Float64Array, inputs: number): FourBitMatrix {
  const codes = new Uint32Array(weights.length / CODES_PER_WORD)
  const scales = new Float32Array(weights.length / GROUP)
  for (let group = 0; group < scales.length; group++) {
    const start = group * GROUP
    let largest = 0
    for (let at = start; at < start + GROUP; at++) largest = Math.max(largest, Math.abs(weights[at]!))
    const scale = Math.fround(largest / MIDDLE)
    scales[group] = scale
    for (let at = start; at < start + GROUP; at++)
      putCode(codes, at, scale === 0 ? MIDDLE : clamp(Math.round(weights[at]! / scale + MIDDLE)))
  }
  return { outputs: weights.length / inputs, inputs, codes, scales }
}

export const clamp = (code: number): number => Math.min(LARGEST_CODE, Math.max(0, code))

/** What rounding to 4 bits has left of a change. */
export interface Survival {
  /** Share of the change that is there, along itself: 1 is all of it, 0 none. */
  gain: number
  /** Size of what is there besides, beside the size of the weights. */
  noise: number
}

/** Sums of which survival is made, so that those of many matrices can be added up. */
export class SurvivalSums {
  #along = 0
  #change = 0
  #beside = 0
  #weights = 0

  /**
   * @param base weights as they were, row by row
   * @param merged weights as they are
   * @param change what was to be added to them
   */
  add(base: Float64Array, merged: Float64Array, change: Float64Array): void {
    for (let at = 0; at < base.length; at++) {
      const done = merged[at]! - base[at]!
      const wanted = change[at]!
      this.#along += done * wanted
      this.#change += wanted * wanted
      this.#beside += (done - wanted) ** 2
      this.#weights += base[at]! ** 2
    }
  }

  /** The sums of several together. */
  static of(several: Iterable<SurvivalSums>): SurvivalSums {
    const all = new SurvivalSums()
    for (const sums of several) {
      all.#along += sums.#along
      all.#change += sums.#change
      all.#beside += sums.#beside
      all.#weights += sums.#weights
    }
    return all
  }

  /** Where nothing was to be changed, all of it is there. */
  get survival(): Survival {
    return {
      gain: this.#change === 0 ? 1 : this.#along / this.#change,
      noise: this.#weights === 0 ? 0 : Math.sqrt(this.#beside / this.#weights),
    }
  }
}

/** How much of a change is in the merged weights. All row by row. */
export function survival(base: Float64Array, merged: Float64Array, change: Float64Array): Survival {
  const sums = new SurvivalSums()
  sums.add(base, merged, change)
  return sums.survival
}
