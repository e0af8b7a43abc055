import type { DocumentHash } from '../../domain'
import { inverseDocumentFrequency, saturation } from './bm25'
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
  /** Terms that no passage holds, with the term of the index that was searched instead, at half its weight. */
  substitutes: Map<string, string>
}

/** How much a substitute counts, in score and coverage (.3 to .8 measured alike). */
const substituteShare = 0.5

/** A segment without its terms, which the dictionary holds once for all segments. */
type Postings = Omit<LexicalSegment, 'terms'>

/** A document taking part in one search: its passages have the scores from `base` on. */
interface Searched {
  document: DocumentHash
  postings: Postings
  base: number
}

/** The postings [from, to) of one term in one document. */
interface PostingList extends Searched {
  from: number
  to: number
}

/** Scores and coverages of all passages searched, document after document. */
interface Scores {
  score: Float64Array
  coverage: Float64Array
}

/** BM25 over the segments of many documents, each added and removed as a whole. */
export class LexicalIndex {
  /** By slot; a hole where a document was removed. */
  #postings: (Postings | undefined)[] = []
  #slots = new Map<DocumentHash, number>()
  /** For each term the documents that hold it: slot, index of the term in that segment, slot, index and so on. */
  #holders = new Map<string, number[]>()

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
    this.#postings[slot] = postings
    this.#slots.set(segment.document, slot)
    terms.forEach((term, index) => {
      const holders = this.#holders.get(term)
      if (holders) holders.push(slot, index)
      else this.#holders.set(term, [slot, index])
    })
  }

  /** Removes a document by going through the dictionary once; nothing happens when it is not there. */
  remove(document: DocumentHash): void {
    const slot = this.#slots.get(document)
    if (slot === undefined) return
    this.#slots.delete(document)
    this.#postings[slot] = undefined
    for (const [term, holders] of this.#holders) {
      const at = slotAt(holders, slot)
      if (at < 0) continue
      if (holders.length === 2) this.#holders.delete(term)
      else holders.splice(at, 2)
    }
  }

  /**
   * The best passages for the terms of a question, of which a term given twice counts twice. Frequencies of terms and
   * the average length are those of the documents searched, and no other document's postings are read, so the scores are as if
   * these were all there is.
   */
  search(terms: readonly string[], { documents = this.documents, limit }: SearchOptions): LexicalResult {
    const { searched, passages, average } = this.#select(documents)
    const scores: Scores = { score: new Float64Array(passages), coverage: new Float64Array(passages) }
    const weights = new Map<string, number>()
    const substitutes = new Map<string, string>()
    for (const [term, times] of count(terms)) {
      const lists = this.#listsOf(term, searched)
      weights.set(term, inverseDocumentFrequency(passages, passagesIn(lists)))
      const substitute = lists.length ? undefined : this.#substitute(term, searched)
      if (substitute !== undefined) substitutes.set(term, substitute)
      const found = substitute === undefined ? lists : this.#listsOf(substitute, searched)
      const weight =
        inverseDocumentFrequency(passages, passagesIn(found)) * (substitute === undefined ? 1 : substituteShare)
      accumulate(found, weight, times, average, scores)
    }
    const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0)
    const ordered = [...searched.values()]
    const hits = best(scores.score, limit).map((position): Hit => {
      const { document, base } = holding(ordered, position)
      const coverage = Math.min(1, scores.coverage[position]! / total)
      return { document, ordinal: position - base, score: scores.score[position]!, coverage }
    })
    return { hits, passages, weights, substitutes }
  }

  #substitute(term: string, searched: Map<number, Searched>): string | undefined {
    return nearestTerm(term, this.#holders.keys(), (candidate) => passagesIn(this.#listsOf(candidate, searched)))
  }

  #select(documents: readonly DocumentHash[]): { searched: Map<number, Searched>; passages: number; average: number } {
    const searched = new Map<number, Searched>()
    let passages = 0
    let length = 0
    for (const document of new Set(documents)) {
      const slot = this.#slots.get(document)
      const postings = slot === undefined ? undefined : this.#postings[slot]
      if (slot === undefined || !postings) continue
      searched.set(slot, { document, postings, base: passages })
      passages += postings.lengths.length
      length += postings.lengths.reduce((sum, terms) => sum + terms, 0)
    }
    return { searched, passages, average: length / Math.max(1, passages) }
  }

  #listsOf(term: string, searched: Map<number, Searched>): PostingList[] {
    const holders = this.#holders.get(term) ?? []
    const lists: PostingList[] = []
    for (let at = 0; at < holders.length; at += 2) {
      const one = searched.get(holders[at]!)
      const index = holders[at + 1]!
      if (one) lists.push({ ...one, from: one.postings.offsets[index]!, to: one.postings.offsets[index + 1]! })
    }
    return lists
  }
}

const passagesIn = (lists: readonly PostingList[]): number => lists.reduce((sum, { from, to }) => sum + to - from, 0)

/** Adds what a term of `weight`, standing `times` times in the question, contributes to the passages that hold it. */
function accumulate(
  lists: readonly PostingList[],
  weight: number,
  times: number,
  average: number,
  { score, coverage }: Scores,
): void {
  for (const { postings, base, from, to } of lists) {
    for (let at = from; at < to; at++) {
      const ordinal = postings.ordinals[at]!
      const counted = saturation(postings.frequencies[at]!, postings.lengths[ordinal]!, average)
      score[base + ordinal]! += times * weight * counted
      coverage[base + ordinal]! += weight
    }
  }
}

function slotAt(holders: number[], slot: number): number {
  for (let at = 0; at < holders.length; at += 2) if (holders[at] === slot) return at
  return -1
}

function count(terms: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1)
  return counts
}

/** The document that the passage at `position` belongs to; `searched` is in the order of `base`. */
const holding = (searched: Searched[], position: number): Searched =>
  searched[
    searched.findLastIndex(({ base, postings }) => base <= position && position < base + postings.lengths.length)
  ]!

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
