import type { OutlineItem } from '../../domain'
import type { Segment } from './segments'

/** What the whole document says about its headings; a line alone cannot know. */
export interface HeadingProfile {
  /** Font size of most of the text, and the parser's name of its font. */
  bodySize: number
  bodyFont: string
  /** Most of the text is in one font, so that another one means something (some programs embed a font per glyph). */
  fontsTell: boolean
  /** Sizes that headings are set in, largest first. The first `titles` of them are rare (a cover): they share level 1 with the next. */
  sizes: number[]
  titles: number
  /** Depths of numbering (see `numberingDepth`) seen at body size, ascending. */
  depths: number[]
  /** Folded titles of the outline with their depth from 1, by page (0: page unknown). */
  outline: ReadonlyMap<number, ReadonlyMap<string, number>>
}

/** A heading is larger than the body by more than what rounding and superscripts make. */
export const LARGER = 1.12

/** Where articles stand among the depths of numbering, and the commentary on them. */
const ARTICLE = 5

const NUMBERED: readonly (readonly [RegExp, number])[] = [
  [/^第\s*[0-9０-９一二三四五六七八九十百〇]+\s*[編部]/, 1],
  [/^第\s*[0-9０-９一二三四五六七八九十百〇]+\s*章/, 2],
  [/^第\s*[0-9０-９一二三四五六七八九十百〇]+\s*節/, 3],
  [/^第\s*[0-9０-９一二三四五六七八九十百〇]+\s*[款目]/, 4],
  [/^第\s*[0-9０-９一二三四五六七八九十百〇]+\s*条/, ARTICLE],
  [/^[（(][^（）()]{1,40}[）)]$/, ARTICLE],
  [/^【[^【】]{1,40}】$/, ARTICLE + 1],
  [/^(?:Part|Chapter|Appendix)\s+(?:\d+|[IVXLC]+|[A-Z])\b/, 2],
  [/^(?:Section|Article)\s+(?:\d+|[IVXLC]+)\b/, 3],
  [/^\d{1,2}\.\d{1,2}\.\d{1,2}\.?\s+\p{L}/u, 4],
  [/^\d{1,2}\.\d{1,2}\.?\s+\p{L}/u, 3],
  [/^\d{1,2}\.?\s+\p{Lu}/u, 2],
  [/^[0-9０-９]{1,2}[\s.．]+[\p{Script=Han}\p{Script=Katakana}]/u, 3],
]

/** 1 (part) to 6 for a line that begins like a numbered heading, else 0. */
export function numberingDepth(text: string): number {
  return NUMBERED.find(([pattern]) => pattern.test(text))?.[1] ?? 0
}

/** "第１条" at the start of a line, where white space follows: "第１条の規定により" refers to an article and begins none. */
export const articleNumber = (text: string): string | undefined =>
  /^(第\s*[0-9０-９一二三四五六七八九十百〇]+\s*条(?:の[0-9０-９一二三四五六七八九十]+)?)(?:\s|$)/.exec(text)?.[1]

export const foldTitle = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/^(?:chapter\s+)?[\d.]+\s*/, '')
    .replace(/[\s\p{P}]+/gu, '')

/** Depth, from 1, of the outline's entry with this text on this page. */
export function outlineDepth(profile: HeadingProfile, page: number, text: string): number | undefined {
  const onPage = profile.outline.get(page)
  const anywhere = profile.outline.get(0)
  if ((!onPage && !anywhere) || text.length > 160) return undefined
  const key = foldTitle(text)
  return onPage?.get(key) ?? anywhere?.get(key)
}

/** Level 1 to 6 of a heading that is set in `size` and begins as `text`, from its rank among the document's headings. */
export function headingLevel(profile: HeadingProfile, size: number, text: string): number {
  const rank = profile.sizes.findIndex((candidate) => size >= candidate - 0.3)
  const isLarge = rank >= 0
  const fromSize = Math.max(1, (isLarge ? rank : profile.sizes.length) + 1 - profile.titles)
  if (isLarge) return Math.min(6, fromSize)
  const depth = profile.depths.indexOf(numberingDepth(text))
  return Math.min(6, fromSize + Math.max(0, depth))
}

/** Sizes, fonts and numbering of the whole document, and its outline. `pages` holds the segments of each page. */
export function profileHeadings(
  pages: readonly (readonly Segment[])[],
  outline: readonly OutlineItem[],
): HeadingProfile {
  const sizes = new Map<number, number>()
  const fonts = new Map<string, number>()
  for (const segment of pages.flat()) {
    sizes.set(segment.size, (sizes.get(segment.size) ?? 0) + segment.text.length)
    for (const item of segment.items) fonts.set(item.font, (fonts.get(item.font) ?? 0) + item.text.length)
  }
  const bodySize = mostOf(sizes) ?? 10
  const bodyFont = mostOf(fonts) ?? ''
  const larger = pages.map((segments) =>
    segments.filter(({ size, text }) => size > LARGER * bodySize && text.length < 140 && /\p{L}/u.test(text)),
  )
  const sizesFound = sizesOf(larger)
  return {
    bodySize,
    bodyFont,
    fontsTell: (fonts.get(bodyFont) ?? 0) > 0.5 * [...fonts.values()].reduce((sum, weight) => sum + weight, 0),
    sizes: sizesFound.slice(0, 6),
    titles: rareSizes(sizesFound, larger),
    depths: depthsAt(bodySize, pages.flat()),
    outline: outlineByPage(outline),
  }
}

/** Distinct sizes, largest first; sizes that differ by no more than rounding are one. */
function sizesOf(pages: readonly (readonly Segment[])[]): number[] {
  const found = [...new Set(pages.flat().map((segment) => segment.size))].sort((a, b) => b - a)
  return found.filter((size, at) => at === 0 || found[at - 1]! - size > 0.6)
}

/**
 * How many of the largest sizes are not those of chapters: a chapter's size is on three pages at least. Sizes of a cover or
 * of the word "Contents" would otherwise be headings over all that follows.
 */
function rareSizes(sizes: readonly number[], pages: readonly (readonly Segment[])[]): number {
  const pagesWith = (size: number) =>
    pages.filter((segments) => segments.some((segment) => Math.abs(segment.size - size) <= 0.6)).length
  return Math.max(
    0,
    sizes.findIndex((size) => pagesWith(size) >= 3),
  )
}

function mostOf<Key>(weights: ReadonlyMap<Key, number>): Key | undefined {
  let best: [Key, number] | undefined
  for (const entry of weights) if (!best || entry[1] > best[1]) best = entry
  return best?.[0]
}

function depthsAt(bodySize: number, segments: readonly Segment[]): number[] {
  const depths = new Map<number, number>()
  for (const { size, text } of segments) {
    if (size > LARGER * bodySize || text.length > 40 || !/^[第（【]|^\d+\.\d|^(?:Chapter|Section|Article)\s/.test(text))
      continue
    const depth = numberingDepth(text)
    if (depth > 0) depths.set(depth, (depths.get(depth) ?? 0) + 1)
  }
  return [...depths]
    .filter(([, count]) => count > 1)
    .map(([depth]) => depth)
    .sort((a, b) => a - b)
}

function outlineByPage(outline: readonly OutlineItem[]): Map<number, Map<string, number>> {
  const byPage = new Map<number, Map<string, number>>()
  const visit = (items: readonly OutlineItem[], depth: number) => {
    for (const { title, page = 0, children } of items) {
      const titles = byPage.get(page) ?? new Map<string, number>()
      byPage.set(page, titles.set(foldTitle(title), depth))
      visit(children, depth + 1)
    }
  }
  visit(outline, 1)
  return byPage
}
