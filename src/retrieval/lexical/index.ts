import type { DocumentHash } from '../../domain'
import { foundIn, Slots, type Found, type Scores, type SearchOptions, type Selection } from '../selection'
import { inverseDocumentFrequency, saturation } from './bm25'
import { Dictionary } from './dictionary'
import type { LexicalSegment } from './segment'
import { nearestTerm } from './spelling'

/** `coverage` of a hit: the share of the question's term weight that the passage holds. */
export interface LexicalResult extends Found {
  /** The inverse document frequency of every term of the question, over the documents searched. */
  weights: Map<string, number>
  /** Terms that no passage holds, with the term of the index that was searched instead, at a part of its weight. */
  substitutes: Map<string, string>
}

/** How much a substitute counts, in score and coverage (.3 to .8 measured alike). */
const substituteShare = 0.5

/** A segment without its terms, which the dictionary holds once for all segments, and with the sum of its lengths. */
type Postings = Pick<LexicalSegment, 'offsets' | 'ordinals' | 'frequencies' | 'lengths'> & { length: number }

interface LexicalSelection extends Selection<Postings> {
  /** Average length of a passage in terms. */
  average: number
}

/** BM25 over the segments of many documents, each added and removed as a whole. */
export class LexicalIndex {
  #slots = new Slots<Postings>()
  #dictionary = new Dictionary()

  get documents(): DocumentHash[] {
    return this.#slots.documents
  }

  /** Number of passages of all documents. */
  get passages(): number {
    return this.#slots.passages
  }

  has(document: DocumentHash): boolean {
    return this.#slots.has(document)
  }

  /** Adds a document, in place of an earlier segment of it. */
  add({ document, terms, offsets, ordinals, frequencies, lengths }: LexicalSegment): void {
    this.remove(document)
    const length = lengths.reduce((sum, each) => sum + each, 0)
    this.#dictionary.add(this.#slots.add(document, { offsets, ordinals, frequencies, lengths, length }), terms)
  }

  /** Removes a document; nothing happens when it is not there. */
  remove(document: DocumentHash): void {
    const slot = this.#slots.remove(document)
    if (slot !== undefined) this.#dictionary.remove(slot)
  }

  /**
   * The best passages for the terms of a question, of which a term given twice counts twice. Frequencies of terms and
   * the average length are those of the documents searched, and no other document's postings are read, so the scores are as if
   * these were all there is.
   */
  search(terms: readonly string[], { documents = this.documents, limit }: SearchOptions): LexicalResult {
    const selection = this.#select(documents)
    const scores = { score: new Float64Array(selection.passages), coverage: new Float64Array(selection.passages) }
    const weights = new Map<string, number>()
    const substitutes = new Map<string, string>()
    for (const [term, times] of count(terms)) {
      const weight = this.#weight(term, selection)
      weights.set(term, weight)
      if (this.#passagesWith(term, selection) > 0) this.#accumulate(term, weight, times, selection, scores)
      else {
        const substitute = this.#substitute(term, selection)
        if (substitute === undefined) continue
        substitutes.set(term, substitute)
        this.#accumulate(substitute, substituteShare * this.#weight(substitute, selection), times, selection, scores)
      }
    }
    const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0)
    // Of a question of stop words alone nothing is covered.
    const share = total > 0 ? 1 / total : 0
    for (let at = 0; at < scores.coverage.length; at++) scores.coverage[at] = Math.min(1, scores.coverage[at]! * share)
    return { ...foundIn(selection, scores, limit), weights, substitutes }
  }

  #select(documents: readonly DocumentHash[]): LexicalSelection {
    const selection = this.#slots.select(documents)
    const length = selection.bySlot.reduce((sum, searched) => sum + (searched?.postings.length ?? 0), 0)
    return { ...selection, average: length / Math.max(1, selection.passages) }
  }

  /** In how many passages of the selection a term stands. */
  #passagesWith(term: string, { bySlot }: LexicalSelection): number {
    const holders = this.#dictionary.holders(term)
    let passages = 0
    for (let at = 0; at < holders.length; at += 2) {
      const offsets = bySlot[holders[at]!]?.postings.offsets
      if (offsets) passages += offsets[holders[at + 1]! + 1]! - offsets[holders[at + 1]!]!
    }
    return passages
  }

  #weight(term: string, selection: LexicalSelection): number {
    return inverseDocumentFrequency(selection.passages, this.#passagesWith(term, selection))
  }

  #substitute(term: string, selection: LexicalSelection): string | undefined {
    const candidates = this.#dictionary.sharingInitial(term)
    return nearestTerm(term, candidates, (candidate) => this.#passagesWith(candidate, selection))
  }

  /** Adds what a term of `weight`, standing `times` times in the question, contributes to the passages that hold it. */
  #accumulate(
    term: string,
    weight: number,
    times: number,
    selection: LexicalSelection,
    { score, coverage }: Scores,
  ): void {
    const holders = this.#dictionary.holders(term)
    for (let at = 0; at < holders.length; at += 2) {
      const searched = selection.bySlot[holders[at]!]
      if (!searched) continue
      const { offsets, ordinals, frequencies, lengths } = searched.postings
      const index = holders[at + 1]!
      for (let posting = offsets[index]!; posting < offsets[index + 1]!; posting++) {
        const ordinal = ordinals[posting]!
        const counted = saturation(frequencies[posting]!, lengths[ordinal]!, selection.average)
        score[searched.base + ordinal]! += times * weight * counted
        coverage[searched.base + ordinal]! += weight
      }
    }
  }
}

function count(terms: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1)
  return counts
}
