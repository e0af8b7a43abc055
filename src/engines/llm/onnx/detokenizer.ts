/** A character takes at most four bytes, and a token holds at least one. */
const PATIENCE = 3

/**
 * Tokens to text as they come. A token may end inside a character; that character is held back until it is whole, and not
 * one token longer: Japanese and emoji, many of whose characters are several tokens, appear as they are produced. (The
 * streamer of transformers.js holds kana back until a space or a line ends.)
 */
export class Detokenizer {
  readonly #decode: (tokens: readonly number[]) => string
  /** Tokens up to the last place where a character ended with a token: what a token reads as may depend on those before it. */
  #told: readonly number[] = []
  /** Tokens since then. */
  #open: number[] = []
  /** Length of their text that was told already. */
  #length = 0
  /** How many tokens have brought no character. */
  #waited = 0

  constructor(decode: (tokens: readonly number[]) => string) {
    this.#decode = decode
  }

  /** The characters that this token completes. */
  add(token: number): string {
    this.#open.push(token)
    const text = this.#textOfOpen()
    const whole = text.replace(/\uFFFD+$/, '')
    // The model may write a replacement character, or bytes that never become one: those are not waited for.
    const isWhole = whole.length === text.length || (whole.length <= this.#length && this.#waited >= PATIENCE)
    const told = (isWhole ? text : whole).slice(this.#length)
    if (isWhole) {
      this.#told = this.#open
      this.#open = []
    }
    this.#length = isWhole ? 0 : whole.length
    this.#waited = isWhole || told !== '' ? 0 : this.#waited + 1
    return told
  }

  #textOfOpen(): string {
    const before = this.#decode(this.#told)
    return this.#decode([...this.#told, ...this.#open]).slice(before.length)
  }
}
