import type { Database } from './database'
import type { VectorSpaceId } from './schema'
import { VECTOR_STORES } from './vector-packs'
import { writeAlone } from './transaction'

/** All that decides what a vector means: vectors are comparable when all of it is equal, and are never mixed otherwise. */
export interface VectorSpace {
  /** Id of the embedder, with its revision where it has one. */
  model: string
  /** Components of a vector. */
  dimension: number
  /** What is put before a passage when it is embedded; may be empty. */
  prefix: string
  /** Number format that the embedder was run in ("fp32", "q8"). */
  dtype: string
  /** Version of the embedder's tokenizer, and of the way that text is prepared for it. */
  tokenizer: string
}

/** The name of a space in keys: equal for equal spaces only, in every version of the page. */
export const spaceId = ({ model, dimension, prefix, dtype, tokenizer }: VectorSpace): VectorSpaceId =>
  [model, String(dimension), prefix, dtype, tokenizer].map(encodeURIComponent).join('/')

/** Key range of everything of a space whose key is [space, ...]: an array sorts after every string. */
export const ofSpace = (id: VectorSpaceId): IDBKeyRange => IDBKeyRange.bound([id], [id, []])

/** The spaces that vectors are kept in. */
export async function listVectorSpaces(db: Database): Promise<VectorSpaceId[]> {
  const spaces: VectorSpaceId[] = []
  const packs = db.transaction('vectorPacks').store
  let cursor = await packs.openKeyCursor()
  while (cursor) {
    const [space] = cursor.primaryKey
    spaces.push(space)
    cursor = await cursor.continue([space, []] as unknown as [VectorSpaceId, string])
  }
  return spaces
}

/**
 * Deletes the vectors of every space but those of `kept`, each space in one transaction: what an earlier embedder or an
 * earlier version of it left behind. For idle time.
 * @returns how many spaces were deleted
 */
export async function deleteOtherSpaces(db: Database, kept: readonly VectorSpace[]): Promise<number> {
  const names = kept.map(spaceId)
  const others = (await listVectorSpaces(db)).filter((space) => !names.includes(space))
  for (const space of others) {
    await writeAlone(db, [...VECTOR_STORES], async (transaction) => {
      await Promise.all(VECTOR_STORES.map((store) => transaction.objectStore(store).delete(ofSpace(space))))
    })
  }
  return others.length
}
