import type { DocumentHash } from '../../domain'
import { InvalidVector } from '../../errors'
import { checkDimension, checkVectors, dequantize, largestComponent, storedScore } from './quantize'
import { byScore } from './score-order'
import type { QuantizedVectors, VectorHit, VectorIndex, VectorSearchOptions } from './vector-index'
import { VOY_DIMENSION, VoyTree } from './voy-tree'

interface Member {
  document: DocumentHash
  ordinal: number
}

/** Equal vectors, of which the tree gets one: it fails on more than 32. */
interface Group {
  vector: Float32Array
  members: Member[]
  /** Not in the tree, since the tree failed on it; compared one by one. */
  aside: boolean
}

interface Entry {
  vectors: QuantizedVectors
  /** Of each row. */
  keys: string[]
}

/**
 * An index over voy-search, for comparison. The library stores 768 dimensions whatever it is given, has no scores, no
 * filter, no way to remove without the vector, and crashes on equal vectors; each is made good here as far as it goes. It
 * orders by Euclidean distance: vectors have to be of length 1 for that to be the order of scores.
 */
export class VoyVectorIndex implements VectorIndex {
  readonly #documents = new Map<DocumentHash, Entry>()
  readonly #groups = new Map<string, Group>()
  #tree: VoyTree | undefined
  #size = 0

  /**
   * @param module of voy-search, see loadVoyModule()
   * @throws InvalidVector when the dimension is over 768, which the library would cut off
   */
  constructor(
    readonly dimension: number,
    readonly module: WebAssembly.Module,
  ) {
    checkDimension(dimension)
    if (dimension > VOY_DIMENSION) throw new InvalidVector({ reason: 'dimension', dimension, limit: VOY_DIMENSION })
  }

  get size(): number {
    return this.#size
  }

  /** Bytes of the library's memory. */
  get bytes(): number {
    return this.#tree?.bytes ?? 0
  }

  add(document: DocumentHash, vectors: QuantizedVectors): void {
    checkVectors(vectors, this.dimension)
    this.remove(document)
    const rows = dequantize(vectors)
    const added: string[] = []
    const keys = Array.from(vectors.scales, (_, ordinal) => {
      const vector = rows.subarray(ordinal * this.dimension, (ordinal + 1) * this.dimension)
      const key = contentHash(vector)
      const group = this.#groups.get(key)
      if (group) group.members.push({ document, ordinal })
      else {
        this.#groups.set(key, { vector, members: [{ document, ordinal }], aside: false })
        added.push(key)
      }
      return key
    })
    this.#documents.set(document, { vectors, keys })
    this.#size += keys.length
    if (this.#tree && added.length > 0) this.#grow(added)
  }

  remove(document: DocumentHash): void {
    const entry = this.#documents.get(document)
    if (!entry) return
    this.#documents.delete(document)
    this.#size -= entry.keys.length
    for (const key of new Set(entry.keys)) {
      const group = this.#groups.get(key)!
      group.members = group.members.filter((member) => member.document !== document)
      if (group.members.length > 0) continue
      this.#groups.delete(key)
      if (!group.aside) this.#tree = undefined
    }
  }

  has(document: DocumentHash): boolean {
    return this.#documents.has(document)
  }

  search(query: Float32Array, { limit, documents, threshold = -Infinity }: VectorSearchOptions): VectorHit[] {
    if (query.length !== this.dimension) throw new InvalidVector({ reason: 'dimension', dimension: query.length })
    largestComponent(query)
    if (!(limit > 0) || this.#size === 0) return []
    const chosen = documents && new Set(documents)
    const inTree = [...this.#groups.values()].filter(({ aside }) => !aside).length
    for (let asked = Math.min(limit, this.#size); ; asked *= 4) {
      const keys = this.#nearest(query, Math.min(asked, inTree))
      const hits = this.#score(query, keys).filter(
        ({ document, score }) => score >= threshold && (!chosen || chosen.has(document)),
      )
      if (hits.length >= limit || asked >= inTree) return hits.sort(byScore).slice(0, limit)
    }
  }

  score(query: Float32Array, document: DocumentHash, ordinal: number): number | undefined {
    if (query.length !== this.dimension) throw new InvalidVector({ reason: 'dimension', dimension: query.length })
    const vectors = this.#documents.get(document)?.vectors
    return vectors && ordinal < vectors.scales.length ? storedScore(vectors, ordinal, query) : undefined
  }

  snapshot(document: DocumentHash): QuantizedVectors | undefined {
    return structuredClone(this.#documents.get(document)?.vectors)
  }

  dispose(): void {
    this.#documents.clear()
    this.#groups.clear()
    this.#size = 0
    this.#tree = undefined
  }

  #nearest(query: Float32Array, count: number): string[] {
    const aside = () => [...this.#groups].filter(([, group]) => group.aside).map(([key]) => key)
    try {
      this.#tree ??= this.#build()
      const found = this.#tree && count > 0 ? this.#tree.search(query, count) : []
      return [...found, ...aside()]
    } catch (error) {
      if (!(error instanceof WebAssembly.RuntimeError)) throw error
      // Whatever it was, the next search begins with a new tree; this one looks at everything.
      this.#tree = undefined
      return [...this.#groups.keys()]
    }
  }

  /** A tree of all groups that are not aside; where it fails on them together, all of them are put aside. */
  #build(): VoyTree | undefined {
    const groups = [...this.#groups].filter(([, { aside }]) => !aside)
    if (groups.length === 0) return undefined
    try {
      return new VoyTree(
        this.module,
        groups.map(([key, { vector }]) => [key, vector]),
      )
    } catch (error) {
      if (!(error instanceof WebAssembly.RuntimeError)) throw error
      for (const [, group] of groups) group.aside = true
      return undefined
    }
  }

  /** Where the tree fails on new vectors they are put aside, and a new tree is made of the others when it is needed. */
  #grow(added: readonly string[]): void {
    const groups = added.map((key): [string, Group] => [key, this.#groups.get(key)!])
    try {
      this.#tree?.add(groups.map(([key, { vector }]) => [key, vector]))
    } catch (error) {
      if (!(error instanceof WebAssembly.RuntimeError)) throw error
      this.#tree = undefined
      for (const [, group] of groups) group.aside = true
    }
  }

  #score(query: Float32Array, keys: readonly string[]): VectorHit[] {
    return keys.flatMap((key) =>
      this.#groups.get(key)!.members.map(({ document, ordinal }) => ({
        document,
        ordinal,
        score: storedScore(this.#documents.get(document)!.vectors, ordinal, query),
      })),
    )
  }
}

/** 64 bits of the components (two FNV-1a with different bases), as hex. */
function contentHash(vector: Float32Array): string {
  let low = 0x811c9dc5
  let high = 0x01000193
  for (const word of new Uint32Array(vector.buffer, vector.byteOffset, vector.length)) {
    low = Math.imul(low ^ word, 0x01000193)
    high = Math.imul(high ^ (word >>> 7), 0x85ebca6b)
  }
  return [low, high].map((part) => (part >>> 0).toString(16).padStart(8, '0')).join('')
}
