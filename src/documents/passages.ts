import type { DocumentHash, Passage, Piece } from '../domain'
import { detectLanguage } from '../language/detect'
import { countTokens } from '../language/tokens'
import { cost, pack, type PassageSizes, type Range } from './pack'
import type { ReadDocument } from './reading'
import { sectionsOf, type Section, type Unit } from './sections'
import { sentencesOf, TOKENS_OF_ANY_TEXT, type Sentence } from './sentence-units'
import { spansOf } from './spans'

/**
 * Chosen by measurement (`npm run eval -- passages`): among targets of 100 to 360 tokens, MRR@10 grows up to about 240 in
 * both languages and hardly beyond, while the share of answers within the first 1,000 tokens read falls in English.
 */
export const defaultSizes: PassageSizes = { max: 400, target: 240, min: 80 }

/** A passage before it has its place in the document. */
type Draft = Omit<Passage, 'ordinal' | 'id' | 'document'> & { own: { page: number; start: number; address: string } }

/**
 * Cuts a document into passages: at most `max` tokens, never across a heading, made of whole sentences; tables are passages
 * of their own with the header row repeated; the sentence before a passage is repeated at its beginning when it is of the
 * same section. Deterministic: the same pages give the same passages.
 */
export function cutPassages(
  document: DocumentHash,
  { pages }: Pick<ReadDocument, 'pages'>,
  sizes: Partial<PassageSizes> = {},
): Passage[] {
  const wanted = { ...defaultSizes, ...sizes }
  const paged = pages.some((page) => page.width > 0)
  const labels = new Map(pages.flatMap(({ number, label }) => (label === undefined ? [] : [[number, label] as const])))
  return sectionsOf(pages)
    .flatMap((section) => sectionDrafts(section, wanted))
    .map(({ own, paragraph, ...draft }, ordinal) => ({
      ...draft,
      id: `${document}/${own.address}`,
      document,
      ordinal,
      ...(!paged && paragraph !== undefined && { paragraph }),
      ...pageLabels(draft.pieces, labels),
    }))
}

/** The printed labels of the pages that a passage stands on, if they have any. */
function pageLabels(pieces: readonly Piece[], labels: ReadonlyMap<number, string>): Pick<Passage, 'pageLabels'> {
  const found = pieces.flatMap(({ page }) => {
    const label = labels.get(page)
    return label === undefined ? [] : [[page, label] as const]
  })
  return found.length ? { pageLabels: Object.fromEntries(found) } : {}
}

/** Passages of one section, in order of their first character. Paragraphs on both sides of a table are packed together. */
function sectionDrafts({ headingPath, units }: Section, sizes: PassageSizes): Draft[] {
  const room = sizes.max - TOKENS_OF_ANY_TEXT
  const text = units.filter(({ kind }) => kind === 'text').flatMap((unit) => sentencesOf(unit, room))
  const drafts = [
    ...pack(text, sizes).map((range) => textDraft(headingPath, text, range, sizes)),
    ...units.filter(({ kind }) => kind === 'table').flatMap((unit) => tableDrafts(headingPath, unit, sizes)),
  ]
  return drafts.sort((a, b) => a.own.page - b.own.page || a.own.start - b.own.start)
}

function textDraft(path: string[], sentences: readonly Sentence[], own: Range, sizes: PassageSizes): Draft {
  const before = sentences[own.from - 1]
  const repeat =
    before && !before.fragment && before.tokens <= sizes.target / 3 && cost(sentences, own) + before.tokens <= sizes.max
  const chosen = sentences.slice(own.from - (repeat ? 1 : 0), own.to)
  return draft('text', path, chosen, repeat ? 1 : 0, '\n\n')
}

/** A table's rows, the first repeated in front of each further passage, if it leaves room enough for others. */
function tableDrafts(path: string[], unit: Unit, sizes: PassageSizes): Draft[] {
  const [header] = sentencesOf(unit, Math.floor(sizes.max / 3))
  const repeated = header && !header.fragment ? header : undefined
  const room = sizes.max - TOKENS_OF_ANY_TEXT - (repeated?.tokens ?? 0)
  const rows = sentencesOf(unit, room)
  const target = Math.min(sizes.target, room + TOKENS_OF_ANY_TEXT)
  return pack(rows, { max: room + TOKENS_OF_ANY_TEXT, target, min: sizes.min }).map(({ from, to }) => {
    const again = repeated && from > 0
    return draft('table', path, [...(again ? [repeated] : []), ...rows.slice(from, to)], again ? 1 : 0, '\n')
  })
}

/** Sentences as a passage; those that follow each other in a unit keep the characters between them. */
function draft(
  kind: Passage['kind'],
  headingPath: string[],
  chosen: readonly Sentence[],
  overlap: number,
  joint: string,
): Draft {
  let text = ''
  const pieces: Piece[] = []
  const ranges: [number, number][] = []
  chosen.forEach((sentence, i) => {
    const before = chosen[i - 1]
    const follows = before?.unit === sentence.unit && !/\S/.test(sentence.unit.text.slice(before.end, sentence.start))
    const from = follows ? before.end : sentence.start
    if (!follows && before) text += joint
    addPieces(pieces, sentence.unit, from, sentence.end, text.length)
    text += sentence.unit.text.slice(from, sentence.end)
    ranges.push([text.length - (sentence.end - sentence.start), text.length])
  })
  const own = ownAddress(pieces, ranges[overlap]?.[0] ?? 0, text.length)
  const paragraph = chosen[overlap]?.unit.paragraph
  return {
    kind,
    headingPath,
    text,
    pieces,
    sentences: ranges,
    overlap,
    tokens: countTokens(text),
    language: detectLanguage(text),
    ...(paragraph !== undefined && { paragraph }),
    own,
  }
}

/** Adds the pieces of characters [start, end) of a unit, at `at` of the passage; neighbours become one. */
function addPieces(pieces: Piece[], unit: Unit, start: number, end: number, at: number): void {
  for (const { page, ...piece } of unit.pieces) {
    const from = Math.max(start, piece.at)
    const length = Math.min(end, piece.at + piece.length) - from
    if (length <= 0) continue
    const added = { at: at + from - start, page, start: piece.start + from - piece.at, length }
    const last = pieces.at(-1)
    const touches =
      last?.page === page && last.at + last.length === added.at && last.start + last.length === added.start
    if (last && touches) last.length += length
    else pieces.push(added)
  }
}

function ownAddress(pieces: Piece[], start: number, end: number): Draft['own'] {
  const spans = spansOf({ pieces }, start, end)
  const first = spans[0] ?? { page: 0, start: 0, end: 0 }
  const last = spans.at(-1) ?? first
  const to = last.page === first.page ? `${last.end}` : `${last.page}/${last.end}`
  return { page: first.page, start: first.start, address: `${first.page}/${first.start}-${to}` }
}
