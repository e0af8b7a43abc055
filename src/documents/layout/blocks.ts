import type { BlockKind } from '../../domain'
import { headingLevel, isArticle, LARGER, numberingDepth, outlineDepth, type HeadingProfile } from './headings'
import { median } from './item'
import type { Line } from './lines'
import type { Segment } from './segments'
import { tableRows } from './tables'

/** A block before its text is composed: lines of a paragraph, items of a list, or rows of cells. */
export interface DraftBlock {
  kind: BlockKind
  level?: number
  /** A heading or paragraph has one row of one cell; a list one row an item; a table its rows and cells. */
  rows: Segment[][][]
}

interface Region {
  page: number
  lines: Line[]
  profile: HeadingProfile
  /** Usual white space between lines, left edge of most of them, rightmost end. */
  gap: number
  left: number
  right: number
  contents: boolean
}

const BULLET =
  /^(?:[•‣◦▪●○■□◆◇◎・–—*\u2022\uf0b7-]\s*\S|\(?\d{1,3}[.)]\s+\S|\(?[a-zA-Z][.)]\s+\S|[①-⑳㋐-㋾]|[（(][0-9０-９一二三四五六七八九十ア-ンa-zａ-ｚ]{1,2}[)）]|[0-9０-９ア-ン]{1,2}\t)/
