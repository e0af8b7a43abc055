import type { Direction, Page, Rect, Run } from '../domain'
import { textWidth } from './layout/glyphs'

/**
 * The rectangles, in page units at scale 1, that cover characters [start, end) of a page's text, in reading order: one per
 * line where neighbours can be merged. A run is divided by the usual widths of its glyphs, so an end that lies inside a run
 * is right to within about a letter. Empty where the range holds joints only, or the page has no runs.
 */
export function rectanglesFor(page: Pick<Page, 'runs' | 'text'>, start: number, end: number): Rect[] {
  const merged: { rect: Rect; direction: Direction }[] = []
  for (const run of page.runs) {
    const from = Math.max(run.start, start)
    const to = Math.min(run.end, end)
    if (from >= to) continue
    const rect = partOfRun(run, page.text.slice(run.start, run.end), from - run.start, to - run.start)
    const last = merged.at(-1)
    const union = last?.direction === run.direction ? joined(last.rect, rect, run.direction) : undefined
    if (last && union) last.rect = union
    else merged.push({ rect, direction: run.direction })
  }
  return merged.map(({ rect }) => rect)
}

/** The part of a run's rectangle that characters [from, to) of its text take up. */
export function partOfRun(
  { rect, direction }: Pick<Run, 'rect' | 'direction'>,
  text: string,
  from: number,
  to: number,
): Rect {
  if (from <= 0 && to >= text.length) return rect
  const whole = textWidth(text) || 1
  const a = textWidth(text, 0, from) / whole
  const b = textWidth(text, 0, to) / whole
  const [x0, y0, x1, y1] = rect
  const width = x1 - x0
  const height = y1 - y0
  if (direction === 1) return [x0, y0 + a * height, x1, y0 + b * height]
  if (direction === 2) return [x1 - b * width, y0, x1 - a * width, y1]
  if (direction === 3) return [x0, y1 - b * height, x1, y1 - a * height]
  return [x0 + a * width, y0, x0 + b * width, y1]
}

/** Both rectangles in one where they stand on the same line with no more than a word's gap between them. */
function joined(a: Rect, b: Rect, direction: Direction): Rect | undefined {
  const along = direction % 2
  const across = 1 - along
  const thickness = Math.min(a[across + 2]! - a[across]!, b[across + 2]! - b[across]!)
  const overlap = Math.min(a[across + 2]!, b[across + 2]!) - Math.max(a[across]!, b[across]!)
  if (overlap < 0.5 * thickness) return undefined
  const ahead = direction < 2 ? b[along]! - a[along + 2]! : a[along]! - b[along + 2]!
  if (ahead > 1.5 * thickness || ahead < -1.5 * thickness) return undefined
  return [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])]
}
