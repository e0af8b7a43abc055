import type { DBSchema } from 'idb'
import type { Collection, CollectionId, Document, DocumentHash, Page, Passage, PassageId, Turn } from '../domain'
import type { ErrorParams } from '../errors'
import type { QuestionSet } from '../lab/question-set'
import type { Result, Run, RunId } from '../lab/run'
import type { LexicalSegment } from '../retrieval/lexical/segment'

/** A page as kept: its runs packed into typed arrays, an eighth of the size of objects. */
export interface StoredPage extends Omit<Page, 'runs'> {
  document: DocumentHash
  /** [start, end) of each run, flattened: 2 per run. */
  runOffsets: Uint32Array<ArrayBuffer>
  /** x0 y0 x1 y1 of each run: 4 per run. */
  runRects: Float32Array<ArrayBuffer>
  runDirections: Uint8Array<ArrayBuffer>
}

/** A file waiting to be read, being read, or refused with its reason; kept so that it survives a reload. */
export interface QueuedFile {
  id: string
  collection: CollectionId
  name: string
  file: Blob
  added: number
  state: 'waiting' | 'reading' | 'failed'
  failure?: { key: string; params: ErrorParams }
  /** The document that this file is a new version of. */
  replaces?: DocumentHash
}

export interface StoredFile {
  hash: DocumentHash
  file: Blob
}

/** Identifies what vectors mean: see `spaceId` in storage/vector-space.ts. */
export type VectorSpaceId = string

/**
 * What a pack of vectors holds: an entry of the directory, small, so that it can change without its planes. A document's
 * vectors come as a pack of their own; packs are merged later. Rows that no slice covers are dead.
 */
export interface VectorPack {
  space: VectorSpaceId
  pack: string
  dimension: number
  /** Dead ones included. */
  rows: number
  /** Document of each slice. */
  documents: DocumentHash[]
  /** 4 per slice: its first row in the pack, ordinal of its first passage, rows, passages of the whole document. */
  places: Uint32Array<ArrayBuffer>
  /** Checksums of the planes and of this entry. */
  coarseSum: number
  fineSum: number
  sum: number
}

/** All that a first scan of a pack's rows reads; arrays as in `QuantizedVectors`. */
export interface CoarsePlane {
  space: VectorSpaceId
  pack: string
  coarse: Int8Array<ArrayBuffer>
  scales: Float32Array<ArrayBuffer>
  residuals: Float32Array<ArrayBuffer>
}

/** What the rows that a scan found are scored again with. */
export interface FinePlane {
  space: VectorSpaceId
  pack: string
  fine: Int8Array<ArrayBuffer>
}

export interface Fumikura extends DBSchema {
  collections: { key: CollectionId; value: Collection }
  documents: { key: DocumentHash; value: Document; indexes: { collection: CollectionId } }
  /** The original bytes, so that a document can be shown and read again. */
  files: { key: DocumentHash; value: StoredFile }
  /** Key: [document, page number]. */
  pages: { key: [DocumentHash, number]; value: StoredPage }
  /** Key: [document, ordinal]. */
  passages: { key: [DocumentHash, number]; value: Passage; indexes: { id: PassageId } }
  segments: { key: DocumentHash; value: LexicalSegment }
  /** Keys of the three stores of vectors: [space, pack]. `document` finds the packs that hold rows of a document. */
  vectorPacks: { key: [VectorSpaceId, string]; value: VectorPack; indexes: { document: DocumentHash } }
  coarsePlanes: { key: [VectorSpaceId, string]; value: CoarsePlane }
  finePlanes: { key: [VectorSpaceId, string]; value: FinePlane }
  queue: { key: string; value: QueuedFile }
  turns: { key: string; value: Turn; indexes: { collection: CollectionId } }
  /** Small facts: key to any structured-cloneable value; typed by storage/settings.ts. */
  settings: { key: string; value: unknown }
  /** The Lab: question sets, runs, and what became of each question. Key of the last: [run, key of the result]. */
  labSets: { key: string; value: QuestionSet }
  labRuns: { key: RunId; value: Run }
  labResults: { key: [RunId, string]; value: Result }
}

/** Everything that belongs to one document and is committed in one strict transaction. */
export interface PreparedDocument {
  document: Document
  file: Blob
  pages: Page[]
  passages: Passage[]
  segment: LexicalSegment
}
