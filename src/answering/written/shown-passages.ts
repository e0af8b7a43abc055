import type { Evidence, Language, Passage } from '../../domain'
import type { ShownEvidence } from '../../retrieval/widen'
import { isName } from '../gate'
import { overlap, type Overlap } from '../overlap'
import type { Question } from '../question-type'
import { sentencesOf } from '../reading'
import { words, type Word } from '../words'
import { heldNumbers, type HeldNumbers } from './numbers'

/** A passage that a model was shown, cut into words. */
export interface ShownPassage {
  /** As evidence of its own, also where it is a neighbour of what was found. */
  evidence: Evidence
  /** The number under which it was shown, from 1. */
  number: number
  words: Word[]
  sentenceOf: Int32Array
  /** Words of the document's name and of the headings. */
  place: Word[]
  /** Of its text and of where it stands. */
  numbers: HeldNumbers
}

/** A claim laid beside one passage. */
export interface Comparison {
  passage: ShownPassage
  overlap: Overlap
  /** How much of each term of the claim the passage's place holds. */
  place: Float64Array
}

/** The passages behind the numbers of a prompt; neighbours go by the number of the passage that they were told with. */
export function shownPassages(shown: readonly ShownEvidence[]): ShownPassage[] {
  return shown.flatMap(({ evidence, passages }, at) =>
    passages.map((passage): ShownPassage => {
      const found = words(passage.text, passage.language)
      const place = [evidence.documentName, ...passage.headingPath].join('\n')
      return {
        evidence: { ...evidence, passage },
        number: at + 1,
        words: found,
        sentenceOf: sentencesOf(found, passage.sentences),
        place: words(place, passage.language),
        numbers: heldNumbers([place, pagesOf(passage), passage.text].join('\n')),
      }
    }),
  )
}

/** "On page 12" is said of a passage, not in it. */
const pagesOf = ({ pieces, pageLabels, paragraph }: Passage): string =>
  [...pieces.map(({ page }) => page), ...Object.values(pageLabels ?? {}), paragraph ?? ''].join(' ')

/** Every word of a claim counts alike, but for what it is made of: names and numbers more than kana. */
const alike = () => 1

/** Lays a claim beside a passage: what of it each sentence of the passage holds. */
export function compare(claim: Question, passage: ShownPassage): Comparison {
  const { passage: read } = passage.evidence
  return {
    passage,
    overlap: overlap(claim, passage.words, passage.sentenceOf, read.sentences.length, alike),
    place: overlap(claim, passage.place, new Int32Array(passage.place.length), 1, alike).held[0] ?? new Float64Array(),
  }
}

/** Share of the claim's weight, 0 to 1, that the passages hold between them. */
export function heldShare(comparisons: readonly Comparison[]): number {
  const terms = comparisons[0]?.overlap.questionTerms ?? []
  const total = terms.reduce((sum, { weight }) => sum + weight, 0)
  const held = terms.reduce((sum, { weight }, term) => sum + weight * termShare(comparisons, term), 0)
  return total > 0 ? held / total : 0
}

/** How much of a term of the claim the passages hold, 0 to 1. */
const termShare = (comparisons: readonly Comparison[], term: number): number =>
  comparisons.reduce(
    (most, { overlap, place }) =>
      overlap.held.reduce((best, sentence) => Math.max(best, sentence[term] ?? 0), Math.max(most, place[term] ?? 0)),
    0,
  )

/** Does the claim name somebody or something that neither the passages nor `known` (norms of words) name? Numbers are told apart. */
export function namesUnheld(comparisons: readonly Comparison[], claim: Question, known: ReadonlySet<string>): boolean {
  const terms = comparisons[0]?.overlap.questionTerms ?? []
  const first = claim.words.find(({ content }) => content)
  return terms.some(
    ({ word, norm }, term) =>
      word.script !== 'number' &&
      isName(word, word === first) &&
      !known.has(norm) &&
      termShare(comparisons, term) < leastOfName,
  )
}

/** Of a compound name the half: 東京 for 東京タワー. */
const leastOfName = 0.5

const bare = /^\s*(?:yes|no|well|sure|certainly|はい|いいえ|ええ)[\s,.、。:：]+/iu

/** What a sentence says, in the form that passages are compared with: a bare "Yes" before it claims nothing. */
export function claimOf(sentence: string, language: Language): Question {
  const text = sentence.replace(bare, '')
  const found = words(text, language)
  const end = found.length
  return {
    text,
    language,
    type: 'other',
    words: found,
    asked: [end, end],
    subject: false,
    shapes: [],
    identifiers: [],
  }
}
