import type { DocumentHash } from '../../domain'

/**
 * Which pieces of the soft lexicon the passages of one document hold: part of its lexical segment.
 * Piece ids[i] stands in the passages [offsets[i], offsets[i + 1]) of `ordinals`.
 */
export interface PiecePostings {
  /** Of the lexicon whose pieces these are; with another one they are made again from the passages. */
  fingerprint: string
  /** Ascending. */
  ids: Uint16Array<ArrayBuffer>
  /** ids.length + 1 entries. */
  offsets: Uint32Array<ArrayBuffer>
  /** Passage ordinals, ascending within a piece. */
  ordinals: Uint32Array<ArrayBuffer>
  /** Number of different pieces of each passage, by ordinal. */
  lengths: Uint32Array<ArrayBuffer>
}

/** Postings with the document that they belong to. */
export interface PieceSegment extends PiecePostings {
  document: DocumentHash
}
