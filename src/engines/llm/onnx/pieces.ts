import type { GeneratedPiece } from '../language-model'
import { Detokenizer } from './detokenizer'
import { StopTexts } from './stop-texts'

/** Chosen tokens become pieces of an answer: whole characters, and nothing that may be part of a stop text. */
export class Pieces {
  readonly #detokenizer: Detokenizer
  readonly #stops: StopTexts
  readonly #logProbabilities: boolean
  /** Tokens that no piece has told yet. */
  #tokens = 0
  #logProbability = 0

  constructor(decode: (tokens: readonly number[]) => string, stop: readonly string[], logProbabilities: boolean) {
    this.#detokenizer = new Detokenizer(decode)
    this.#stops = new StopTexts(stop)
    this.#logProbabilities = logProbabilities
  }

  /** Whether a stop text has ended the answer. */
  get stopped(): boolean {
    return this.#stops.found
  }

  /** @param logProbability of the token, where it is asked for */
  add(token: number, logProbability: number): GeneratedPiece | undefined {
    this.#tokens++
    this.#logProbability += logProbability
    const text = this.#stops.add(this.#detokenizer.add(token))
    return text === '' && !this.stopped ? undefined : this.#piece(text)
  }

  /** What is left when the answer has ended. The beginning of a character has no text, but its tokens count. */
  finish(): GeneratedPiece | undefined {
    if (this.#tokens === 0) return undefined
    return this.#piece(this.#stops.finish())
  }

  #piece(text: string): GeneratedPiece {
    const piece = { text, tokens: this.#tokens, logProbability: this.#logProbability }
    this.#tokens = 0
    this.#logProbability = 0
    return this.#logProbabilities ? piece : { text: piece.text, tokens: piece.tokens }
  }
}
