import type { DocumentHash, Passage } from '../domain'
import type { Candidate } from './fuse'
import type { Place } from './selection'

/** A candidate whose passage has been read. */
export interface LoadedCandidate extends Candidate {
  passage: Passage
  /** Where what was asked for stands in its text. */
  matches: [start: number, end: number][]
  /** By a cross-encoder, where one looked at it. */
  reranked?: { score: number; rank: number }
}

/** Why a candidate is not among the evidence. */
export type DropReason = 'removed' | 'repetition' | 'near duplicate' | 'document limit' | 'limit'

export interface Dropped extends Place {
  reason: DropReason
  /** The better candidate that it gives way to. */
  for?: Place
}

/** What a stage leaves of the candidates, best first, and what it takes away. */
export interface StageResult {
  kept: LoadedCandidate[]
  dropped: Dropped[]
}

/** Where passages are kept. */
export interface PassageSource {
  /** The passage at `ordinal` of a document; undefined when the document has been removed. */
  passage(document: DocumentHash, ordinal: number): Promise<Passage | undefined>
  /** The name that the user sees. */
  documentName(document: DocumentHash): string
}

export const placeOf = ({ document, ordinal }: Place): Place => ({ document, ordinal })
