import type { Rect } from '../../domain'

/** Whether a rectangle is a line of writing that runs down or up the page. */
export const isUpright = ([x0, y0, x1, y1]: Rect): boolean => y1 - y0 > 1.5 * (x1 - x0)

/**
 * The rectangles of a passage, one per line, joined to what a reader sees as one block: lines that follow each other
 * closely. A passage that goes on at the top of the next column gives two.
 */
export function blocksOf(rects: readonly Rect[]): { rect: Rect; upright: boolean }[] {
  const blocks: { rect: Rect; upright: boolean; last: Rect }[] = []
  // The end of a passage may be so short that its rectangle does not tell which way the writing runs.
  const longest = rects.reduce<Rect | undefined>(
    (best, rect) => (best && extent(best) >= extent(rect) ? best : rect),
    undefined,
  )
  const upright = longest !== undefined && isUpright(longest)
  for (const rect of rects) {
    const block = blocks.at(-1)
    if (block && follows(block.last, rect, upright)) {
      block.rect = union(block.rect, rect)
      block.last = rect
    } else blocks.push({ rect, upright, last: rect })
  }
  return blocks.map((block) => ({ rect: block.rect, upright }))
}

const extent = ([x0, y0, x1, y1]: Rect): number => Math.max(x1 - x0, y1 - y0)

/** Less than a line and a half between one line and the next, on whichever side it comes. */
function follows(a: Rect, b: Rect, upright: boolean): boolean {
  const [from, to] = upright ? ([0, 2] as const) : ([1, 3] as const)
  const space = Math.max(b[from] - a[to], a[from] - b[to])
  return space < 1.5 * Math.min(a[to] - a[from], b[to] - b[from])
}

const union = (a: Rect, b: Rect): Rect => [
  Math.min(a[0], b[0]),
  Math.min(a[1], b[1]),
  Math.max(a[2], b[2]),
  Math.max(a[3], b[3]),
]
