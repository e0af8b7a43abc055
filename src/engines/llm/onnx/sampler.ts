import { ModelUnusable } from '../../../errors'
import type { Sampling } from '../language-model'
import { seededRandom } from '../../../random'

/** Tokens that may be chosen, and their probabilities in the same order. Buffers are reused by nobody. */
export interface Distribution {
  tokens: ArrayLike<number>
  probabilities: Float64Array
}

/** Chooses the tokens of one answer. */
export class Sampler {
  readonly #sampling: Sampling
  readonly #random: () => number
  /** Tokens of the prompt and of the answer so far. */
  readonly #seen: Set<number>

  constructor(sampling: Sampling, prompt: readonly number[]) {
    this.#sampling = sampling
    this.#random = seededRandom(sampling.seed ?? crypto.getRandomValues(new Uint32Array(1))[0]!)
    this.#seen = new Set(isPenalised(sampling) ? prompt : [])
  }

  /**
   * @param logits of the whole vocabulary; left as they are
   * @param allowed the tokens that a grammar lets follow; undefined: all
   * @throws ModelUnusable when the logits are no numbers, or a grammar allows nothing
   */
  choose(logits: Float32Array, allowed?: ArrayLike<number>): number {
    const shaped = this.#shape(logits, allowed)
    const token = this.#sampling.temperature ? this.#draw(shaped) : mostLikely(shaped)
    if (isPenalised(this.#sampling)) this.#seen.add(token)
    return token
  }

  /** A copy where something has to change, the same array otherwise. */
  #shape(logits: Float32Array, allowed: ArrayLike<number> | undefined): Float32Array {
    if (!allowed && this.#seen.size === 0) return logits
    const shaped = allowed ? masked(logits, allowed) : logits.slice()
    const penalty = this.#sampling.repetitionPenalty ?? 1
    // Of Keskar et al. 2019 (CTRL): a negative logit is multiplied, because dividing it would favour the token.
    for (const token of this.#seen) shaped[token]! *= shaped[token]! > 0 ? 1 / penalty : penalty
    return shaped
  }

  #draw(logits: Float32Array): number {
    const { tokens, probabilities } = distributionOf(logits, this.#sampling)
    let left = this.#random()
    for (let at = 0; at < probabilities.length; at++) {
      left -= probabilities[at]!
      if (left < 0) return tokens[at]!
    }
    // Rounding may leave a little of the 1 over.
    return tokens[probabilities.length - 1]!
  }
}

const isPenalised = ({ repetitionPenalty = 1 }: Sampling): boolean => repetitionPenalty !== 1

function masked(logits: Float32Array, allowed: ArrayLike<number>): Float32Array {
  const left = new Float32Array(logits.length).fill(-Infinity)
  for (let at = 0; at < allowed.length; at++) left[allowed[at]!] = logits[allowed[at]!]!
  return left
}

/** The token with the largest logit, of equals the first. */
export function mostLikely(logits: Float32Array): number {
  let best = 0
  for (let token = 1; token < logits.length; token++) if (logits[token]! > logits[best]!) best = token
  // A comparison with what is no number is false, so a first logit of NaN would win.
  if (!Number.isFinite(logits[best]!)) throw new ModelUnusable({ detail: `a largest logit of ${logits[best]}` })
  return best
}

/**
 * The distribution that a token is drawn from: temperature, then the most likely k, then the nucleus (Holtzman et al. 2019),
 * then the share of the most likely, in the order of the transformers library.
 */
export function distributionOf(logits: Float32Array, sampling: Sampling): Distribution {
  const { temperature = 1, topK = 0, topP = 1, minP = 0 } = sampling
  const largest = logits[mostLikely(logits)]!
  const weightOf = (token: number) => Math.exp((logits[token]! - largest) / temperature)
  let total = 0
  if (topK === 0) for (let token = 0; token < logits.length; token++) total += weightOf(token)
  const tokens = topK > 0 || topP < 1 ? leading(logits, largest, { temperature, topK, topP, total }) : all(logits)
  const weights = Float64Array.from(tokens, weightOf)
  let count = topK > 0 ? Math.min(topK, tokens.length) : tokens.length
  if (topP < 1) count = nucleus(weights, count, topP * (topK > 0 ? sum(weights, count) : total))
  return normalised(tokens, weights, count, minP)
}

interface Bounds {
  temperature: number
  topK: number
  topP: number
  /** Sum of all weights, where topK is 0. */
  total: number
}

/**
 * The most likely tokens, best first, as many as the bounds can ask for: sorting 150,000 for each token of an answer would
 * take longer than a small model's step. Those within a distance of the best are taken, and the distance doubled until
 * there are enough.
 */
function leading(logits: Float32Array, largest: number, { temperature, topK, topP, total }: Bounds): Int32Array {
  for (let distance = 8 * temperature; ; distance *= 2) {
    const near: number[] = []
    let weight = 0
    let left = 0
    for (let token = 0; token < logits.length; token++) {
      if (logits[token]! === -Infinity) continue
      if (logits[token]! < largest - distance) {
        left++
        continue
      }
      near.push(token)
      weight += Math.exp((logits[token]! - largest) / temperature)
    }
    const enough = topK > 0 ? near.length >= topK : weight >= topP * total
    if (enough || left === 0) return Int32Array.from(near).sort((a, b) => logits[b]! - logits[a]! || a - b)
  }
}

const all = (logits: Float32Array): Int32Array => Int32Array.from(logits.keys())

/** How many of the first tokens hold this weight; at least one. */
function nucleus(weights: Float64Array, count: number, wanted: number): number {
  let weight = 0
  for (let at = 0; at < count; at++) {
    weight += weights[at]!
    if (weight >= wanted) return at + 1
  }
  return count
}

/** The most likely token has weight 1, so `minP` is a bound of the weights themselves. */
function normalised(tokens: Int32Array, weights: Float64Array, count: number, minP: number): Distribution {
  const kept: number[] = []
  for (let at = 0; at < count; at++) if (weights[at]! > 0 && weights[at]! >= minP) kept.push(at)
  const total = kept.reduce((total, at) => total + weights[at]!, 0)
  return {
    tokens: kept.map((at) => tokens[at]!),
    probabilities: Float64Array.from(kept, (at) => weights[at]! / total),
  }
}

function sum(values: Float64Array, count: number): number {
  let total = 0
  for (let at = 0; at < count; at++) total += values[at]!
  return total
}

/** Natural logarithm of a token's probability under the model: its part of the log-softmax. */
export function logProbabilityOf(logits: Float32Array, token: number): number {
  const largest = logits[mostLikely(logits)]!
  let total = 0
  for (let at = 0; at < logits.length; at++) total += Math.exp(logits[at]! - largest)
  return logits[token]! - largest - Math.log(total)
}
