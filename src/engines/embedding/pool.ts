import type { Pooling } from './catalogue'

/** What a session gave for a batch: `values` is texts × length × dimension, or texts × dimension where it is pooled already. */
export interface BatchOutput {
  values: Float32Array
  /** Padded length of the batch in tokens. */
  length: number
  dimension: number
}

/**
 * The vector of one text of a batch. Padding stands behind the text and takes no part.
 * @param row which text of the batch
 * @param tokens how many tokens of it are no padding
 * @param target where the vector is written; its length is the dimension
 */
export function pool(output: BatchOutput, row: number, tokens: number, pooling: Pooling, target: Float32Array): void {
  const { values, length, dimension } = output
  if (pooling === 'none') return target.set(values.subarray(row * dimension, (row + 1) * dimension))
  const first = row * length * dimension
  if (pooling === 'mean') return mean(values, first, tokens, target)
  const token = pooling === 'cls' ? 0 : tokens - 1
  target.set(values.subarray(first + token * dimension, first + (token + 1) * dimension))
}

function mean(values: Float32Array, first: number, tokens: number, target: Float32Array): void {
  const dimension = target.length
  target.fill(0)
  for (let token = 0; token < tokens; token++) {
    const at = first + token * dimension
    for (let i = 0; i < dimension; i++) target[i]! += values[at + i]!
  }
  for (let i = 0; i < dimension; i++) target[i]! /= tokens
}

/** Scales a vector to length 1 in place. @returns its length before, which is 0 or not finite for a vector without direction */
export function normalise(vector: Float32Array): number {
  let squares = 0
  for (const value of vector) squares += value * value
  const length = Math.sqrt(squares)
  for (let i = 0; i < vector.length; i++) vector[i]! /= length
  return length
}
