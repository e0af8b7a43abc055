import type { Block, Page, Piece } from '../domain'
import { lineJoint } from './line-joint'

/** A paragraph, list or table, put together again where a page break divided it. */
export interface Unit {
  kind: 'text' | 'table'
  text: string
  /** Which characters of which page `text` is, in order. */
  pieces: Piece[]
  /** From 1, counted under its heading. */
  paragraph: number
}

/** What stands under one heading, up to the next heading of any level. */
export interface Section {
  /** Titles from the outermost heading to its own; empty before the first heading. */
  headingPath: string[]
  units: Unit[]
}

interface OpenHeading {
  level: number
  title: string
  unit: Unit
  /** Something stands under it, itself or in a section below it. */
  used: boolean
}

/**
 * The sections of a document in reading order. Headings themselves are not in their units, except one with nothing at all
 * under it (a title page, a list of rules set as headings): it counts as text of the section around it, for nothing of a
 * document may be impossible to find.
 */
export function sectionsOf(pages: readonly Page[]): Section[] {
  const reader = new SectionReader()
  for (const page of pages) for (const block of page.blocks) reader.add(page, block)
  return reader.end()
}

class SectionReader {
  readonly #sections: Section[] = []
  readonly #open: OpenHeading[] = []
  #section: Section | undefined
  #orphans: Section | undefined
  /** The last text unit under the current heading and the page that it ends on. */
  #last: { unit: Unit; page: number } | undefined

  add(page: Page, block: Block): void {
    const unit = unitOf(page, block)
    if (!unit) return
    if (block.kind === 'heading') {
      this.#close(block.level ?? 2)
      this.#open.push({ level: block.level ?? 2, title: titleOf(unit.text), unit, used: false })
      this.#section = undefined
      this.#last = undefined
    } else if (block.continues && this.#last?.page === page.number - 1) {
      append(this.#last.unit, unit)
      this.#last.page = page.number
    } else {
      this.#section ??= this.#begin()
      this.#push(this.#section, unit)
      this.#orphans = undefined
      if (block.kind !== 'table') this.#last = { unit, page: page.number }
    }
  }

  end(): Section[] {
    this.#close(0)
    return this.#sections
  }

  /** Ends all sections from `level` down. */
  #close(level: number): void {
    for (let top = this.#open.at(-1); top && top.level >= level; top = this.#open.at(-1)) {
      this.#open.pop()
      if (top.used) continue
      if (!samePath(this.#orphans?.headingPath, this.#path())) this.#orphans = this.#begin()
      this.#push(this.#orphans!, top.unit)
    }
  }

  #path = (): string[] => this.#open.map(({ title }) => title)

  #begin(): Section {
    const section = { headingPath: this.#path(), units: [] }
    this.#sections.push(section)
    return section
  }

  #push(section: Section, unit: Unit): void {
    section.units.push(unit)
    unit.paragraph = section.units.length
    for (const heading of this.#open) heading.used = true
  }
}

const samePath = (a: readonly string[] | undefined, b: readonly string[]): boolean => a?.join('\n') === b.join('\n')

const titleOf = (text: string): string => text.replace(/\s+/g, ' ')

/** A block's characters without white space at its ends; undefined when there are no others. */
function unitOf(page: Page, block: Block): Unit | undefined {
  const whole = page.text.slice(block.start, block.end)
  const text = whole.trim()
  if (!text) return undefined
  const start = block.start + whole.length - whole.trimStart().length
  // A table of one row is no table to search in: it has nothing that a header could say.
  const kind = block.kind === 'table' && text.includes('\n') ? 'table' : 'text'
  return { kind, text, pieces: [{ at: 0, page: page.number, start, length: text.length }], paragraph: 1 }
}

/** Puts the rest of a unit, from the next page, behind its beginning, as two lines of a paragraph are joined. */
function append(unit: Unit, rest: Unit): void {
  const joint = lineJoint(unit.text, rest.text)
  if (joint.drop) dropLast(unit)
  const at = unit.text.length + joint.text.length
  unit.text += joint.text + rest.text
  unit.pieces.push(...rest.pieces.map((piece) => ({ ...piece, at: piece.at + at })))
}

function dropLast(unit: Unit): void {
  unit.text = unit.text.slice(0, -1)
  const last = unit.pieces.at(-1)
  if (!last) return
  last.length--
  if (!last.length) unit.pieces.pop()
}
