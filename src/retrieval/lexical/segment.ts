import type { DocumentHash } from '../../domain'
import type { PiecePostings } from '../soft-lexicon/segment'

/**
 * The postings of one document, the unit in which the lexical index is stored, added and removed.
 * Term i has the postings [offsets[i], offsets[i + 1]) of `ordinals` and `frequencies`.
 */
export interface LexicalSegment {
  document: DocumentHash
  /** Of the tokenizer that made the terms; a segment of another fingerprint is rebuilt from its passages. */
  fingerprint: string
  /** Sorted by code unit, unique. */
  terms: string[]
  /** terms.length + 1 entries. */
  offsets: Uint32Array<ArrayBuffer>
  /** Passage ordinals, ascending within a term. */
  ordinals: Uint32Array<ArrayBuffer>
  frequencies: Uint16Array<ArrayBuffer>
  /** Length in terms of each passage, by ordinal. */
  lengths: Uint32Array<ArrayBuffer>
  /** Postings of the soft lexicon; absent where the document was read without it. */
  pieces?: PiecePostings
}
