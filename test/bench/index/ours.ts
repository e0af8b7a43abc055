import { ExactVectorIndex } from '../../../src/retrieval/vector/exact-index'
import { scalarEngine, simdEngine } from '../../../src/retrieval/vector/kernels/engine'
import { quantize } from '../../../src/retrieval/vector/quantize'
import { compactVectors } from '../../../src/storage/compact-vectors'
import { openDatabase } from '../../../src/storage/database'
import { loadDocumentVectors } from '../../../src/storage/load-vectors'
import { VECTOR_STORES } from '../../../src/storage/vector-packs'
import { keepVectors } from '../../../src/storage/vectors'
import { sizeOf } from '../vector-storage/count-written'
import { documentRecord, hexHash, spaceOf } from '../vector-storage/library'
import { type Contestant, DIMENSION } from './contestant'

/** As many as in vector-storage.ts. */
const DOCUMENT_ROWS = 100

/** Documents are rounded and added one after another, as they come from the embedding worker, and so they are kept. */
function exact(engine: typeof simdEngine): Contestant {
  const index = new ExactVectorIndex(DIMENSION, engine)
  const space = spaceOf(DIMENSION)
  const step = DOCUMENT_ROWS * DIMENSION
  let documents = 0
  return {
    build(vectors) {
      for (let at = 0; at < vectors.length; at += step) {
        index.add(hexHash('d', documents++), quantize(vectors.subarray(at, at + step), DIMENSION))
      }
    },
    search: (query, limit) =>
      index
        .search(query, { limit })
        .map(({ document, ordinal }) => Number(document.slice(1)) * DOCUMENT_ROWS + ordinal),
    memory: () => index.bytes,
    candidates: () => index.candidates,
    async save() {
      const db = await openDatabase()
      for (let at = 0; at < documents; at++) {
        const hash = hexHash('d', at)
        const vectors = index.snapshot(hash)!
        await db.put('documents', documentRecord(hash, vectors.scales.length))
        if (!(await keepVectors(db, space, hash, vectors))) throw new Error(`${hash} was not kept`)
      }
      await compactVectors(db, space)
      db.close()
      return storedBytes()
    },
    async load() {
      const db = await openDatabase()
      await loadDocumentVectors(db, space, (document, vectors) => index.add(document, vectors))
      db.close()
    },
  }
}

/** Of all records of vectors; record by record, since all of them together may be more than a thread gets. */
async function storedBytes(): Promise<number> {
  const db = await openDatabase()
  let bytes = 0
  for (const name of VECTOR_STORES) {
    for (let cursor = await db.transaction(name).store.openCursor(); cursor; cursor = await cursor.continue()) {
      bytes += sizeOf(cursor.value) + sizeOf(cursor.primaryKey)
    }
  }
  db.close()
  return bytes
}

export const ours = (): Contestant => exact(simdEngine)

/** What browsers without SIMD get. Its rows are those of `ours`: saved and loaded once. */
export function oursWithoutSimd(): Contestant {
  const { build, search, memory, candidates } = exact(scalarEngine)
  return { build, search, memory: memory!, candidates: candidates! }
}
