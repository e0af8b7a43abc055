import type { OpenEncoder } from '../engines/encoder/owner'
import { catalogue, type CrossEncoder } from '../engines/reranking/catalogue'
import type { RerankerOwner } from '../engines/reranking/reranker'
import type { Database } from '../storage/database'
import type { ScoreTexts, SearchRequest } from '../threads/protocols'
import { ModelChoice } from './models/model-choice.svelte'

/** Reading the best passages again: the cross-encoder that was chosen, and how a search asks it. */
export class Reranking {
  readonly model: ModelChoice<CrossEncoder, OpenEncoder<CrossEncoder>>
  readonly #owner: RerankerOwner

  constructor(db: Database, owner: RerankerOwner) {
    this.#owner = owner
    this.model = new ModelChoice({
      db,
      setting: 'reranker',
      find: (id) => catalogue.find((model) => model.id === id),
      open: (model, onProgress, signal) => owner.open(model, onProgress, signal),
      close: () => owner.close(),
    })
  }

  /** What a request needs in addition for the model to be asked; nothing where none is ready. */
  ask(signal: AbortSignal): { request: Pick<SearchRequest, 'reranker'>; score: ScoreTexts } | undefined {
    const { chosen, state } = this.model
    if (!chosen || state !== 'ready') return undefined
    const score: ScoreTexts = async (question, texts) => {
      try {
        return await this.#owner.score(question, texts, signal)
      } finally {
        // A device that was lost may have been left for wasm.
        if (this.model.state === 'ready' && this.#owner.current) this.model.opened = this.#owner.current
      }
    }
    return { request: { reranker: chosen.id }, score }
  }
}
