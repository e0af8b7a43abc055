import * as glue from 'voy-search/voy_search_bg.js'
import type { Voy } from 'voy-search'

/** What the library compares; it pads shorter vectors with zeros and cuts longer ones without a word. */
export const VOY_DIMENSION = 768

/** The instance that the library's glue talks to at the moment; it knows only one. */
let current: WebAssembly.Exports | undefined

/**
 * A k-d tree of voy-search in an instance of its own, so that a trap, after which an instance answers nothing more, takes
 * no other tree with it. Keys are ours; vectors are padded to 768 components.
 */
export class VoyTree {
  readonly #exports: WebAssembly.Exports
  readonly #voy: Voy

  /** @throws RuntimeError when the library traps, as on more than 32 vectors that agree in one component */
  constructor(module: WebAssembly.Module, entries: readonly [key: string, vector: Float32Array][]) {
    this.#exports = new WebAssembly.Instance(module, { './voy_search_bg.js': { ...glue } }).exports
    this.#enter()
    this.#voy = new glue.Voy({ embeddings: entries.map(toResource) })
  }

  get bytes(): number {
    return (this.#exports['memory'] as WebAssembly.Memory).buffer.byteLength
  }

  /** @throws RuntimeError when the library traps; the tree is then of no use any more */
  add(entries: readonly [key: string, vector: Float32Array][]): void {
    this.#enter()
    this.#voy.add({ embeddings: entries.map(toResource) })
  }

  /** The keys of the nearest vectors by Euclidean distance, nearest first. The library tells no distances. */
  search(query: Float32Array, limit: number): string[] {
    this.#enter()
    return this.#voy.search(padded(query), limit).neighbors.map(({ id }) => id)
  }

  /** The tree as JSON. Over 512 MB, what a string holds, the library gives an empty one. */
  serialize(): string {
    this.#enter()
    return this.#voy.serialize()
  }

  #enter(): void {
    if (current === this.#exports) return
    // The glue keeps views of the memory it saw last until that memory is detached, which growing it by nothing does.
    if (current) (current['memory'] as WebAssembly.Memory).grow(0)
    glue.__wbg_set_wasm(this.#exports)
    current = this.#exports
  }
}

const toResource = ([id, vector]: [key: string, vector: Float32Array]) => ({
  id,
  title: '',
  url: '',
  embeddings: Array.from(padded(vector)),
})

function padded(vector: Float32Array): Float32Array {
  const whole = new Float32Array(VOY_DIMENSION)
  whole.set(vector)
  return whole
}
