/** Width and height of a page in points at scale 1, its own rotation already applied. */
export interface PageSize {
  width: number
  height: number
}

/** A place in the document that survives a change of scale: `fraction` (0 to 1) of the way down page `page`. */
export interface Anchor {
  page: number
  fraction: number
}

/**
 * Where each page stands in one long column, in CSS pixels, with `gap` pixels above, between and below. Pages count
 * from 1. Sizes are whole pixels, so that a canvas of the same size in device pixels is not resampled.
 */
export class PageLayout {
  readonly pages: number
  readonly totalHeight: number
  readonly maxWidth: number
  readonly #tops: Float64Array
  readonly #widths: Float64Array
  readonly #heights: Float64Array

  /** @param scale CSS pixels per unit of `sizes` */
  constructor(
    sizes: readonly PageSize[],
    readonly scale: number,
    readonly gap: number,
  ) {
    this.pages = sizes.length
    this.#tops = new Float64Array(sizes.length)
    this.#widths = new Float64Array(sizes.length)
    this.#heights = new Float64Array(sizes.length)
    let y = gap
    let widest = 0
    sizes.forEach((size, i) => {
      this.#tops[i] = y
      this.#widths[i] = Math.max(1, Math.floor(size.width * scale))
      this.#heights[i] = Math.max(1, Math.floor(size.height * scale))
      y += this.height(i + 1) + gap
      widest = Math.max(widest, this.width(i + 1))
    })
    this.totalHeight = y
    this.maxWidth = widest
  }

  top(page: number): number {
    return this.#tops[page - 1] ?? 0
  }

  width(page: number): number {
    return this.#widths[page - 1] ?? 0
  }

  height(page: number): number {
    return this.#heights[page - 1] ?? 0
  }

  /** The page at `y`, or the one after the gap at `y`; the last one below the end. 0 when there are no pages. */
  pageAt(y: number): number {
    let low = 1
    let high = this.pages
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.top(middle) + this.height(middle) <= y) low = middle + 1
      else high = middle
    }
    return Math.min(low, this.pages)
  }

  /** Numbers of the pages that touch [top, bottom), and `margin` more on either side. */
  pagesBetween(top: number, bottom: number, margin: number): number[] {
    if (this.pages === 0) return []
    const first = Math.max(1, this.pageAt(top) - margin)
    const last = Math.min(this.pages, this.pageAt(Math.max(top, bottom - 1)) + margin)
    return Array.from({ length: last - first + 1 }, (_, i) => first + i)
  }

  /** The page of which most is to be seen in [top, bottom); of equals the first. */
  mostVisible(top: number, bottom: number): number {
    let best = 0
    let most = -Infinity
    for (const page of this.pagesBetween(top, bottom, 0)) {
      const seen = Math.min(bottom, this.top(page) + this.height(page)) - Math.max(top, this.top(page))
      if (seen > most) [best, most] = [page, seen]
    }
    return best
  }

  anchorAt(y: number): Anchor {
    const page = this.pageAt(y)
    const fraction = (y - this.top(page)) / Math.max(1, this.height(page))
    return { page, fraction: Math.min(1, Math.max(0, fraction)) }
  }

  offsetOf(anchor: Anchor): number {
    return this.top(anchor.page) + anchor.fraction * this.height(anchor.page)
  }
}
