import type { DocumentHash } from '../domain'
import type { QuantizedVectors } from '../retrieval/vector/vector-index'
import { checksum, textChecksum } from './checksum'
import type { CoarsePlane, FinePlane, VectorPack, VectorSpaceId } from './schema'
import { issue, type Transaction } from './transaction'

/** Rows of a pack, at most: at 384 dimensions 1.6 MB a plane, which is read at the speed of the disk. */
export const PACK_ROWS = 4096

/** The directory of packs, and the two planes of each. */
export const VECTOR_STORES = ['vectorPacks', 'coarsePlanes', 'finePlanes'] as const

export type VectorWriting = Transaction<(typeof VECTOR_STORES)[number]>

/** Rows [row, row + count) of a pack are passages [first, first + count) of a document that has `of` passages. */
export interface VectorSlice {
  document: DocumentHash
  row: number
  first: number
  count: number
  of: number
}

/** A pack with its planes, as written in one transaction. */
export interface WholePack {
  pack: VectorPack
  coarse: CoarsePlane
  fine: FinePlane
}

/** Numbers kept for a slice, beside its document: row, first, count, of. */
const PLACE = 4

/** The rows of a pack that are alive; what no slice covers is dead. */
export const slicesOf = ({ documents, places }: VectorPack): VectorSlice[] =>
  documents.map((document, i) => ({
    document,
    row: places[i * PLACE]!,
    first: places[i * PLACE + 1]!,
    count: places[i * PLACE + 2]!,
    of: places[i * PLACE + 3]!,
  }))

/** Rows of a pack that belong to a document. */
export function liveRows({ places }: VectorPack): number {
  let rows = 0
  for (let at = 2; at < places.length; at += PLACE) rows += places[at]!
  return rows
}

/** Makes a pack of rows that `slices` cover, all of them or in part. The arrays are kept as they are, or copied out of larger buffers. */
export function makePack(space: VectorSpaceId, slices: readonly VectorSlice[], vectors: QuantizedVectors): WholePack {
  const id = crypto.randomUUID()
  const coarse: CoarsePlane = {
    space,
    pack: id,
    coarse: whole(vectors.coarse),
    scales: whole(vectors.scales),
    residuals: whole(vectors.residuals),
  }
  const fine: FinePlane = { space, pack: id, fine: whole(vectors.fine) }
  const sums = { coarseSum: coarseChecksum(coarse), fineSum: checksum(fine.fine) }
  const pack = withSlices(
    { space, pack: id, dimension: vectors.dimension, rows: vectors.scales.length, ...sums },
    slices,
  )
  return { pack, coarse, fine }
}

/** The pack with these slices in place of those it had. */
export function withSlices(
  { space, pack, dimension, rows, coarseSum, fineSum }: Omit<VectorPack, 'documents' | 'places' | 'sum'>,
  slices: readonly VectorSlice[],
): VectorPack {
  const documents = slices.map(({ document }) => document)
  const places = new Uint32Array(slices.flatMap(({ row, first, count, of }) => [row, first, count, of]))
  const unsummed = { space, pack, dimension, rows, coarseSum, fineSum, documents, places }
  return { ...unsummed, sum: directoryChecksum(unsummed) }
}

/** A structured clone of a view copies the whole buffer behind it, so nothing but the rows may be behind it. */
const whole = <View extends Int8Array<ArrayBuffer> | Float32Array<ArrayBuffer>>(view: View): View =>
  view.byteLength === view.buffer.byteLength ? view : (view.slice() as View)

const coarseChecksum = ({ coarse, scales, residuals }: CoarsePlane): number =>
  checksum(residuals, checksum(scales, checksum(coarse)))

function directoryChecksum(entry: Omit<VectorPack, 'sum'>) {
  const { space, pack, dimension, rows, documents, places, coarseSum, fineSum } = entry
  return textChecksum(JSON.stringify([space, pack, dimension, rows, coarseSum, fineSum, documents, [...places]]))
}

/** Bytes that the vectors of a document take in a pack. */
export function vectorBytes(pack: VectorPack, document: DocumentHash): number {
  const rows = slicesOf(pack).reduce((sum, slice) => sum + (slice.document === document ? slice.count : 0), 0)
  return rows * (2 * pack.dimension + 8)
}

/** The entry in the directory is as it was written. */
export const isSound = (pack: VectorPack): boolean => {
  try {
    return directoryChecksum(pack) === pack.sum
  } catch {
    return false // a field is missing, or is not what it was
  }
}

/** The plane is there, whole and as it was written. */
export const isSoundCoarse = (pack: VectorPack, plane: CoarsePlane | undefined): plane is CoarsePlane =>
  plane !== undefined && plane.coarse.length === pack.rows * pack.dimension && coarseChecksum(plane) === pack.coarseSum

/** The plane is there, whole and as it was written. */
export const isSoundFine = (pack: VectorPack, plane: FinePlane | undefined): plane is FinePlane =>
  plane !== undefined && plane.fine.length === pack.rows * pack.dimension && checksum(plane.fine) === pack.fineSum

/** Documents of which every passage has a vector in these packs, with the number of their passages. */
export function completeDocuments(packs: readonly VectorPack[]): Map<DocumentHash, number> {
  const counts = new Map<DocumentHash, { rows: number; of: number }>()
  for (const { document, count, of } of packs.flatMap(slicesOf)) {
    const known = counts.get(document)
    if (known) known.rows += count
    else counts.set(document, { rows: count, of })
  }
  const complete = [...counts].filter(([, { rows, of }]) => rows === of)
  return new Map(complete.map(([document, { of }]) => [document, of]))
}

/** Within a transaction: writes a pack and its planes. */
export async function putPack(transaction: VectorWriting, { pack, coarse, fine }: WholePack): Promise<void> {
  await issue([
    () => transaction.objectStore('vectorPacks').put(pack),
    () => transaction.objectStore('coarsePlanes').put(coarse),
    () => transaction.objectStore('finePlanes').put(fine),
  ])
}

/** Within a transaction: deletes a pack and its planes. */
export async function deletePack(transaction: VectorWriting, { space, pack }: VectorPack): Promise<void> {
  await Promise.all(VECTOR_STORES.map((store) => transaction.objectStore(store).delete([space, pack])))
}
