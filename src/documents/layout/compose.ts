import type { Block, Run } from '../../domain'
import { lineJoint, type LineJoint } from '../line-joint'
import { partOfRun } from '../rectangles'
import type { DraftBlock } from './blocks'
import type { Frame } from './frames'
import { verticalOverlap, type Item } from './item'
import { jointBetween, type Segment } from './segments'

/** Words that the document also writes with a hyphen inside a line: "well-known" keeps its hyphen when it is broken there. */
export type HyphenatedWords = ReadonlySet<string>

export interface ComposedPage {
  text: string
  runs: Run[]
  blocks: Block[]
}

/** The text of a page from its blocks, with the run of every character that is on the paper. */
export function composePage(
  parts: readonly { frame: Frame; blocks: DraftBlock[] }[],
  hyphenated: HyphenatedWords,
): ComposedPage {
  const composer = new Composer(hyphenated)
  for (const { frame, blocks } of parts) for (const block of blocks) composer.addBlock(block, frame)
  return { text: composer.text, runs: composer.runs, blocks: composer.blocks }
}

class Composer {
  text = ''
  readonly runs: Run[] = []
  readonly blocks: Block[] = []

  constructor(private readonly hyphenated: HyphenatedWords) {}

  addBlock(draft: DraftBlock, frame: Frame): void {
    if (this.text) this.text += '\n\n'
    const start = this.text.length
    draft.rows.forEach((cells, row) => {
      if (row > 0) this.text += '\n'
      cells.forEach((segments, cell) => {
        if (cell > 0) this.text += '\t'
        this.addSegments(segments, frame)
      })
    })
    const { kind, level } = draft
    this.blocks.push({ kind, start, end: this.text.length, ...(level === undefined ? {} : { level }) })
  }

  private addSegments(segments: readonly Segment[], frame: Frame): void {
    segments.forEach((segment, at) => {
      const before = segments[at - 1]
      if (before) this.joinTo(before, segment)
      segment.items.forEach((item, index) => {
        const last = segment.items[index - 1]
        if (last) this.text += jointBetween(last, item)
        this.addItem(item, frame)
      })
    })
  }

  private addItem(item: Item, frame: Frame): void {
    const start = this.text.length
    this.text += item.text
    this.runs.push({ start, end: this.text.length, rect: frame.rectOf(item), direction: frame.direction })
  }

  /** Between two cells of one line a space; between lines what `jointOfLines` says. */
  private joinTo(before: Segment, segment: Segment): void {
    const sameLine = segment.x0 > before.x1 - 1 && verticalOverlap(before, segment) > 0.3 * segment.size
    const { drop, text } = sameLine ? CELL : jointOfLines(before.text, segment.text, this.hyphenated)
    if (drop) this.dropLast()
    this.text += text
  }

  /** Takes the hyphen at the end of a line away again, and its share of the run's rectangle. */
  private dropLast(): void {
    const run = this.runs.at(-1)!
    const length = run.end - run.start
    run.rect = partOfRun(run, this.text.slice(run.start), 0, length - 1)
    run.end--
    this.text = this.text.slice(0, -1)
    if (length === 1) this.runs.pop()
  }
}

const CELL: LineJoint = { drop: 0, text: ' ' }
const SET_ON: LineJoint = { drop: 0, text: '' }

/** As `lineJoint`, but a word that the document hyphenates elsewhere keeps its hyphen, and so do numbers and names. */
export function jointOfLines(before: string, after: string, hyphenated: HyphenatedWords): LineJoint {
  if (/[\p{L}\p{N}][-\u2010\u2011–—/]$/u.test(before)) {
    const first = /[\p{L}\p{M}]+[-\u2010]$/u.exec(before)?.[0] ?? ''
    const second = /^[\p{L}\p{M}]+/u.exec(after)?.[0] ?? ''
    if (hyphenated.has((first + second).toLowerCase().replace('\u2010', '-'))) return SET_ON
    if (/^[\p{Lu}\p{N}]/u.test(after)) return SET_ON
  }
  return lineJoint(before, after)
}
