import type { DocumentHash } from '../../domain'
import { foundIn, Slots, type Found, type Scores, type SearchOptions, type Selection } from '../selection'
import { pieceWeight, type Lexicon } from './lexicon'
import type { PiecePostings, PieceSegment } from './segment'

/** How a piece of the question is looked for. */
export interface SoughtPiece {
  id: number
  /** What a passage gains that holds the piece itself. */
  weight: number
}

/** `coverage` of a hit: the share of the question's piece weight that the passage holds, a neighbour counting by its nearness. */
export interface SoftResult extends Found {
  sought: SoughtPiece[]
}

/** Slots with the index of the piece in their postings: slot, index, slot, index. */
type Holders = number[]

/**
 * Scores passages by the pieces of the question that they hold or hold something alike of (a late interaction whose
 * similarities are fixed: facts of the training are in models/starter/lexicon/README.md).
 */
export class SoftIndex {
  readonly #lexicon: Lexicon
  #slots = new Slots<PiecePostings>()
  /** By piece. */
  #holders = new Map<number, Holders>()

  constructor(lexicon: Lexicon) {
    this.#lexicon = lexicon
  }

  has(document: DocumentHash): boolean {
    return this.#slots.has(document)
  }

  /** Adds a document, in place of earlier postings of it. */
  add({ document, ...postings }: PieceSegment): void {
    this.remove(document)
    const slot = this.#slots.add(document, postings)
    postings.ids.forEach((id, index) => {
      const holders = this.#holders.get(id)
      if (holders) holders.push(slot, index)
      else this.#holders.set(id, [slot, index])
    })
  }

  /** Removes a document, going through all pieces once; nothing happens when it is not there. */
  remove(document: DocumentHash): void {
    const slot = this.#slots.remove(document)
    if (slot === undefined) return
    for (const [id, holders] of this.#holders) {
      const at = holders.findIndex((value, index) => index % 2 === 0 && value === slot)
      if (at >= 0) holders.splice(at, 2)
      if (!holders.length) this.#holders.delete(id)
    }
  }

  /**
   * The best passages for the different pieces of a question. Score: the share of the question that is covered (the best
   * match of each of its pieces, by weight), plus a little for short passages; it does not depend on other passages but
   * through the longest one, so scores of different questions may be compared.
   */
  search(pieces: Iterable<number>, { documents = this.#slots.documents, limit }: SearchOptions): SoftResult {
    const selection = this.#slots.select(documents)
    const sought = [...pieces].map((id) => ({ id, weight: pieceWeight(this.#lexicon, id) }))
    const total = sought.reduce((sum, { weight }) => sum + weight, 0)
    const covered = new Float64Array(selection.passages)
    const reached = new Int32Array(selection.passages).fill(-1)
    sought.forEach(({ id, weight }, index) => {
      if (weight > 0) this.#cover(id, weight / total, index, selection, covered, reached)
    })
    return { ...foundIn(selection, this.#scores(selection, covered, total), limit), sought }
  }

  /** Adds what passages hold of a piece. Its neighbours come nearest first, so what reaches a passage first is the best. */
  #cover(
    piece: number,
    share: number,
    index: number,
    selection: Selection<PiecePostings>,
    covered: Float64Array,
    reached: Int32Array,
  ): void {
    const { offsets, neighbours, nearness } = this.#lexicon
    const reach = (id: number, gain: number) => {
      const holders = this.#holders.get(id) ?? []
      for (let at = 0; at < holders.length; at += 2) {
        const searched = selection.bySlot[holders[at]!]
        if (!searched) continue
        const { postings, base } = searched
        const end = postings.offsets[holders[at + 1]! + 1]!
        for (let posting = postings.offsets[holders[at + 1]!]!; posting < end; posting++) {
          const position = base + postings.ordinals[posting]!
          if (reached[position] === index) continue
          reached[position] = index
          covered[position]! += gain
        }
      }
    }
    reach(piece, share)
    for (let at = offsets[piece]!; at < offsets[piece + 1]!; at++) {
      reach(neighbours[at]!, (share * nearness[at]!) / 255)
    }
  }

  /** Long passages hold much of everything: they lose, against the longest, nothing that shorter ones do not gain. */
  #scores(selection: Selection<PiecePostings>, covered: Float64Array, total: number): Scores {
    const score = new Float64Array(covered.length)
    const lengths = selection.bySlot.flatMap((searched) => (searched ? [searched] : []))
    const longest = lengths.reduce((most, { postings }) => postings.lengths.reduce((a, b) => Math.max(a, b), most), 1)
    for (const { postings, base } of lengths) {
      postings.lengths.forEach((length, ordinal) => {
        const position = base + ordinal
        if (covered[position]! <= 0) return
        const shorter = Math.log(longest / Math.max(1, length))
        score[position] = covered[position]! + (this.#lexicon.lengthPenalty * shorter) / total
      })
    }
    return { score, coverage: covered }
  }
}
