/** How many spoken sentences stay in the live region; older ones have been read out. */
const KEPT = 12

/**
 * What a screen reader is told without moving the focus. Shown by the shell in a polite live region as a log, so that
 * sentences that follow each other quickly are all read.
 */
export class Announcer {
  messages = $state.raw<readonly { id: number; text: string; lang?: string }[]>([])
  #count = 0

  say(text: string, lang?: string): void {
    this.#count += 1
    const message = lang === undefined ? { id: this.#count, text } : { id: this.#count, text, lang }
    this.messages = [...this.messages, message].slice(-KEPT)
  }
}
