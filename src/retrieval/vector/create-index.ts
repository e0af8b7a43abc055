import { ExactVectorIndex } from './exact-index'
import type { VectorIndex } from './vector-index'

/** `exact` is ours and the default; `voy` is there to compare it with (see voy-index.ts). */
export type VectorIndexKind = 'exact' | 'voy'

/**
 * An empty index. The peer's code and its 75 kB of WebAssembly are loaded only where it was chosen.
 * @throws InvalidVector for a dimension that the index cannot hold
 */
export async function createVectorIndex(kind: VectorIndexKind, dimension: number): Promise<VectorIndex> {
  if (kind === 'exact') return new ExactVectorIndex(dimension)
  const [{ VoyVectorIndex }, { loadVoyModule }] = await Promise.all([import('./voy-index'), import('./voy-module')])
  return new VoyVectorIndex(dimension, await loadVoyModule())
}
