import { createContext } from 'svelte'
import type { Citation } from '../../domain'

const OPEN_AFTER = 180
/** Long enough to move the pointer from the chip onto the card (WCAG 1.4.13: hoverable). */
const CLOSE_AFTER = 250

/** The one card that shows what stands behind a citation, beside the chip that is pointed at or has the focus. */
export class CitationCardState {
  citation = $state.raw<Citation | undefined>()
  anchor = $state.raw<HTMLElement | undefined>()
  #timer: ReturnType<typeof setTimeout> | undefined

  /** The pointer came to a chip. */
  point(citation: Citation, anchor: HTMLElement): void {
    this.#later(this.citation ? 0 : OPEN_AFTER, () => this.open(citation, anchor))
  }

  open(citation: Citation, anchor: HTMLElement): void {
    clearTimeout(this.#timer)
    this.citation = citation
    this.anchor = anchor
  }

  /** The pointer is on the card: it stays. */
  hold(): void {
    clearTimeout(this.#timer)
  }

  /** The pointer or the focus went away. */
  leave(): void {
    this.#later(CLOSE_AFTER, () => this.close())
  }

  close(): void {
    clearTimeout(this.#timer)
    this.citation = undefined
    this.anchor = undefined
  }

  #later(wait: number, run: () => void): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(run, wait)
  }
}

export const [getCitationCard, setCitationCard] = createContext<CitationCardState>()

/** Id of the card for `aria-describedby` of the chip that it belongs to. */
export const CARD_ID = 'citation-card'
