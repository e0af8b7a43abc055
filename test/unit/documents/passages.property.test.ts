import { expect, test } from 'vitest'
import { cutPassages, defaultSizes } from '../../../src/documents/passages'
import { sectionsOf } from '../../../src/documents/sections'
import type { Page, Passage } from '../../../src/domain'
import { countTokens } from '../../../src/language/tokens'
import { Random } from '../../fixtures/random'
import { randomPages } from '../../fixtures/random-document'

const seeds = Array.from({ length: 60 }, (_, seed) => seed + 1)
const hash = 'ab'.repeat(32)

test.each(seeds)('random document %i: addresses, sizes, coverage, paths and overlap hold', (seed) => {
  const pages = randomPages(new Random(seed))
  const passages = cutPassages(hash, { pages })
  passages.forEach((passage) => {
    addressesHold(passage, pages)
    expect(passage.tokens).toBe(countTokens(passage.text))
    expect(passage.tokens).toBeLessThanOrEqual(defaultSizes.max)
    expect(passage.overlap).toBeLessThanOrEqual(1)
    expect(passage.overlap).toBeLessThan(passage.sentences.length)
    sentencesCover(passage)
  })
  expect(passages.map(({ ordinal }) => ordinal)).toEqual(passages.map((_, i) => i))
  expect(new Set(passages.map(({ id }) => id)).size).toBe(passages.length)
  expect(cutPassages(hash, { pages })).toEqual(passages)
  coverageHolds(passages, pages)
  pathsHold(passages, pages)
})

test.each(seeds.slice(0, 10))('random document %i: small sizes hold too', (seed) => {
  const pages = randomPages(new Random(seed))
  const passages = cutPassages(hash, { pages }, { max: 60, target: 40, min: 10 })
  for (const passage of passages) {
    addressesHold(passage, pages)
    expect(passage.tokens).toBeLessThanOrEqual(60)
  }
  coverageHolds(passages, pages)
})

/** Every piece is the page's text at its address, in order; what is in no piece is a joint of white space. */
function addressesHold({ text, pieces }: Passage, pages: readonly Page[]): void {
  let at = 0
  for (const piece of pieces) {
    expect(text.slice(at, piece.at)).toMatch(/^\s*$/)
    const page = pages[piece.page - 1]
    expect(text.slice(piece.at, piece.at + piece.length)).toBe(
      page?.text.slice(piece.start, piece.start + piece.length),
    )
    expect(piece.length).toBeGreaterThan(0)
    at = piece.at + piece.length
  }
  expect(at).toBe(text.length)
}

function sentencesCover({ text, sentences }: Passage): void {
  let at = 0
  for (const [start, end] of sentences) {
    expect(text.slice(at, start)).toMatch(/^\s*$/)
    expect(end).toBeGreaterThan(start)
    expect(text.slice(start, end)).toBe(text.slice(start, end).trim())
    at = end
  }
  expect(at).toBe(text.length)
}

/** Each character outside headings is in a passage, but for white space and the hyphen of a word divided by a page break. */
function coverageHolds(passages: readonly Passage[], pages: readonly Page[]): void {
  for (const page of pages) {
    const covered = new Uint8Array(page.text.length)
    for (const { page: number, start, length } of passages.flatMap(({ pieces }) => pieces)) {
      if (number === page.number) covered.fill(1, start, start + length)
    }
    for (const block of page.blocks.filter(({ kind }) => kind !== 'heading')) {
      const missed = Array.from({ length: block.end - block.start }, (_, i) => block.start + i)
        .filter((i) => !covered[i])
        .map((i) => page.text.charAt(i))
      expect(missed.join('').replace(/\s+/g, '')).toMatch(/^-?$/)
    }
  }
}

/** All characters of a passage stand under the headings that its path names. */
function pathsHold(passages: readonly Passage[], pages: readonly Page[]): void {
  const sections = sectionsOf(pages)
  for (const { headingPath, pieces } of passages) {
    const home = sections.filter(({ units }) =>
      pieces.every((piece) =>
        units.some((unit) =>
          unit.pieces.some(
            ({ page, start, length }) =>
              page === piece.page && start <= piece.start && piece.start + piece.length <= start + length,
          ),
        ),
      ),
    )
    expect(home.map((section) => section.headingPath)).toEqual([headingPath])
  }
}
