import { seededRandom } from '../../random'
import type { Interval } from '../summary'

const RESAMPLES = 2000
const SEED = 20231205

export const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)

/** Standard deviation of a sample (n − 1); 0 of fewer than two. */
export function deviationOf(values: readonly number[]): number {
  if (values.length < 2) return 0
  const mean = meanOf(values)
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1))
}

/**
 * The mean of a sample with its 95 % interval by the percentile bootstrap (Efron 1979), seeded: the same values give the same
 * interval. Of no value at all everything is NaN.
 */
export function bootstrapMean(values: readonly number[], seed = SEED): Interval {
  if (values.length === 0) return { mean: NaN, low: NaN, high: NaN }
  const random = seededRandom(seed)
  const means = Float64Array.from({ length: RESAMPLES }, () => {
    let sum = 0
    for (let at = 0; at < values.length; at++) sum += values[Math.floor(random() * values.length)]!
    return sum / values.length
  }).sort()
  const quantile = (share: number) => means[Math.min(RESAMPLES - 1, Math.floor(share * RESAMPLES))]!
  return { mean: meanOf(values), low: quantile(0.025), high: quantile(0.975) }
}

/**
 * How much the second sample is above the first, question by question, with its interval: what is measured on the same
 * questions is compared pair by pair, which is much narrower than two intervals side by side.
 * @param pairs [without, with] of each question
 */
export const bootstrapDifference = (pairs: readonly (readonly [number, number])[], seed = SEED): Interval =>
  bootstrapMean(
    pairs.map(([without, having]) => having - without),
    seed,
  )
