import { sample, seededRandom } from './qa'

/**
 * One question's candidates as sparse rows: entries [offsets[i], offsets[i + 1]) of `features` and `values` describe
 * candidate i, `gains[i]` says how right it is (0 to 1).
 */
export interface Ranking {
  offsets: Uint32Array
  features: Uint32Array
  values: Float32Array
  gains: Float32Array
}

export interface FitOptions {
  epochs: number
  rate: number
  /** Pull of every weight towards zero. */
  l1: number
}

/**
 * Weights (one per feature) that raise the log of the expected gain of a softmax over each question's candidates:
 * conditional log-linear ranking, fitted by AdaGrad (Duchi et al. 2011) one question at a time.
 */
export function fitRanking(rankings: Ranking[], size: number, { epochs, rate, l1 }: FitOptions): Float64Array {
  const weights = new Float64Array(size)
  const squares = new Float64Array(size).fill(1e-2)
  const gradient = new Float64Array(size)
  const order = seededRandom(7)
  for (let epoch = 0; epoch < epochs; epoch++)
    for (const ranking of sample(rankings, rankings.length, Math.floor(order() * 2 ** 31)))
      for (const feature of slopes(ranking, weights, gradient)) {
        const slope = gradient[feature]!
        gradient[feature] = 0
        squares[feature]! += slope * slope
        const step = rate / Math.sqrt(squares[feature]!)
        const moved = weights[feature]! - step * slope
        weights[feature] = Math.sign(moved) * Math.max(0, Math.abs(moved) - step * l1)
      }
  return weights
}

/** Adds one question's slopes to `gradient` (zero before) and returns the features that it touched. */
function slopes(
  { offsets, features, values, gains }: Ranking,
  weights: Float64Array,
  gradient: Float64Array,
): number[] {
  const odds = rankingScores({ offsets, features, values, gains }, weights)
  const top = odds.reduce((a, b) => Math.max(a, b), -Infinity)
  let all = 0
  let right = 0
  for (const [i, score] of odds.entries()) {
    odds[i] = Math.exp(score - top)
    all += odds[i]!
    right += odds[i]! * gains[i]!
  }
  const touched: number[] = []
  if (right <= 0) return touched
  for (const [i, odd] of odds.entries()) {
    const change = odd / all - (odd * gains[i]!) / right
    if (Math.abs(change) < 1e-6) continue
    for (let at = offsets[i]!; at < offsets[i + 1]!; at++) {
      const feature = features[at]!
      if (gradient[feature] === 0) touched.push(feature)
      gradient[feature]! += change * values[at]!
    }
  }
  return [...new Set(touched)]
}

/** The score of each candidate. */
export function rankingScores({ offsets, features, values }: Ranking, weights: Float64Array): Float64Array {
  const scores = new Float64Array(offsets.length - 1)
  for (const i of scores.keys())
    for (let at = offsets[i]!; at < offsets[i + 1]!; at++) scores[i]! += weights[features[at]!]! * values[at]!
  return scores
}

/** The `count` features that move scores most: weight times the root of the number of questions that have them. */
export function strongest(rankings: Ranking[], weights: Float64Array, count: number, fewest: number): number[] {
  const seen = new Float64Array(weights.length)
  for (const { features } of rankings) for (const feature of new Set(features)) seen[feature]!++
  const impact = weights.map((weight, feature) =>
    seen[feature]! < fewest ? 0 : Math.abs(weight) * Math.sqrt(seen[feature]!),
  )
  return [...impact.keys()]
    .filter((feature) => impact[feature]! > 0)
    .sort((a, b) => impact[b]! - impact[a]!)
    .slice(0, count)
}

/** The same candidates with only the `kept` features, renumbered in the order given. */
export function restrict<Kind extends Ranking>(ranking: Kind, kept: Map<number, number>): Kind {
  const offsets = [0]
  const features: number[] = []
  const values: number[] = []
  for (let i = 0; i + 1 < ranking.offsets.length; i++) {
    for (let at = ranking.offsets[i]!; at < ranking.offsets[i + 1]!; at++) {
      const feature = kept.get(ranking.features[at]!)
      if (feature === undefined) continue
      features.push(feature)
      values.push(ranking.values[at]!)
    }
    offsets.push(features.length)
  }
  return {
    ...ranking,
    offsets: Uint32Array.from(offsets),
    features: Uint32Array.from(features),
    values: Float32Array.from(values),
  }
}
