import type { Direction } from '../../domain'

export interface Box {
  x0: number
  y0: number
  x1: number
  y1: number
}

/**
 * A piece of text as the file places it, before any layout: in content order, upright or turned by quarters. Coordinates
 * are page units at scale 1, origin top left, page rotation applied (those of `Rect`).
 */
export interface Item extends Box {
  /** Folded (see glyphs.ts), without control characters, not blank, no white space at its ends. */
  text: string
  /** Of the font, in page units. */
  size: number
  direction: Direction
  /** The parser's name for the font; pdf.js does not tell whether it is bold, only that it is another. */
  font: string
  /** White space stands between this item and the one before it on its line. */
  spaced: boolean
  /** Marked by the file as no part of its content (page furniture, watermark). */
  artifact: boolean
  /** Level of the heading that the file's tags say it belongs to. */
  heading?: number
  /** Dot leaders ("Contents ..... 12") stood before it and were dropped. */
  leader?: boolean
}

/** What a page holds before layout. */
export interface PageContent {
  /** From 1. */
  number: number
  label?: string
  width: number
  height: number
  items: Item[]
  /** An image covers more than half of it and there is (almost) no text. */
  image: boolean
}

export const boundsOf = (boxes: readonly Box[]): Box => {
  const bounds: Box = { x0: Infinity, y0: Infinity, x1: -Infinity, y1: -Infinity }
  for (const box of boxes) {
    if (box.x0 < bounds.x0) bounds.x0 = box.x0
    if (box.y0 < bounds.y0) bounds.y0 = box.y0
    if (box.x1 > bounds.x1) bounds.x1 = box.x1
    if (box.y1 > bounds.y1) bounds.y1 = box.y1
  }
  return bounds
}

/** Length of the common part of two boxes' vertical extents; negative where they are apart. */
export const verticalOverlap = (a: Box, b: Box): number => Math.min(a.y1, b.y1) - Math.max(a.y0, b.y0)

export const horizontalOverlap = (a: Box, b: Box): number => Math.min(a.x1, b.x1) - Math.max(a.x0, b.x0)

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[sorted.length >> 1] ?? 0
}
