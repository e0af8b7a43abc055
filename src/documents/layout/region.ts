import type { HeadingProfile } from './headings'
import { median } from './item'
import type { Line } from './lines'

/** A column's worth of lines with what is usual in it. */
export interface Region {
  /** Number of the page, to look headings up in the outline. */
  page: number
  lines: readonly Line[]
  profile: HeadingProfile
  /** White space between most lines, at most 1 em. */
  gap: number
  /** Left edge of most lines, and right end of the longest. */
  left: number
  right: number
  /** It is (part of) a table of contents, of which these lines, from `first` to before `end`, are entries. */
  contents: { first: number; end: number }
}

export function toRegion(lines: readonly Line[], page: number, profile: HeadingProfile, contents: Contents): Region {
  const gaps = lines
    .slice(1)
    .map((line, at) => line.y0 - lines[at]!.y1)
    .filter((gap) => gap > -5)
    .sort((a, b) => a - b)
  const size = median(lines.map((line) => line.size))
  return {
    page,
    lines,
    profile,
    gap: Math.max(1, Math.min(gaps[(gaps.length - 1) >> 1] ?? 0, size)),
    left: median(lines.map((line) => line.x0)),
    right: Math.max(...lines.map((line) => line.x1)),
    contents: entriesOf(lines, contents),
  }
}

/** Whether a page is in a table of contents, and whether that goes on to the next page. */
export interface Contents {
  inside: boolean
  begins: boolean
  goesOn: boolean
}

/** The entries: from the first line with dot leaders (of a page inside, from its top) to the last, or to the page's end. */
function entriesOf(lines: readonly Line[], { inside, begins, goesOn }: Contents): { first: number; end: number } {
  const last = lines.findLastIndex((line) => line.leader)
  if (!inside || last < 0) return { first: 0, end: 0 }
  const first = begins ? lines.findIndex((line) => line.leader || endsInPageNumber(line)) : 0
  const all = goesOn || lines.length - last <= 4
  return { first, end: all ? lines.length : last + 1 }
}

/** Entries of the highest level often have no leaders. */
const endsInPageNumber = ({ cells }: Line): boolean =>
  cells.length > 1 && /^[0-9０-９ivxlc]{1,4}$/.test(cells.at(-1)!.text)

/**
 * Which pages are in a table of contents: three lines with dot leaders begin one, one such line continues it. `leaders`
 * holds the number of such lines of each page.
 */
export function findContents(leaders: readonly number[]): Contents[] {
  const inside: boolean[] = []
  leaders.forEach((count, at) => inside.push(count >= 3 || (count > 0 && inside[at - 1] === true)))
  return inside.map((value, at) => ({
    inside: value,
    begins: value && inside[at - 1] !== true,
    goesOn: value && inside[at + 1] === true,
  }))
}
