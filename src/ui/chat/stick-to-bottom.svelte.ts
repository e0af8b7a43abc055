/** How near the end still counts as at the end, in CSS pixels: a line of text. */
const NEAR = 32

/**
 * Keeps a scrolling element at its end while its content grows, until the person scrolls up; scrolling back to the end
 * takes it up again. Who scrolled is told by position alone: only a person scrolls up, and growth that comes before our own scroll event does not
 * look like one.
 */
export class StickToBottom {
  /** The view is at the end, or there is nothing to scroll. */
  atEnd = $state(true)
  #element: HTMLElement | undefined
  #last = 0

  /** Attach to the scrolling element; its only child is watched for growth. */
  readonly attach = (element: HTMLElement): (() => void) => {
    this.#element = element
    const follow = new ResizeObserver(() => {
      if (this.atEnd) this.toEnd()
    })
    follow.observe(element)
    if (element.firstElementChild) follow.observe(element.firstElementChild)
    const look = () => this.#look()
    element.addEventListener('scroll', look, { passive: true })
    return () => {
      follow.disconnect()
      element.removeEventListener('scroll', look)
    }
  }

  toEnd(): void {
    this.#element?.scrollTo({ top: this.#element.scrollHeight, behavior: 'instant' })
    this.atEnd = true
  }

  #look(): void {
    const element = this.#element
    if (!element) return
    const { scrollTop } = element
    if (element.scrollHeight - element.clientHeight - scrollTop < NEAR) this.atEnd = true
    else if (scrollTop < this.#last) this.atEnd = false
    this.#last = scrollTop
  }
}
