import type { DocumentHash } from '../domain'
import type { QuantizedVectors } from '../retrieval/vector/vector-index'
import type { VectorPack, VectorSpaceId } from './schema'
import type { Transaction } from './transaction'
import { isSound, isSoundCoarse, isSoundFine, slicesOf, type VECTOR_STORES, type VectorSlice } from './vector-packs'

type VectorStore = (typeof VECTOR_STORES)[number]

/** The rows of a pack, dead ones included; undefined where the pack or one of its planes is missing or damaged. */
export async function readPack<Mode extends IDBTransactionMode>(
  transaction: Transaction<VectorStore, Mode>,
  pack: VectorPack,
): Promise<QuantizedVectors | undefined> {
  const [coarse, fine] = await Promise.all([
    transaction.objectStore('coarsePlanes').get([pack.space, pack.pack]),
    transaction.objectStore('finePlanes').get([pack.space, pack.pack]),
  ])
  if (!isSound(pack) || !isSoundCoarse(pack, coarse) || !isSoundFine(pack, fine)) return undefined
  return { ...coarse, dimension: pack.dimension, fine: fine.fine }
}

export interface ReadSlice {
  space: VectorSpaceId
  slice: VectorSlice
  /** Of the whole pack that the slice lies in. */
  vectors: QuantizedVectors
}

/** The sound vectors of one document in every space. */
export async function readSlices<Mode extends IDBTransactionMode>(
  transaction: Transaction<VectorStore, Mode>,
  document: DocumentHash,
): Promise<ReadSlice[]> {
  const packs = await transaction.objectStore('vectorPacks').index('document').getAll(document)
  const read: ReadSlice[] = []
  for (const pack of packs) {
    const vectors = await readPack(transaction, pack)
    if (!vectors) continue
    const slices = slicesOf(pack).filter((slice) => slice.document === document)
    read.push(...slices.map((slice) => ({ space: pack.space, slice, vectors })))
  }
  return read
}
