import type { DocumentHash } from '../domain'

/** Where a passage is. */
export interface Place {
  document: DocumentHash
  ordinal: number
}

/** A passage found. */
export interface Hit extends Place {
  score: number
  /** 0 to 1: how much of the question it holds. */
  coverage: number
}

export interface SearchOptions {
  /** Documents to look in; those not in the index are passed over. Absent: all. */
  documents?: readonly DocumentHash[]
  /** Hits wanted, at most. */
  limit: number
}

/** What a search gives. */
export interface Found {
  /** Best first; equal scores in the order of the documents, then of ordinals. */
  hits: Hit[]
  /** Passages looked at. */
  passages: number
  /** Score and coverage of any passage that was looked at, among the hits or not; undefined for others. */
  measure(place: Place): Pick<Hit, 'score' | 'coverage'> | undefined
}

/** Score and coverage of every passage of a selection, by position. A score of 0 or less is none. */
export interface Scores {
  score: Float64Array
  coverage: Float64Array
}

/** What one search looks at: documents laid end to end, each with the position of its first passage among all. */
export interface Selection<Postings> {
  bySlot: ({ postings: Postings; base: number } | undefined)[]
  documents: { document: DocumentHash; base: number }[]
  /** How many there are in all. */
  passages: number
}

/** The postings of many documents, each in a slot of its own; slots are used again. */
export class Slots<Postings extends { lengths: ArrayLike<number> }> {
  /** A hole where a document was removed. */
  #postings: (Postings | undefined)[] = []
  #slots = new Map<DocumentHash, number>()

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

  /** Puts a document that is not there into a slot, and tells which. */
  add(document: DocumentHash, postings: Postings): number {
    const hole = this.#postings.indexOf(undefined)
    const slot = hole < 0 ? this.#postings.length : hole
    this.#postings[slot] = postings
    this.#slots.set(document, slot)
    return slot
  }

  /** Empties the slot of a document and tells which it was; undefined when the document is not there. */
  remove(document: DocumentHash): number | undefined {
    const slot = this.#slots.get(document)
    if (slot === undefined) return undefined
    this.#slots.delete(document)
    this.#postings[slot] = undefined
    return slot
  }

  /** Those of `documents` that are there, each once, in the order given. */
  select(documents: readonly DocumentHash[]): Selection<Postings> {
    const selection: Selection<Postings> = { bySlot: [], documents: [], passages: 0 }
    for (const document of new Set(documents)) {
      const slot = this.#slots.get(document)
      const postings = slot === undefined ? undefined : this.#postings[slot]
      if (slot === undefined || !postings) continue
      selection.bySlot[slot] = { postings, base: selection.passages }
      selection.documents.push({ document, base: selection.passages })
      selection.passages += postings.lengths.length
    }
    return selection
  }
}

/** The passage at a position of a selection. */
function placeAt({ documents }: Selection<unknown>, position: number): Place {
  let [low, high] = [0, documents.length - 1]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (documents[middle]!.base <= position) low = middle
    else high = middle - 1
  }
  const { document, base } = documents[low]!
  return { document, ordinal: position - base }
}

/** The best of a selection, and the way to the scores of all. */
export function foundIn(selection: Selection<unknown>, { score, coverage }: Scores, limit: number): Found {
  const at = (position: number) => ({ score: score[position]!, coverage: coverage[position]! })
  const bases = new Map(selection.documents.map(({ document, base }, index) => [document, { base, index }]))
  return {
    hits: best(score, limit).map((position) => ({ ...placeAt(selection, position), ...at(position) })),
    passages: selection.passages,
    measure: ({ document, ordinal }) => {
      const found = bases.get(document)
      if (!found) return undefined
      const end = selection.documents[found.index + 1]?.base ?? selection.passages
      return found.base + ordinal < end ? at(found.base + ordinal) : undefined
    },
  }
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
