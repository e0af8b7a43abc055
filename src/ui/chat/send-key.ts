/**
 * Whether a key press in the question box means "send". Enter that ends a composition (kana to kanji, dead keys) never
 * does: browsers mark it with `isComposing` or keyCode 229, but Safari fires `compositionend` first and may deliver the
 * Enter unmarked, in the same moment; no finger strikes Enter twice that fast.
 */
const SAME_STROKE_MS = 60

export class SendKey {
  #composing = false
  #ended = -Infinity

  readonly oncompositionstart = (): void => {
    this.#composing = true
  }

  readonly oncompositionend = (event: { timeStamp: number }): void => {
    this.#composing = false
    this.#ended = event.timeStamp
  }

  /** Enter, and Ctrl or ⌘ with Enter, send; Shift+Enter and Alt+Enter write a new line. */
  sends(
    event: Pick<KeyboardEvent, 'key' | 'keyCode' | 'isComposing' | 'shiftKey' | 'altKey' | 'timeStamp' | 'repeat'>,
  ): boolean {
    if (event.key !== 'Enter' || event.shiftKey || event.altKey || event.repeat) return false
    if (this.#composing || event.isComposing || event.keyCode === 229) return false
    return event.timeStamp - this.#ended > SAME_STROKE_MS
  }
}
