import type { OutlineItem, Page } from '../../domain'
import { joinColumns, toBlocks } from './blocks'
import { toRegions } from './columns'
import { composePage } from './compose'
import { linkPages } from './continues'
import { fingerprintPage, type PageContext } from './fingerprint'
import { splitFrames } from './frames'
import { profileHeadings } from './headings'
import type { PageContent } from './item'
import { toLines } from './lines'
import { findContents, toRegion } from './region'
import { withoutRuby } from './ruby'
import { findRunningLines, type PageSegments } from './running-lines'
import { toSegments, type Segment } from './segments'

export interface LaidOut {
  pages: Page[]
  /** How many pages were laid out rather than taken over from `previous`. */
  changedPages: number
}

/**
 * Lays out a document: the runs of each page become lines, columns and blocks in reading order, and its text. What a page
 * cannot know by itself (the body's size, which lines repeat, where headings rank) is gathered from all pages first. Pages
 * of `previous` with an equal fingerprint are taken over as they are.
 */
export function layOut(
  contents: readonly PageContent[],
  outline: readonly OutlineItem[],
  previous: readonly Page[] = [],
): LaidOut {
  const split = contents.map(segmentPage)
  const flat = split.map((frames) => frames.flatMap(({ segments }) => segments))
  const profile = profileHeadings(flat, outline)
  const running = findRunningLines(split, profile.bodySize)
  const hyphenated = hyphenatedWords(flat)
  const contentsOf = findContents(flat.map((segments) => segments.filter((segment) => segment.items[0]!.leader).length))
  const known = new Map(previous.map((page) => [page.fingerprint, page]))
  let changedPages = 0
  const pages = contents.map((content, at) => {
    const context = { profile, running, hyphenated, segments: flat[at]!, contents: contentsOf[at]! }
    const fingerprint = fingerprintPage(content, context)
    const same = known.get(fingerprint)
    if (!same) changedPages++
    const body = same ?? layOutPage(split[at]!, content.number, context)
    return toPage(content, body, fingerprint)
  })
  return { pages: linkPages(pages), changedPages }
}

function toPage(
  content: PageContent,
  { text, runs, blocks }: Pick<Page, 'text' | 'runs' | 'blocks'>,
  fingerprint: string,
): Page {
  const { number, label, width, height, image } = content
  return { number, ...(label === undefined ? {} : { label }), width, height, text, runs, blocks, image, fingerprint }
}

const segmentPage = (content: PageContent): PageSegments[] =>
  splitFrames(content).map((frame) => ({ frame, segments: toSegments(withoutRuby(frame.items)) }))

function layOutPage(
  frames: readonly PageSegments[],
  number: number,
  { profile, running, hyphenated, contents }: PageContext,
): Pick<Page, 'text' | 'runs' | 'blocks'> {
  const parts = frames.map(({ frame, segments }) => {
    const body = segments.filter((segment) => !running.has(segment))
    const regions = toRegions(body).map((region) => toBlocks(toRegion(toLines(region), number, profile, contents)))
    return { frame, blocks: joinColumns(regions, profile.bodySize) }
  })
  return composePage(parts, hyphenated)
}

function hyphenatedWords(pages: readonly (readonly Segment[])[]): Set<string> {
  const words = new Set<string>()
  for (const { text } of pages.flat()) {
    if (!text.includes('-')) continue
    for (const [word] of text.matchAll(/[\p{L}\p{M}]+-[\p{L}\p{M}]+/gu)) words.add(word.toLowerCase())
  }
  return words
}
