import type { DocumentHash } from '../../domain'
import { announce } from '../../storage/changes'
import type { Database } from '../../storage/database'
import { loadDocumentVectors } from '../../storage/load-vectors'
import type { VectorSpace } from '../../storage/vector-space'
import { documentsWithVectors, getVectors } from '../../storage/vectors'
import type { DenseRetriever } from '../dense'
import type { Found } from '../selection'
import type { VectorIndex } from './vector-index'

/** A question as a model sees it, and how much its likeness to passages counts. */
export interface AskedVector {
  /** Id of the model, for the trace. */
  model: string
  vector: Float32Array
  weight: number
}

/** More documents than this, and reading all packs once is quicker than looking each of them up. */
const FEW = 16

/**
 * An index of the vectors that a database holds of one space. It is loaded whole at first, and brought in line after changes:
 * what came since is added, what was removed, or whose vectors were damaged, is taken out.
 */
export class StoredVectors {
  #stale = true
  #syncing: Promise<void> = Promise.resolve()
  #loaded = new Set<DocumentHash>()

  constructor(
    readonly space: VectorSpace,
    readonly index: VectorIndex,
  ) {}

  /** Something has been stored or removed: the next `sync` looks. */
  changed(): void {
    this.#stale = true
  }

  /** Damaged vectors that are met are deleted and announced as a change: their documents wait to be embedded again. */
  sync(db: Database): Promise<void> {
    const synced = this.#syncing.then(() => this.#sync(db))
    this.#syncing = synced.catch(() => undefined)
    return synced
  }

  async #sync(db: Database): Promise<void> {
    if (!this.#stale) return
    this.#stale = false
    try {
      const stored = await documentsWithVectors(db, this.space)
      for (const document of this.#loaded) if (!stored.has(document)) this.#remove(document)
      const missing = [...stored].filter((document) => !this.#loaded.has(document))
      await (missing.length > FEW ? this.#loadAll(db) : this.#loadEach(db, missing))
    } catch (error) {
      this.#stale = true
      throw error
    }
  }

  /** Searches by meaning with a question that has been embedded. */
  retriever({ model, vector, weight }: AskedVector): DenseRetriever {
    const { index } = this
    return {
      id: model,
      weight,
      search: (_question, { documents, limit }) => {
        const hits = index.search(vector, { documents, limit }).map((hit) => ({ ...hit, coverage: shareOf(hit.score) }))
        const within = new Set(documents)
        const found: Found = {
          hits,
          passages: index.size,
          measure: ({ document, ordinal }) => {
            const score = within.has(document) ? index.score(vector, document, ordinal) : undefined
            return score === undefined ? undefined : { score, coverage: shareOf(score) }
          },
        }
        return Promise.resolve(found)
      },
    }
  }

  dispose(): void {
    this.index.dispose()
  }

  async #loadAll(db: Database): Promise<void> {
    const { damaged } = await loadDocumentVectors(db, this.space, (document, vectors) => {
      this.index.add(document, vectors)
      this.#loaded.add(document)
    })
    for (const document of damaged) this.#remove(document)
    if (damaged.length) announce(db, { what: 'vectors' })
  }

  /** Where vectors cannot be read, reading all finds out which are damaged. */
  async #loadEach(db: Database, documents: readonly DocumentHash[]): Promise<void> {
    for (const document of documents) {
      const vectors = await getVectors(db, this.space, document)
      if (!vectors) return this.#loadAll(db)
      this.index.add(document, vectors)
      this.#loaded.add(document)
    }
  }

  #remove(document: DocumentHash): void {
    this.index.remove(document)
    this.#loaded.delete(document)
  }
}

/** A cosine as a share of likeness, 0 to 1. */
const shareOf = (cosine: number): number => Math.min(1, Math.max(0, cosine))
