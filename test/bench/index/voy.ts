import * as glue from 'voy-search/voy_search_bg.js'
import { quantize } from '../../../src/retrieval/vector/quantize'
import type { VectorIndex } from '../../../src/retrieval/vector/vector-index'
import { VoyVectorIndex } from '../../../src/retrieval/vector/voy-index'
import { loadVoyModule } from '../../../src/retrieval/vector/voy-module'
import { VOY_DIMENSION, VoyTree } from '../../../src/retrieval/vector/voy-tree'
import { type Contestant, DIMENSION } from './contestant'
import { loadValue, saveValue } from './one-value'
import { eachRow } from './rows'

const NAME = 'voy'

/** The library itself, without what VoyVectorIndex makes good: a row's number is its only id. */
export function voy(): Contestant {
  let tree: Pick<VoyTree, 'bytes' | 'search' | 'serialize'>
  return {
    async build(vectors) {
      const module = await loadVoyModule()
      tree = new VoyTree(
        module,
        eachRow(vectors).map((vector, row) => [String(row), vector]),
      )
    },
    search: (query, limit) => tree.search(query, limit).map(Number),
    memory: () => tree.bytes,
    async save() {
      const text = tree.serialize()
      await saveValue(NAME, text)
      return text.length
    },
    async load() {
      const exports = new WebAssembly.Instance(await loadVoyModule(), { './voy_search_bg.js': { ...glue } }).exports
      glue.__wbg_set_wasm(exports)
      const loaded = glue.Voy.deserialize((await loadValue(NAME)) as string)
      tree = {
        bytes: (exports['memory'] as WebAssembly.Memory).buffer.byteLength,
        search: (query, limit) => loaded.search(padded(query), limit).neighbors.map(({ id }) => id),
        serialize: () => loaded.serialize(),
      }
    },
  }
}

function padded(vector: Float32Array): Float32Array {
  const whole = new Float32Array(VOY_DIMENSION)
  whole.set(vector)
  return whole
}

/** Behind our interface, which pads, takes equal vectors apart and scores again. It has nothing of its own to save. */
export function voyGuarded(): Contestant {
  let index: VectorIndex & { bytes: number }
  return {
    async build(vectors) {
      index = new VoyVectorIndex(DIMENSION, await loadVoyModule())
      index.add('rows', quantize(vectors, DIMENSION))
      // The tree is made when it is first asked.
      index.search(vectors.slice(0, DIMENSION), { limit: 1 })
    },
    search: (query, limit) => index.search(query, { limit }).map(({ ordinal }) => ordinal),
    memory: () => index.bytes,
  }
}
