import type { DocumentHash } from '../../domain'
import { inverseDocumentFrequency, saturation } from './bm25'
import { Dictionary } from './dictionary'
import type { LexicalSegment } from './segment'
import { nearestTerm } from './spelling'

/** A passage found: its document and ordinal, how well it scores, and the share of the question's term weight it holds. */
export interface Hit {
  document: DocumentHash
  ordinal: number
  score: number
  /** 0 to 1. */
  coverage: number
}

export interface SearchOptions {
  /** Documents to look in; those not in the index are passed over. Absent: all. */
  documents?: readonly DocumentHash[]
  /** Hits wanted, at most. */
  limit: number
}

export interface LexicalResult {
  /** Best first; equal scores in the order of the documents, then of ordinals. */
  hits: Hit[]
  /** Passages looked at. */
  passages: number
  /** The inverse document frequency of every term of the question, over the documents searched. */
  weights: Map<string, number>
  /** Terms that no passage holds, with the term of the index that was searched instead, at a part of its weight. */
  substitutes: Map<string, string>
}

/** How much a substitute counts, in score and coverage (.3 to .8 measured alike). */
const substituteShare = 0.5

/** A segment without its terms, which the dictionary holds once for all segments, and with the sum of its lengths. */
type Postings = Omit<LexicalSegment, 'terms'> & { length: number }

/** What one search looks at: documents by slot, with the position of their first passage among all. */
interface Selection {
  bySlot: ({ postings: Postings; base: number } | undefined)[]
  documents: { document: DocumentHash; base: number }[]
  passages: number
  /** Average length of a passage in terms. */
  average: number
}

/** Score and coverage of every passage of a selection. */
interface Scores {
  score: Float64Array
  coverage: Float64Array
}

/** BM25 over the segments of many documents, each added and removed as a whole. */
export class LexicalIndex {
  /** By slot; a hole where a document was removed. */
  #postings: (Postings | undefined)[] = []
  #slots = new Map<DocumentHash, number>()
  #dictionary = new Dictionary()

  get documents(): DocumentHash[] {
    return [...this.#slots.keys()]
  }

  /** Number of passages of all documents. */
  get passages(): number {
    return this.#postings.reduce((sum, postings) => sum + (postings?.lengths.length ?? 0), 0)
  }

  has(document: DocumentHash): boolean {
    return this.#slots.has(document)
  }

  /** Adds a document, in place of an earlier segment of it. */
  add(segment: LexicalSegment): void {
    this.remove(segment.document)
    const hole = this.#postings.indexOf(undefined)
    const slot = hole < 0 ? this.#postings.length : hole
    const { terms, ...postings } = segment
    this.#postings[slot] = { ...postings, length: postings.lengths.reduce((sum, length) => sum + length, 0) }
    this.#slots.set(segment.document, slot)
    this.#dictionary.add(slot, terms)
  }

  /** Removes a document; nothing happens when it is not there. */
  remove(document: DocumentHash): void {
    const slot = this.#slots.get(document)
    if (slot === undefined) return
    this.#slots.delete(document)
    this.#postings[slot] = undefined
    this.#dictionary.remove(slot)
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
    return { hits: hitsIn(selection, scores, total, limit), passages: selection.passages, weights, substitutes }
  }

  #select(documents: readonly DocumentHash[]): Selection {
    const selection: Selection = { bySlot: [], documents: [], passages: 0, average: 0 }
    let length = 0
    for (const document of new Set(documents)) {
      const slot = this.#slots.get(document)
      const postings = slot === undefined ? undefined : this.#postings[slot]
      if (slot === undefined || !postings) continue
      selection.bySlot[slot] = { postings, base: selection.passages }
      selection.documents.push({ document, base: selection.passages })
      selection.passages += postings.lengths.length
      length += postings.length
    }
    selection.average = length / Math.max(1, selection.passages)
    return selection
  }

  /** In how many passages of the selection a term stands. */
  #passagesWith(term: string, { bySlot }: Selection): number {
    const holders = this.#dictionary.holders(term)
    let passages = 0
    for (let at = 0; at < holders.length; at += 2) {
      const offsets = bySlot[holders[at]!]?.postings.offsets
      if (offsets) passages += offsets[holders[at + 1]! + 1]! - offsets[holders[at + 1]!]!
    }
    return passages
  }

  #weight(term: string, selection: Selection): number {
    return inverseDocumentFrequency(selection.passages, this.#passagesWith(term, selection))
  }

  #substitute(term: string, selection: Selection): string | undefined {
    const candidates = this.#dictionary.sharingInitial(term)
    return nearestTerm(term, candidates, (candidate) => this.#passagesWith(candidate, selection))
  }

  /** Adds what a term of `weight`, standing `times` times in the question, contributes to the passages that hold it. */
  #accumulate(term: string, weight: number, times: number, selection: Selection, { score, coverage }: Scores): void {
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

function hitsIn({ documents }: Selection, { score, coverage }: Scores, total: number, limit: number): Hit[] {
  return best(score, limit).map((position) => {
    const { document, base } = documents[documents.findLastIndex((each) => each.base <= position)]!
    const share = Math.min(1, coverage[position]! / total)
    return { document, ordinal: position - base, score: score[position]!, coverage: share }
  })
}

/** Positions of the `limit` highest scores above 0, highest first, equal ones in their order. */
function best(scores: Float64Array, limit: number): number[] {
  const found: number[] = []
  if (limit <= 0) return found
  for (let position = 0; position < scores.length; position++) {
    const score = scores[position]!
    if (score <= 0 || (found.length === limit && score <= scores[found[limit - 1]!]!)) continue
    let at = Math.min(found.length, limit - 1)
    for (; at > 0 && scores[found[at - 1]!]! < score; at--) found[at] = found[at - 1]!
    found[at] = position
  }
  return found
}