const BARE_MARKER = /^(?:[•‣◦▪●○■□◆◇◎・–—*\uf0b7-]|\(?\d{1,3}[.)]?|\(?[a-zA-Z][.)])$/
const SENTENCE_END = /[.!?。．！？:：]["'”’」』）)\]]*$/

/** Blocks of one region (a column), in reading order. `page` is its number, to look headings up in the outline. */
export function toBlocks(lines: Line[], page: number, profile: HeadingProfile): DraftBlock[] {
  const gaps = lines.slice(1).map((line, at) => line.y0 - lines[at]!.y1)
  const region: Region = {
    page,
    lines,
    profile,
    gap: Math.max(1, median(gaps.filter((gap) => gap > -5))),
    left: median(lines.map((line) => line.x0)),
    right: Math.max(...lines.map((line) => line.x1)),
    contents: lines.filter((line) => line.leader).length >= 3,
  }
  const blocks: DraftBlock[] = []
  for (let at = 0; at < lines.length;) {
    const table = region.contents ? undefined : tableRows(lines, at)
    if (table) {
      blocks.push({ kind: 'table', rows: table.rows })
      at += table.lines
    } else at += takeLine(region, at, blocks)
  }
  return blocks
}

/** Adds line `at` to the last block or begins a new one; returns how many lines were used. */
function takeLine(region: Region, at: number, blocks: DraftBlock[]): number {
  const line = region.lines[at]!
  const before = at > 0 ? region.lines[at - 1]! : undefined
  const last = blocks.at(-1)
  const level = region.contents && (line.leader || before) ? undefined : levelOf(region, at)
  if (level !== undefined) return takeHeading(region, at, level, blocks)
  const item = isListItem(region, line)
  const follows = before !== undefined && last !== undefined && isClose(region, before, line)
  if (item) {
    if (last?.kind === 'list' && before && line.y0 - before.y1 < 2.5 * region.gap + line.size)
      last.rows.push([line.cells])
    else blocks.push({ kind: 'list', rows: [[line.cells]] })
  } else if (follows && last.kind === 'list' && !region.contents) last.rows.at(-1)![0]!.push(...line.cells)
  else if (follows && last.kind === 'paragraph' && !startsParagraph(region, before, line))
    last.rows[0]![0]!.push(...line.cells)
  else blocks.push({ kind: 'paragraph', rows: [[line.cells]] })
  return 1
}

function isListItem(region: Region, line: Line): boolean {
  if (region.contents) return true
  return BULLET.test(line.text) || (line.cells.length > 1 && BARE_MARKER.test(line.cells[0]!.text))
}

/** No more white space than between the lines of a paragraph, and about the same size. */
function isClose(region: Region, before: Line, line: Line): boolean {
  const gap = line.y0 - before.y1
  if (gap > 1.6 * region.gap + 0.3 * line.size || line.y0 < before.y0 - 2) return false
  return Math.abs(before.size - line.size) < 0.15 * line.size + 0.3
}

/** The first line of a paragraph is indented, or the line before stops short at the end of a sentence. */
function startsParagraph(region: Region, before: Line, line: Line): boolean {
  const indent = line.x0 - region.left
  const indented = indent > 0.6 * line.size && indent < 4 * line.size && before.x0 - region.left < 0.5 * line.size
  const short = before.x1 < region.left + 0.75 * (region.right - region.left) && SENTENCE_END.test(before.text)
  return indented || short
}

/** Level of the heading that line `at` is (the first line of), or undefined. */
function levelOf(region: Region, at: number): number | undefined {
  const { profile } = region
  const line = region.lines[at]!
  const text = line.text.replaceAll('\t', ' ')
  if (text.length > 140 || !/\p{L}/u.test(text) || line.leader) return undefined
  const tagged = line.cells[0]!.items[0]!.heading
  if (tagged !== undefined) return tagged
  const depth = outlineDepth(profile, region.page, text)
  if (depth !== undefined && (line.size > profile.bodySize || !SENTENCE_END.test(text))) return Math.min(6, depth)
  const large = line.size > LARGER * profile.bodySize
  if (large || isSetApart(region, at, text)) return headingLevel(profile, line.size, text)
  return undefined
}

/** Headings in body size: numbered or in another font, short, and with white space above. */
function isSetApart(region: Region, at: number, text: string): boolean {
  const line = region.lines[at]!
  const before = region.lines[at - 1]
  const next = region.lines[at + 1]
  const short = line.x1 < region.left + 0.8 * (region.right - region.left) || region.lines.length < 3
  if (text.length > 80 || /[.。、,;；]$/.test(text)) return false
  if (/^（[^（）]{1,30}）$/.test(text)) return next !== undefined && isArticle(next.text)
  if (isArticle(text) && line.cells.length > 1) return true
  const gap = before ? line.y0 - before.y1 : Infinity
  if (/^【[^【】]{1,40}】$/.test(text)) return short
  if (!short || gap < 1.4 * region.gap) return false
  const otherFont = line.cells.every((cell) => cell.items.every((item) => item.font !== region.profile.bodyFont))
  const depth = numberingDepth(text)
  return (
    (depth > 0 && depth !== 6 && (otherFont || /^第/.test(text))) ||
    (otherFont && next !== undefined && text.length < 60 && /^[\p{Lu}\p{Lo}\d]/u.test(text) && !BULLET.test(text))
  )
}

/** Takes the heading's lines; an article's number ("第１条") is part of its heading, the text beside it is not. */
function takeHeading(region: Region, at: number, level: number, blocks: DraftBlock[]): number {
  const line = region.lines[at]!
  const before = region.lines[at - 1]
  const last = blocks.at(-1)
  const article = isArticle(line.text) && line.cells.length > 1 && line.size <= LARGER * region.profile.bodySize
  const head = article ? line.cells.slice(0, 1) : line.cells
  const joins =
    before !== undefined && last?.kind === 'heading' && last.level === level && goesOn(region, before, line, article)
  if (joins) last.rows[0]![0]!.push(...head)
  else blocks.push({ kind: 'heading', level, rows: [[head]] })
  if (article) blocks.push({ kind: 'paragraph', rows: [[line.cells.slice(1)]] })
  return 1
}

function goesOn(region: Region, before: Line, line: Line, article: boolean): boolean {
  if (article) return /^（/.test(before.text)
  const numbered = numberingDepth(line.text) > 0
  return (
    !numbered &&
    line.y0 - before.y1 < 0.9 * line.size &&
    Math.abs(before.size - line.size) < 0.6 &&
    line.size > LARGER * region.profile.bodySize
  )
}
