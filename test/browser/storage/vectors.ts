import type { DocumentHash } from '../../../src/domain'
import type { QuantizedVectors } from '../../../src/retrieval/vector/vector-index'
import { loadDocumentVectors, loadVectors, type LoadedVectors } from '../../../src/storage/load-vectors'
import type { Database } from '../../../src/storage/database'
import type { VectorSpace } from '../../../src/storage/vector-space'
import { Random } from '../../fixtures/random'

export const SPACE: VectorSpace = {
  model: 'test/embedder',
  dimension: 16,
  prefix: 'passage: ',
  dtype: 'q8',
  tokenizer: '1',
}

/** Passages of each document that the writer to be killed keeps. */
export const PASSAGES = 12

/** Vectors that are the same for the same seed and different for another. */
export function vectorsOf(seed: string, rows: number, { dimension } = SPACE): QuantizedVectors {
  const random = new Random([...seed].reduce((sum, character) => Math.imul(sum, 31) + character.codePointAt(0)!, 7))
  const bytes = () => Int8Array.from({ length: rows * dimension }, () => Math.floor(random.next() * 255) - 127)
  const floats = () => Float32Array.from({ length: rows }, () => random.next() + 0.01)
  return { dimension, coarse: bytes(), fine: bytes(), scales: floats(), residuals: floats() }
}

/** All that `loadDocumentVectors` delivers, checked to be what `loadVectors` delivers plane by plane. */
export async function loadAll(
  db: Database,
  space: VectorSpace = SPACE,
): Promise<LoadedVectors & { vectors: Map<DocumentHash, QuantizedVectors> }> {
  const vectors = new Map<DocumentHash, QuantizedVectors>()
  const loaded = await loadDocumentVectors(db, space, (document, each) => vectors.set(document, each))
  const planes: string[] = []
  const { dimension } = space
  await loadVectors(db, space, (batch) => {
    planes.push(batch.plane)
    for (const { document, row, first, count } of batch.slices) {
      const whole = vectors.get(document)
      if (!whole) throw new Error(`${document} came by planes only`)
      const range = [first * dimension, (first + count) * dimension] as const
      const stored = batch.plane === 'coarse' ? batch.coarse : batch.fine
      const found = stored.subarray(row * dimension, (row + count) * dimension)
      if (String(found) !== String(whole[batch.plane].subarray(...range))) throw new Error(`${document} differs`)
    }
  })
  if (planes.toSorted().join() !== planes.join()) throw new Error('a fine plane came before a coarse one')
  return { ...loaded, vectors }
}

/** How many rows each of the stores of vectors has. */
export const packCounts = async (db: Database): Promise<number[]> =>
  Promise.all((['vectorPacks', 'coarsePlanes', 'finePlanes'] as const).map((store) => db.count(store)))
