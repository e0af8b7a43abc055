import type { VectorHit } from './vector-index'

/** Best first; equal scores in the order of document and ordinal, whatever the order in which they were added. */
export function byScore(a: VectorHit, b: VectorHit): number {
  return b.score - a.score || (a.document < b.document ? -1 : a.document > b.document ? 1 : a.ordinal - b.ordinal)
}
