/** A new release that is on this machine and waits for the person's word. */
export class Update {
  #apply = $state.raw<(() => Promise<void>) | undefined>()
  #postponed = $state(false)
  readonly #working: () => boolean

  /** @param working whether something is being read or answered, which a reload would cut off */
  constructor(working: () => boolean) {
    this.#working = working
  }

  readonly offered = $derived.by(() => this.#apply !== undefined && !this.#postponed)

  get blocked(): boolean {
    return this.#working()
  }

  offer(apply: () => Promise<void>): void {
    this.#apply = apply
    this.#postponed = false
  }

  /** Not now: the release is used by the next visit anyway. */
  postpone(): void {
    this.#postponed = true
  }

  async apply(): Promise<void> {
    if (!this.blocked) await this.#apply?.()
  }
}
