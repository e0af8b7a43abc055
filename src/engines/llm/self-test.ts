import type { Findings } from './onnx/examine'
import type { ScoredContinuation } from './language-model'

/** Something that any model reads without surprise; both languages, and longer than one tile of any shader. */
export const KNOWN_PROMPT =
  'The company grants ten days of paid leave to everyone who has worked for six months. ' +
  '会社は、採用日から六か月を継続して勤務した社員に対して、十日の年次有給休暇を与える。 ' +
  'One, two, three, four, five, six, seven,'

/** Tokens of the run, each a step of its own. */
export const STEPS = 6

/**
 * The least correlation between a device's logits and wasm's for the device to be trusted. Activations rounded to 8 bits,
 * which devices do differently, stay above .99; the wrong results that are known of have nothing to do with the right ones.
 */
export const LEAST_CORRELATION = 0.98

/** Correlation of the logits, row by row; the lowest, and 0 where one holds something that is no number. */
export function lowestCorrelation(one: Findings, other: Findings): number {
  const rows = STEPS + 1
  const vocabulary = one.logits.length / rows
  let lowest = one.logits.length === other.logits.length ? 1 : 0
  for (let row = 0; row < rows; row++) {
    const [start, end] = [row * vocabulary, (row + 1) * vocabulary]
    lowest = Math.min(lowest, correlation(one.logits.subarray(start, end), other.logits.subarray(start, end)))
  }
  return lowest
}

function correlation(one: Float32Array, other: Float32Array): number {
  const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length
  const [meanOfOne, meanOfOther] = [mean(one), mean(other)]
  let [product, a, b] = [0, 0, 0]
  for (let at = 0; at < one.length; at++) {
    const [x, y] = [one[at]! - meanOfOne, other[at]! - meanOfOther]
    product += x * y
    a += x * x
    b += y * y
  }
  const value = product / Math.sqrt(a * b)
  return Number.isFinite(value) ? value : 0
}

/**
 * Where wasm cannot run the model for comparison: an ordinary continuation, and the same words in no order. A model whose
 * arithmetic is right finds the first far more likely; one that gives nonsense has no preference.
 */
export const ORDINARY = {
  prompt: 'The days of the week are Monday,',
  continuations: [
    ' Tuesday, Wednesday, Thursday, Friday, Saturday and Sunday.',
    ' and Thursday Sunday, Tuesday. Saturday, Wednesday, Friday,',
  ],
} as const

/** By how much, in natural logarithms for each token. */
export const LEAST_PREFERENCE = 1

export function preference([ordinary, scrambled]: readonly ScoredContinuation[]): number {
  const perToken = ({ logProbability, tokens }: ScoredContinuation) => logProbability / Math.max(1, tokens)
  const value = ordinary && scrambled ? perToken(ordinary) - perToken(scrambled) : 0
  return Number.isFinite(value) ? value : 0
}
