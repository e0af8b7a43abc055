import { InvalidVector } from '../../errors'
import type { QuantizedVectors } from './vector-index'

export const MAX_DIMENSION = 1024

/** Parts of one step of the coarse plane: 127 steps of the fine plane on either side of a coarse value. */
export const FINE_STEPS = 254

/**
 * Largest component of a vector that takes part. Beyond these bounds products of single-precision floats would no longer
 * keep their relative precision, on which the exactness of the search rests; embeddings have length 1.
 */
const SMALLEST = 1e-18
const LARGEST = 1e18

/** @throws InvalidVector unless vectors of `dimension` can be indexed: a multiple of 16 (one SIMD register), at most 1,024 */
export function checkDimension(dimension: number): void {
  if (!(dimension > 0 && dimension <= MAX_DIMENSION && dimension % 16 === 0)) {
    throw new InvalidVector({ reason: 'dimension', dimension })
  }
}

/**
 * The largest component of a vector in absolute value.
 * @throws InvalidVector when a component is not finite, or the vector is zero or has no usable direction
 */
export function largestComponent(vector: Float32Array): number {
  let largest = 0
  for (const value of vector) {
    if (!Number.isFinite(value)) throw new InvalidVector({ reason: 'notFinite' })
    largest = Math.max(largest, Math.abs(value))
  }
  if (largest < SMALLEST || largest > LARGEST) throw new InvalidVector({ reason: 'zero' })
  return largest
}

/**
 * Rounds vectors to two planes of int8 with one scale per row: 16 bits per component in all, of which the first 8 lie
 * together, so that a search reads half of the bytes and asks for the rest only where they can matter.
 * @param vectors count × dimension; need not have length 1
 * @throws InvalidVector for a wrong dimension, and for rows that are zero or not finite
 */
export function quantize(vectors: Float32Array, dimension: number): QuantizedVectors {
  checkDimension(dimension)
  if (vectors.length % dimension !== 0) {
    throw new InvalidVector({ reason: 'dimension', dimension, length: vectors.length })
  }
  const count = vectors.length / dimension
  const quantized: QuantizedVectors = {
    dimension,
    coarse: new Int8Array(vectors.length),
    fine: new Int8Array(vectors.length),
    scales: new Float32Array(count),
    residuals: new Float32Array(count),
  }
  for (let row = 0; row < count; row++) {
    const start = row * dimension
    quantizeRow(vectors.subarray(start, start + dimension), quantized, row)
  }
  return quantized
}

function quantizeRow(vector: Float32Array, { coarse, fine, scales, residuals }: QuantizedVectors, row: number): void {
  const start = row * vector.length
  const scale = Math.fround(largestComponent(vector) / 127)
  let lost = 0
  let kept = 0
  for (let at = 0; at < vector.length; at++) {
    const steps = vector[at]! / scale
    const whole = Math.round(steps)
    const part = Math.round((steps - whole) * FINE_STEPS)
    coarse[start + at] = whole
    fine[start + at] = part
    lost += (steps - whole) ** 2
    kept += part ** 2
  }
  scales[row] = scale
  residuals[row] = roundUp(scale * Math.max(Math.sqrt(lost), Math.sqrt(kept) / FINE_STEPS))
}

/**
 * @throws InvalidVector unless these are vectors of `dimension` such as quantize() makes. One figure that is not finite
 * would spoil every search after it.
 */
export function checkVectors({ dimension: own, coarse, fine, scales, residuals }: QuantizedVectors, dimension: number) {
  const lengths = [coarse.length, fine.length, scales.length * dimension, residuals.length * dimension]
  if (own !== dimension || lengths.some((length) => length !== coarse.length)) {
    throw new InvalidVector({ reason: 'dimension', dimension: own, expected: dimension })
  }
  if (!scales.every((scale) => scale >= SMALLEST / 128 && scale <= LARGEST)) throw new InvalidVector({ reason: 'zero' })
  if (!residuals.every((residual) => residual >= 0 && residual <= LARGEST)) {
    throw new InvalidVector({ reason: 'notFinite' })
  }
}

/** The vectors as they are stored, count × dimension, each component rounded to a single-precision float. */
export function dequantize({ dimension, coarse, fine, scales }: QuantizedVectors): Float32Array<ArrayBuffer> {
  const vectors = new Float32Array(coarse.length)
  for (let at = 0; at < vectors.length; at++) {
    const scale = scales[Math.floor(at / dimension)]!
    vectors[at] = (scale / FINE_STEPS) * (coarse[at]! * FINE_STEPS + fine[at]!)
  }
  return vectors
}

/** The inner product of a row as it is stored with a query, in float64. */
export function storedScore(
  { dimension, coarse, fine, scales }: QuantizedVectors,
  row: number,
  query: Float32Array,
): number {
  let steps = 0
  for (let at = 0, place = row * dimension; at < dimension; at++, place++) {
    steps += query[at]! * (coarse[place]! * FINE_STEPS + fine[place]!)
  }
  return steps * (scales[row]! / FINE_STEPS)
}

const float = new Float32Array(1)
const bits = new Uint32Array(float.buffer)

/** A single-precision float not below `value`, which may itself have lost some parts in 2^50 to rounding. */
export function roundUp(value: number): number {
  const least = value * (1 + 2 ** -40)
  float[0] = least
  if (float[0]! < least) bits[0]! += 1
  return float[0]!
}
