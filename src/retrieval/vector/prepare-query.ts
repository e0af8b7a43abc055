import { largestComponent } from './quantize'

/** A query as a scan of the coarse plane takes it, with what bounds the error of that scan. */
export interface PreparedQuery {
  /** The query in steps: component ≈ step / `stepsPerUnit`. */
  steps: Int16Array
  stepsPerUnit: number
  /** A row's score in steps is wrong by at most residual × residualWeight + norm × normWeight. */
  residualWeight: number
  normWeight: number
}

/** A product with a coarse row, at most 127 × the sum of the steps' absolute values, has to fit into 31 bits. */
const MAX_SUM_OF_STEPS = Math.floor((2 ** 31 - 1) / 127)

/** Three roundings to single precision between a product of integers and the bounds of its score, and some room. */
const FLOAT_ERROR = 2 ** -21

/** The bounds themselves are rounded to single precision, four times. */
const ROUNDED_UP = 1 + 2 ** -20

/**
 * Rounds a query q to 16 bits and bounds the error of scanning with it. For a row x stored as s·(c + f / 254), by
 * Cauchy and Schwarz, |q·x − q̂·sc| ≤ ‖q‖·‖x − sc‖ + ‖q − q̂‖·‖sc‖; `residuals` and `norms` hold the two norms of rows.
 * @throws InvalidVector when the query is zero or not finite
 */
export function prepareQuery(query: Float32Array): PreparedQuery {
  const largest = largestComponent(query)
  // Loops, since a search of thousands of vectors takes no longer than callbacks for every component do.
  let absolute = 0
  for (const value of query) absolute += Math.abs(value)
  const stepsPerUnit = Math.min(32767 / largest, (MAX_SUM_OF_STEPS - query.length) / absolute)
  const steps = new Int16Array(query.length)
  let length = 0
  let lengthOfSteps = 0
  let lost = 0
  for (let at = 0; at < query.length; at++) {
    const exact = query[at]! * stepsPerUnit
    const step = Math.round(exact)
    steps[at] = step
    length += exact ** 2
    lengthOfSteps += step ** 2
    lost += (exact - step) ** 2
  }
  return {
    steps,
    stepsPerUnit,
    residualWeight: Math.fround(Math.sqrt(length) * ROUNDED_UP),
    normWeight: Math.fround((Math.sqrt(lost) + FLOAT_ERROR * Math.sqrt(lengthOfSteps)) * ROUNDED_UP),
  }
}
