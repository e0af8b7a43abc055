import { ModelUnusable } from '../../../errors'
import { logProbabilityOf } from '../onnx/sampler'
import type { LogitProcessor } from './mlc-engine'

/** Far enough below the chosen token for its share to be exactly 0 in 32-bit floats, at temperature 1. */
const NEVER = -1e4

/**
 * Chooses each token of an answer in place of web-llm, which is left one token to choose from, and tells how likely the model
 * itself found it. For what web-llm does not know (top-k, min-p, penalties over the prompt), does otherwise (it tells
 * probabilities after temperature and penalties have changed them, and only where it has sorted them), or is not made for
 * (the probability of a given text).
 */
export class LogitChoice implements LogitProcessor {
  /** Natural logarithms, of each token so far. Under a grammar: among the tokens that it allows. */
  readonly logProbabilities: number[] = []
  readonly #choose: (logits: Float32Array, at: number) => number
  #chosen: number | undefined

  /** @param choose the token to take at a place of the answer, 0 being the first */
  constructor(choose: (logits: Float32Array, at: number) => number) {
    this.#choose = choose
  }

  processLogits(logits: Float32Array): Float32Array {
    const token = this.#choose(logits, this.logProbabilities.length)
    this.logProbabilities.push(logProbabilityOf(logits, token))
    this.#chosen = token
    logits.fill(NEVER)
    logits[token] = 0
    return logits
  }

  /** @throws ModelUnusable when another token was taken: what was told of the chosen one would be untrue */
  processSampledToken(token: number): void {
    if (token !== this.#chosen) throw new ModelUnusable({ detail: `token ${token} was sampled, not ${this.#chosen}` })
  }

  resetState(): void {
    // It lives for one request only.
  }
}
