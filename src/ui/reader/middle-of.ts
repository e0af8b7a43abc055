import type { Highlight } from '../../app/reader/highlights'

/**
 * The middle of a highlight as fractions (0 to 1) of its page; undefined without rectangles. Of a passage that goes on in
 * another column it is the middle of the first lines, which is where reading begins.
 */
export function middleOf({ rects, width, height }: Highlight): { x: number; y: number } | undefined {
  const first = rects[0]
  if (!first || width === 0 || height === 0) return undefined
  const near = rects.filter((rect) => overlaps(rect[0], rect[2], first[0], first[2]))
  const x = (Math.min(...near.map((r) => r[0])) + Math.max(...near.map((r) => r[2]))) / 2
  const y = (Math.min(...near.map((r) => r[1])) + Math.max(...near.map((r) => r[3]))) / 2
  return { x: x / width, y: y / height }
}

const overlaps = (from: number, to: number, otherFrom: number, otherTo: number): boolean =>
  Math.min(to, otherTo) > Math.max(from, otherFrom)
