import type { Document, DocumentHash } from '../domain'
import type { QuantizedVectors } from '../retrieval/vector/vector-index'
import { announce } from './changes'
import type { Database } from './database'
import type { VectorPack, VectorSpaceId } from './schema'
import { readSlices } from './read-pack'
import { beginReading } from './read-planes'
import { writeAlone } from './transaction'
import {
  completeDocuments,
  deletePack,
  isSound,
  makePack,
  PACK_ROWS,
  putPack,
  slicesOf,
  VECTOR_STORES,
  withSlices,
  type VectorWriting,
  type WholePack,
} from './vector-packs'
import { joinParts, rowsOf } from './vector-parts'
import { ofSpace, spaceId, type VectorSpace } from './vector-space'

/**
 * Keeps the vectors of a document, in place of those it had in this space, in one strict transaction.
 * @returns false, and nothing is kept, when the document is gone or has another number of passages by now
 * @throws RangeError when the arrays do not fit the space or each other; StorageFull when the browser keeps no more
 */
export async function keepVectors(
  db: Database,
  space: VectorSpace,
  document: DocumentHash,
  vectors: QuantizedVectors,
): Promise<boolean> {
  const rows = checkShape(space, vectors)
  const id = spaceId(space)
  const packs = packsOf(id, document, vectors)
  const kept = await writeAlone(db, ['documents', ...VECTOR_STORES], async (transaction) => {
    const known = await transaction.objectStore('documents').get(document)
    if (known?.passages !== rows) return false
    await removeVectors(transaction, document, id)
    await Promise.all(packs.map((pack) => putPack(transaction, pack)))
    return true
  })
  if (kept) announce(db, { what: 'vectors', document })
  return kept
}

/** @returns the number of rows */
function checkShape(space: VectorSpace, { dimension, coarse, fine, scales, residuals }: QuantizedVectors): number {
  const rows = scales.length
  if (dimension !== space.dimension) throw new RangeError(`dimension ${dimension} in a space of ${space.dimension}`)
  if (coarse.length !== rows * dimension || fine.length !== rows * dimension || residuals.length !== rows)
    throw new RangeError(`planes of ${coarse.length} and ${fine.length} for ${rows} rows of ${dimension}`)
  return rows
}

/** One pack, or several where a document has more passages than a pack may have rows. */
function packsOf(space: VectorSpaceId, document: DocumentHash, vectors: QuantizedVectors): WholePack[] {
  const of = vectors.scales.length
  const packs: WholePack[] = []
  for (let first = 0; first < of; first += PACK_ROWS) {
    const count = Math.min(PACK_ROWS, of - first)
    packs.push(makePack(space, [{ document, row: 0, first, count, of }], rowsOf(vectors, first, count)))
  }
  return packs
}

/**
 * Within a transaction: removes the vectors of a document, from one space or from all. A pack that holds others' too keeps
 * its planes: the rows are dead from now on and go when packs are merged.
 */
export async function removeVectors(
  transaction: VectorWriting,
  document: DocumentHash,
  space?: VectorSpaceId,
): Promise<void> {
  const packs = await transaction.objectStore('vectorPacks').index('document').getAll(document)
  const concerned = packs.filter((pack) => space === undefined || pack.space === space)
  await Promise.all(concerned.map((pack) => bury(transaction, pack, document)))
}

/** A damaged entry is not written anew with a checksum that would vouch for it: its pack goes, its documents are embedded again. */
async function bury(transaction: VectorWriting, pack: VectorPack, document: DocumentHash): Promise<void> {
  const rest = isSound(pack) ? slicesOf(pack).filter((slice) => slice.document !== document) : []
  if (rest.length) await transaction.objectStore('vectorPacks').put(withSlices(pack, rest))
  else await deletePack(transaction, pack)
}

/**
 * The documents that have text but not a vector for each of their passages in this space, in the order they were added:
 * those that came since, those embedded in another space only, and those whose vectors were damaged.
 */
export async function documentsWithoutVectors(db: Database, space: VectorSpace): Promise<Document[]> {
  const transaction = db.transaction(['documents', 'vectorPacks'])
  const [documents, packs] = await Promise.all([
    transaction.objectStore('documents').getAll(),
    transaction.objectStore('vectorPacks').getAll(ofSpace(spaceId(space))),
  ])
  const complete = completeDocuments(packs.filter(isSound))
  return documents
    .filter(({ hash, passages }) => passages > 0 && complete.get(hash) !== passages)
    .sort((a, b) => a.added - b.added || (a.name < b.name ? -1 : 1))
}

/** The documents that have a vector for each of their passages in this space. */
export async function documentsWithVectors(db: Database, space: VectorSpace): Promise<Set<DocumentHash>> {
  const packs = await db.getAll('vectorPacks', ofSpace(spaceId(space)))
  return new Set(completeDocuments(packs.filter(isSound)).keys())
}

/** The vectors of one document; undefined where it has none, too few, or damaged ones in this space. */
export async function getVectors(
  db: Database,
  space: VectorSpace,
  document: DocumentHash,
): Promise<QuantizedVectors | undefined> {
  const present = await presentVectors(db, space, document)
  return present?.lacking.length ? undefined : present?.vectors
}

export interface PresentVectors {
  /** Row i belongs to the passage with ordinal i. */
  vectors: QuantizedVectors
  /** Ordinals of the passages without a vector; their rows are zero. */
  lacking: number[]
}

/**
 * The vectors that a document has in this space, be they complete or only those that a new version took over from the one
 * before; undefined where it has none. What `lacking` lists is to be embedded, and all kept together with `keepVectors`.
 */
export async function presentVectors(
  db: Database,
  space: VectorSpace,
  document: DocumentHash,
): Promise<PresentVectors | undefined> {
  const id = spaceId(space)
  const read = (await readSlices(beginReading(db), document)).filter(({ space }) => space === id)
  if (!read.length) return undefined
  const { of } = read[0]!.slice
  const lacking = new Set(Array(of).keys())
  const parts = read.map(({ slice: { row, first, count }, vectors }) => {
    for (let ordinal = first; ordinal < first + count; ordinal++) lacking.delete(ordinal)
    return { at: first, vectors: rowsOf(vectors, row, count) }
  })
  return { vectors: joinParts(space.dimension, of, parts), lacking: [...lacking] }
}
