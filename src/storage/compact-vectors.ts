import type { DocumentHash } from '../domain'
import type { QuantizedVectors } from '../retrieval/vector/vector-index'
import type { Database } from './database'
import { readPack } from './read-pack'
import type { VectorPack } from './schema'
import { webLocks, writeAlone } from './transaction'
import {
  deletePack,
  liveRows,
  makePack,
  PACK_ROWS,
  putPack,
  slicesOf,
  VECTOR_STORES,
  type VectorSlice,
  type VectorWriting,
  type WholePack,
} from './vector-packs'
import { joinParts, rowsOf } from './vector-parts'
import { ofSpace, spaceId, type VectorSpace } from './vector-space'

/** Held by the tab that compacts; no other begins meanwhile. */
const COMPACTION_LOCK = 'fumikura-vector-compaction'

/** More small packs than this, and they are merged: each costs a read of its own when vectors are loaded. */
export const SMALL_PACKS = 64

/** A larger share of dead rows than this, and the packs that hold them are written anew. */
export const DEAD_SHARE = 0.25

export interface CompactionOptions {
  /** Stops between two steps; what was merged stays merged. */
  signal?: AbortSignal
  /** Default SMALL_PACKS. */
  smallPacks?: number
  /** Default DEAD_SHARE; 0 rids the disk of every row of a document that was removed. */
  deadShare?: number
}

export interface Compaction {
  /** "busy": another tab is at it, nothing was done here. "stopped": by the signal. "done": nothing is left to do. */
  state: 'done' | 'stopped' | 'busy'
  /** Packs written. */
  written: number
  /** Documents whose vectors turned out damaged, and were deleted: `documentsWithoutVectors` lists them from now on. */
  damaged: DocumentHash[]
}

/**
 * Merges small packs, and writes packs with many dead rows anew without them, when there are too many of either. Each step
 * reads and deletes some packs and writes one in their place in one strict transaction, under the lock of all writers: ended
 * at any moment, it leaves what was there before the step or after it, and the next call goes on from there. For idle time.
 * @throws StorageFull when there is no room for a merged pack beside those that it replaces; these stay
 */
export async function compactVectors(
  db: Database,
  space: VectorSpace,
  options: CompactionOptions = {},
): Promise<Compaction> {
  const run = () => compact(db, space, options)
  const locks = webLocks()
  if (!locks) return run()
  return locks.request(COMPACTION_LOCK, { ifAvailable: true }, (lock) =>
    lock ? run() : { state: 'busy', written: 0, damaged: [] },
  )
}

async function compact(db: Database, space: VectorSpace, options: CompactionOptions): Promise<Compaction> {
  const { smallPacks = SMALL_PACKS, deadShare = DEAD_SHARE } = options
  const packs = await db.getAll('vectorPacks', ofSpace(spaceId(space)))
  const done: Compaction = { state: 'done', written: 0, damaged: [] }
  for (const group of plan(packs, smallPacks, deadShare)) {
    if (options.signal?.aborted) return { ...done, state: 'stopped' }
    const { written, damaged } = await writeAlone(db, [...VECTOR_STORES], (transaction) =>
      merge(transaction, space, group),
    )
    if (written) done.written++
    done.damaged.push(...damaged)
  }
  return done
}

/**
 * Which packs to merge into one, group by group: none, while there are few small packs and few dead rows. Groups fill up to
 * PACK_ROWS from the smallest pack up, so that no more than one of the results is small again.
 */
export function plan(packs: readonly VectorPack[], smallPacks: number, deadShare: number): VectorPack[][] {
  const weighed = packs.map((pack) => ({ pack, live: liveRows(pack), dead: pack.rows - liveRows(pack) }))
  const rows = packs.reduce((sum, pack) => sum + pack.rows, 0)
  const dead = weighed.reduce((sum, pack) => sum + pack.dead, 0)
  const small = weighed.filter(({ live }) => live <= PACK_ROWS / 2)
  if (small.length <= smallPacks && dead <= deadShare * rows) return []
  const worth = weighed.filter(({ pack, live, dead }) => live <= PACK_ROWS / 2 || dead > deadShare * pack.rows)
  const groups: (typeof weighed)[] = []
  let filled = Infinity
  for (const candidate of worth.sort((a, b) => a.live - b.live)) {
    if (filled + candidate.live > PACK_ROWS) {
      groups.push([])
      filled = 0
    }
    groups.at(-1)!.push(candidate)
    filled += candidate.live
  }
  const useful = groups.filter((group) => group.length > 1 || group[0]!.dead > 0)
  return useful.map((group) => group.map(({ pack }) => pack))
}

/** One step, in one transaction: what has become of the packs since they were listed counts, not what they were. */
async function merge(
  transaction: VectorWriting,
  space: VectorSpace,
  listed: readonly VectorPack[],
): Promise<{ written: boolean; damaged: DocumentHash[] }> {
  const sources: Source[] = []
  const damaged: DocumentHash[] = []
  for (const { space: id, pack: name } of listed) {
    const pack = await transaction.objectStore('vectorPacks').get([id, name])
    if (!pack) continue // its last document was removed, or has got new vectors
    const vectors = await readPack(transaction, pack)
    if (vectors) sources.push(...slicesOf(pack).map((slice) => ({ slice, vectors })))
    else damaged.push(...pack.documents)
    await deletePack(transaction, pack)
  }
  if (sources.length) await putPack(transaction, mergedPack(space, sources))
  return { written: sources.length > 0, damaged }
}

interface Source {
  slice: VectorSlice
  /** Of the pack that the slice lies in. */
  vectors: QuantizedVectors
}

function mergedPack(space: VectorSpace, sources: readonly Source[]): WholePack {
  let rows = 0
  const slices: VectorSlice[] = []
  const parts = sources.map(({ slice, vectors }) => {
    const at = rows
    slices.push({ ...slice, row: at })
    rows += slice.count
    return { at, vectors: rowsOf(vectors, slice.row, slice.count) }
  })
  return makePack(spaceId(space), slices, joinParts(space.dimension, rows, parts))
}
