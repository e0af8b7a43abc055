import type { DocumentHash } from '../domain'
import type { QuantizedVectors } from '../retrieval/vector/vector-index'
import type { Database } from './database'
import {
  beginReading,
  findUnreadable,
  readCoarse,
  readDirectory,
  readFine,
  readPlanes,
  UnreadableRecord,
} from './read-planes'
import type { CoarsePlane, FinePlane, VectorPack } from './schema'
import { writeAlone } from './transaction'
import { deletePack, isSoundCoarse, isSoundFine, slicesOf, VECTOR_STORES, type VectorSlice } from './vector-packs'
import { SliceCollector } from './vector-parts'
import { spaceId, type VectorSpace } from './vector-space'

/** One plane of one pack. Only rows that `slices` cover are alive; the arrays are the callee's to keep. */
export type VectorBatch = { slices: readonly VectorSlice[] } & (
  | ({ plane: 'coarse' } & Pick<CoarsePlane, 'coarse' | 'scales' | 'residuals'>)
  | ({ plane: 'fine' } & Pick<FinePlane, 'fine'>)
)

export interface LoadedVectors {
  /** Documents of which every vector is sound. */
  documents: number
  /** Their vectors. */
  rows: number
  /**
   * Documents some of whose vectors were damaged. These are deleted, and `documentsWithoutVectors` lists the documents from
   * now on; what was delivered of them before the damage was met is to be dropped.
   */
  damaged: DocumentHash[]
}

/** Loading began anew: what is delivered from now on stands in place of all that was delivered before. */
export interface LoadOptions {
  onRestart?: () => void
}

/**
 * Loads the vectors of a space as they are at one moment: all coarse planes first, then all fine planes, so that a first
 * search needs half of the bytes. Checksums are verified before anything is delivered. `onBatch` is called once for each
 * plane of each pack, and must not wait for anything: the snapshot ends when it does. Documents that lack vectors for some
 * passages are left out.
 * @throws whatever `onBatch` throws
 */
export function loadVectors(
  db: Database,
  space: VectorSpace,
  onBatch: (batch: VectorBatch) => void,
  options: LoadOptions = {},
): Promise<LoadedVectors> {
  return retrying(db, space, options, async () => {
    const transaction = beginReading(db)
    const { packs, complete, damaged } = await readDirectory(transaction, spaceId(space))
    const deliver = (pack: VectorPack, batch: (slices: VectorSlice[]) => VectorBatch) => {
      const slices = slicesOf(pack).filter(({ document }) => complete.has(document))
      if (slices.length) onBatch(batch(slices))
    }
    await readPlanes(packs, readCoarse(transaction), (pack, planes) => {
      const plane = planes.get(pack.pack)
      if (!isSoundCoarse(pack, plane)) return damaged.push(pack)
      const { coarse, scales, residuals } = plane
      deliver(pack, (slices) => ({ plane: 'coarse', slices, coarse, scales, residuals }))
    })
    await readPlanes(packs, readFine(transaction), (pack, planes) => {
      const plane = planes.get(pack.pack)
      if (!isSoundFine(pack, plane)) return damaged.push(pack)
      deliver(pack, (slices) => ({ plane: 'fine', slices, fine: plane.fine }))
    })
    return { complete, damaged }
  })
}

/**
 * As `loadVectors`, but document by document with both planes: for an index that takes nothing less. A document is
 * delivered when its last pack has been read; the arrays may be views of a pack's.
 */
export function loadDocumentVectors(
  db: Database,
  space: VectorSpace,
  onDocument: (document: DocumentHash, vectors: QuantizedVectors) => void,
  options: LoadOptions = {},
): Promise<LoadedVectors> {
  return retrying(db, space, options, async () => {
    const transaction = beginReading(db)
    const { packs, complete, damaged } = await readDirectory(transaction, spaceId(space))
    const collector = new SliceCollector(onDocument)
    const readBoth = (range: IDBKeyRange) => Promise.all([readCoarse(transaction)(range), readFine(transaction)(range)])
    await readPlanes(packs, readBoth, (pack, [coarsePlanes, finePlanes]) => {
      const [coarse, fine] = [coarsePlanes.get(pack.pack), finePlanes.get(pack.pack)]
      if (!isSoundCoarse(pack, coarse) || !isSoundFine(pack, fine)) return damaged.push(pack)
      const vectors = { dimension: space.dimension, ...coarse, fine: fine.fine }
      for (const slice of slicesOf(pack)) if (complete.has(slice.document)) collector.add(slice, vectors)
    })
    return { complete, damaged }
  })
}

interface Loading {
  complete: Map<DocumentHash, number>
  damaged: VectorPack[]
}

/** Loads; where the browser fails to read a record at all, deletes the packs concerned and loads again what is left. */
async function retrying(
  db: Database,
  space: VectorSpace,
  { onRestart }: LoadOptions,
  load: () => Promise<Loading>,
): Promise<LoadedVectors> {
  try {
    return await conclude(db, await load())
  } catch (error) {
    if (!(error instanceof UnreadableRecord)) throw error
    const damaged = await findUnreadable(db, spaceId(space))
    if (!damaged.length) throw error.cause
    await deleteDamaged(db, damaged)
    onRestart?.()
    const { complete, damaged: further } = await load()
    return conclude(db, { complete, damaged: further }, damaged)
  }
}

/** Deletes what is damaged, and says what was sound. */
async function conclude(
  db: Database,
  { complete, damaged }: Loading,
  unreadable: readonly VectorPack[] = [],
): Promise<LoadedVectors> {
  const all = [...unreadable, ...damaged]
  const affected = new Set(all.flatMap(({ documents }) => documents))
  const sound = [...complete].filter(([document]) => !affected.has(document))
  // A disk that is so broken that nothing can be deleted is no reason to withhold what could be read.
  if (damaged.length) await deleteDamaged(db, damaged).catch(() => undefined)
  return {
    documents: sound.length,
    rows: sound.reduce((sum, [, rows]) => sum + rows, 0),
    damaged: [...affected],
  }
}

/** Another tab may have replaced a pack meanwhile; its id is new then, and deleting the old one does nothing. */
const deleteDamaged = (db: Database, packs: readonly VectorPack[]): Promise<void> =>
  writeAlone(db, [...VECTOR_STORES], async (transaction) => {
    await Promise.all(packs.map((pack) => deletePack(transaction, pack)))
  })
