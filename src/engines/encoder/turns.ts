/**
 * One at a time, the urgent before the others: a session runs one batch at once, and a question must not wait for the
 * passages of a whole book. Among equals it is first come, first served.
 */
export class Turns {
  #taken = false
  readonly #urgent: (() => void)[] = []
  readonly #others: (() => void)[] = []

  async run<Result>(work: () => Promise<Result>, urgent: boolean): Promise<Result> {
    await this.#take(urgent)
    try {
      return await work()
    } finally {
      this.#give()
    }
  }

  #take(urgent: boolean): Promise<void> {
    if (!this.#taken) {
      this.#taken = true
      return Promise.resolve()
    }
    return new Promise((resolve) => (urgent ? this.#urgent : this.#others).push(resolve))
  }

  #give(): void {
    const next = this.#urgent.shift() ?? this.#others.shift()
    if (next) next()
    else this.#taken = false
  }
}
