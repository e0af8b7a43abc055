/** Looks for texts that end an answer. What could be the beginning of one is held back until it cannot. */
export class StopTexts {
  readonly #stops: readonly string[]
  #held = ''
  #found = false

  constructor(stops: readonly string[]) {
    this.#stops = stops.filter((stop) => stop !== '')
  }

  /** Whether one was found. Nothing is to be added after it. */
  get found(): boolean {
    return this.#found
  }

  /** @returns the text that is certainly part of the answer, held-back text first */
  add(text: string): string {
    const whole = this.#held + text
    const at = this.#first(whole)
    if (at !== undefined) {
      this.#found = true
      this.#held = ''
      return whole.slice(0, at)
    }
    const held = this.#beginning(whole)
    this.#held = whole.slice(whole.length - held)
    return whole.slice(0, whole.length - held)
  }

  /** What was held back, when nothing comes any more. */
  finish(): string {
    const held = this.#held
    this.#held = ''
    return held
  }

  /** Where the first of them begins. */
  #first(text: string): number | undefined {
    const places = this.#stops.map((stop) => text.indexOf(stop)).filter((at) => at >= 0)
    return places.length > 0 ? Math.min(...places) : undefined
  }

  /** Length of the longest end of the text that one of them begins with. */
  #beginning(text: string): number {
    let longest = 0
    for (const stop of this.#stops)
      for (let length = Math.min(stop.length - 1, text.length); length > longest; length--)
        if (stop.startsWith(text.slice(text.length - length))) longest = length
    return longest
  }
}
