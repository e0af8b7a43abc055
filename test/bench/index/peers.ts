import { create, insertMultiple, save, searchVector } from '@orama/orama'
import { loadVoyModule } from '../../../src/retrieval/vector/voy-module'
import { VoyTree } from '../../../src/retrieval/vector/voy-tree'
import { type Contestant, DIMENSION } from './contestant'

const rowsOf = (vectors: Float32Array): Float32Array[] =>
  Array.from({ length: vectors.length / DIMENSION }, (_, row) =>
    vectors.subarray(row * DIMENSION, (row + 1) * DIMENSION),
  )

/** The library itself, without what VoyVectorIndex makes good. */
export function voy(): Contestant {
  let tree: VoyTree
  return {
    name: 'voy-search 0.6.3',
    async build(vectors) {
      tree = new VoyTree(
        await loadVoyModule(),
        rowsOf(vectors).map((vector, row) => [`${row}`, vector]),
      )
    },
    search: (query, limit) => tree.search(query, limit).map(Number),
    memory: () => tree.bytes,
    saved: () => tree.serialize().length,
  }
}

interface Hnsw {
  initIndex(size: number, m: number, efConstruction: number, seed: number): void
  addItems(items: Float32Array[], replaceDeleted: boolean): number[]
  setEfSearch(ef: number): void
  searchKnn(query: Float32Array, count: number, filter: undefined): { neighbors: number[] }
}
interface HnswLibrary {
  HEAP8?: Int8Array
  HierarchicalNSW: new (space: 'ip', dimension: number, file: string) => Hnsw
}

/** M 16, efConstruction 200, efSearch 64: the usual choice. */
export function hnswlib(): Contestant {
  let library: HnswLibrary
  let index: Hnsw
  return {
    name: 'hnswlib-wasm 0.8.2',
    async build(vectors) {
      // Its build asks for a window, which no worker has.
      Object.assign(globalThis, { window: globalThis, document: {} })
      const { loadHnswlib } = (await import('hnswlib-wasm/dist/hnswlib.js')) as {
        loadHnswlib: (files: string) => Promise<HnswLibrary>
      }
      library = await loadHnswlib('IDBFS')
      index = new library.HierarchicalNSW('ip', DIMENSION, '')
      index.initIndex(vectors.length / DIMENSION, 16, 200, 100)
      index.setEfSearch(64)
      index.addItems(rowsOf(vectors), false)
    },
    search: (query, limit) => index.searchKnn(query, limit, undefined).neighbors,
    memory: () => library.HEAP8?.byteLength ?? NaN,
  }
}

export function orama(): Contestant {
  const database = create({ schema: { embedding: `vector[${DIMENSION}]` } as const })
  return {
    name: '@orama/orama 3.1.18',
    async build(vectors) {
      const documents = rowsOf(vectors).map((vector, row) => ({ id: `${row}`, embedding: Array.from(vector) }))
      await insertMultiple(database, documents, 1000)
    },
    async search(query, limit) {
      // Its own threshold, .8, would silently leave hits out.
      const vector = { value: Array.from(query), property: 'embedding' }
      const { hits } = await searchVector(database, { mode: 'vector', vector, similarity: -1, limit })
      return hits.map(({ id }) => Number(id))
    },
    saved: () => JSON.stringify(save(database)).length,
  }
}
