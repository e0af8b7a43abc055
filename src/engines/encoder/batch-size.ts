/** Tokens of a batch, padding included, to begin with, at least and at most. */
const FIRST = 1024
const LEAST = 256
const MOST = 16_384
/** A query waits for at most one batch: none shall take longer than this, in milliseconds. */
const PATIENCE = 500
/** How much faster a larger batch has to be to be worth its wait. */
const GAIN = 1.05
/** Batches measured before a size is judged; the first one of a size also compiles shaders and is not counted. */
const SAMPLES = 3

/**
 * How large batches should be, found while working: begins small and doubles as long as tokens per second grow and a
 * batch stays short. On a graphics processor large batches share the cost of a launch; on one wasm thread they gain nothing.
 */
export class BatchSize {
  #tokens = FIRST
  #settled = false
  #samples: number[] = []
  #slower: number | undefined

  /** Texts of `length` tokens that go into the next batch. */
  texts(length: number): number {
    return Math.max(1, Math.floor(this.#tokens / length))
  }

  /** Tells how long a batch of that many tokens, padding included, took in milliseconds. */
  measured(tokens: number, elapsed: number): void {
    // The rest of a bucket says nothing about batches of full size.
    if (this.#settled || tokens < this.#tokens / 2) return
    this.#samples.push(tokens / Math.max(elapsed, 0.01))
    if (this.#samples.length > 1 && elapsed > PATIENCE) return this.#shrink()
    if (this.#samples.length > SAMPLES) this.#judge(elapsed)
  }

  #shrink(): void {
    this.#settled = true
    this.#tokens = Math.max(LEAST, this.#tokens / 2)
  }

  #judge(elapsed: number): void {
    const speed = Math.max(...this.#samples.slice(1))
    if (this.#slower !== undefined && speed < this.#slower * GAIN) return this.#shrink()
    if (elapsed > PATIENCE / 2 || this.#tokens >= MOST) {
      this.#settled = true
      return
    }
    this.#slower = speed
    this.#tokens *= 2
    this.#samples = []
  }
}
