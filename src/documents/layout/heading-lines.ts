import { articleNumber, headingLevel, LARGER, numberingDepth, outlineDepth } from './headings'
import type { Line } from './lines'
import type { Region } from './region'
import { splitSegment, type Segment } from './segments'

/** What a line gives to a heading, and what of it is text. */
export interface HeadingLine {
  level: number
  head: Segment[]
  rest: Segment[]
  /** It belongs to the heading in the line before. */
  joins: boolean
}

const BARE_TITLE = /^[（(][^（）()]{1,40}[）)]$/
const COMMENTARY = /^【[^【】]{1,40}】$/

/** The heading that line `at` of a region is or begins with; undefined where it is none. */
export function headingOf(region: Region, at: number, afterHeading: boolean): HeadingLine | undefined {
  const line = region.lines[at]!
  const text = line.text.replaceAll('\t', ' ')
  const level = levelOf(region, at, text)
  if (level === undefined) return undefined
  const before = region.lines[at - 1]
  const article = line.size <= LARGER * region.profile.bodySize ? splitArticle(line) : undefined
  if (article) return { level, ...article, joins: afterHeading && before !== undefined && BARE_TITLE.test(before.text) }
  return {
    level,
    head: line.cells,
    rest: [],
    joins: afterHeading && before !== undefined && wraps(region, before, line),
  }
}

/** "第１条 text": the number is (part of) a heading, the text beside it is not. */
function splitArticle(line: Line): { head: Segment[]; rest: Segment[] } | undefined {
  const number = articleNumber(line.text)
  const [first, ...others] = line.cells
  if (!number || !first) return undefined
  const [head, tail] = splitSegment(first, number.length) ?? [first, undefined]
  return { head: [head], rest: tail ? [tail, ...others] : others }
}

function levelOf(region: Region, at: number, text: string): number | undefined {
  const { profile } = region
  const line = region.lines[at]!
  if (text.length > 140 && !articleNumber(text)) return undefined
  if (!/\p{L}/u.test(text) || line.leader) return undefined
  const tagged = line.cells[0]!.items[0]!.heading
  if (tagged !== undefined) return tagged
  const depth = outlineDepth(profile, region.page, text)
  if (depth !== undefined) return Math.min(6, depth)
  if (line.size > LARGER * profile.bodySize || isSetApart(region, at, text))
    return headingLevel(profile, line.size, text)
  return undefined
}

/** Headings in the body's size: titles and numbers of articles, and short lines in another font with white space above. */
function isSetApart(region: Region, at: number, text: string): boolean {
  const line = region.lines[at]!
  const next = region.lines[at + 1]
  if (line.size < 0.97 * region.profile.bodySize) return false
  if (articleNumber(text)) return true
  if (BARE_TITLE.test(text)) return next !== undefined && articleNumber(next.text) !== undefined
  if (COMMENTARY.test(text)) return true
  if (text.length > 80 || /[.。、,;；:：]$/.test(text) || !isShort(region, line)) return false
  const before = region.lines[at - 1]
  if (before && line.y0 - before.y1 < 1.4 * region.gap) return false
  if (/^第/.test(text) && numberingDepth(text) > 0) return true
  const otherFont = line.cells.every((cell) => cell.items.every((item) => item.font !== region.profile.bodyFont))
  return otherFont && region.profile.fontsTell && next !== undefined && /^[\p{Lu}\p{Lo}\d]/u.test(text)
}

const isShort = (region: Region, line: Line): boolean =>
  region.lines.length < 3 || line.x1 < region.left + 0.8 * (region.right - region.left)

/** A long heading in large type runs on in the next line, unless that one is numbered itself. */
function wraps(region: Region, before: Line, line: Line): boolean {
  if (line.size <= LARGER * region.profile.bodySize || numberingDepth(line.text) > 0) return false
  return line.y0 - before.y1 < 0.9 * line.size && Math.abs(before.size - line.size) < 0.6
}
