import type { IDBPTransaction } from 'idb'
import type { Database } from './database'
import type { CoarsePlane, FinePlane, Fumikura, VectorPack, VectorSpaceId } from './schema'
import { completeDocuments, isSound, PACK_ROWS, VECTOR_STORES } from './vector-packs'
import { ofSpace } from './vector-space'

/** Rows read at once: 13 MB a plane at 384 dimensions. The next batch is read while one is worked on. */
const BATCH_ROWS = 8 * PACK_ROWS

export type VectorReading = IDBPTransaction<Fumikura, (typeof VECTOR_STORES)[number][]>

/** A snapshot of all vectors. */
export function beginReading(db: Database): VectorReading {
  const transaction = db.transaction([...VECTOR_STORES])
  // A request that fails ends it; that request is heard, the end need not be heard too.
  transaction.done.catch(() => undefined)
  return transaction
}

/** The sound packs of a space in the order of their keys, the documents that they cover whole, and the damaged ones. */
export async function readDirectory(transaction: VectorReading, space: VectorSpaceId) {
  const all = await transaction.objectStore('vectorPacks').getAll(ofSpace(space))
  const packs = all.filter(isSound)
  return { packs, complete: completeDocuments(packs), damaged: all.filter((pack) => !packs.includes(pack)) }
}

/** The browser could not read a record at all: a file of its database is missing or broken. */
export class UnreadableRecord extends Error {}

/** Planes by their pack's id. */
type Planes<Plane> = ReadonlyMap<string, Plane>

export const readCoarse =
  (transaction: VectorReading) =>
  async (range: IDBKeyRange): Promise<Planes<CoarsePlane>> =>
    byPack(await transaction.objectStore('coarsePlanes').getAll(range))

export const readFine =
  (transaction: VectorReading) =>
  async (range: IDBKeyRange): Promise<Planes<FinePlane>> =>
    byPack(await transaction.objectStore('finePlanes').getAll(range))

const byPack = <Plane extends { pack: string }>(planes: Plane[]): Planes<Plane> =>
  new Map(planes.map((plane) => [plane.pack, plane]))

/**
 * Reads planes batch by batch in key ranges, and calls `use` for each pack with what was read of it and its neighbours.
 * @param packs in the order of their keys
 * @throws UnreadableRecord when the browser fails to read; whatever `use` throws
 */
export async function readPlanes<Read>(
  packs: readonly VectorPack[],
  read: (range: IDBKeyRange) => Promise<Read>,
  use: (pack: VectorPack, planes: Read) => void,
): Promise<void> {
  const batches = inBatches(packs)
  const begin = (batch: VectorPack[] | undefined) => {
    const reading = batch && read(IDBKeyRange.bound(keyOf(batch[0]!), keyOf(batch.at(-1)!)))
    reading?.catch(() => undefined) // heard when it is waited for, unless an earlier one fails first
    return reading
  }
  let next = begin(batches[0])
  for (const [i, batch] of batches.entries()) {
    const planes = await next!.catch((cause: unknown) => {
      throw new UnreadableRecord('a record of vectors cannot be read', { cause })
    })
    next = begin(batches[i + 1])
    for (const pack of batch) use(pack, planes)
  }
}

const keyOf = ({ space, pack }: VectorPack): [VectorSpaceId, string] => [space, pack]

function inBatches(packs: readonly VectorPack[]): VectorPack[][] {
  const batches: VectorPack[][] = []
  let rows = Infinity
  for (const pack of packs) {
    if (rows + pack.rows > BATCH_ROWS) {
      batches.push([])
      rows = 0
    }
    batches.at(-1)!.push(pack)
    rows += pack.rows
  }
  return batches
}

/** The packs of a space whose planes the browser fails to read, each tried by itself. */
export async function findUnreadable(db: Database, space: VectorSpaceId): Promise<VectorPack[]> {
  const packs = await db.getAll('vectorPacks', ofSpace(space))
  const unreadable: VectorPack[] = []
  for (const pack of packs) {
    try {
      await db.get('coarsePlanes', keyOf(pack))
      await db.get('finePlanes', keyOf(pack))
    } catch {
      unreadable.push(pack)
    }
  }
  return unreadable
}
