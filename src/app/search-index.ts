import { Interrupted } from '../errors'
import { proxy } from '../threads/expose'
import type { VectorIndexKind } from '../retrieval/vector/create-index'
import type { VectorSpace } from '../storage/vector-space'
import type { IndexApi, ScoreTexts, SearchRequest, SearchResult } from '../threads/protocols'
import { RestartableWorker } from './restartable-worker'

export const startIndexWorker = (): Worker =>
  new Worker(new URL('../../workers/index.ts', import.meta.url), { type: 'module', name: 'index' })

/** The search index in its worker. */
export class SearchIndex {
  readonly #worker: RestartableWorker<IndexApi>

  constructor(worker = new RestartableWorker<IndexApi>(startIndexWorker)) {
    this.#worker = worker
  }

  /** Loads what is new, so that the next question need not wait for it. */
  async warm(): Promise<void> {
    await this.#worker.call((api) => api.sync())
  }

  /** Loads the vectors that will be searched, for the same reason. */
  async loadVectors(space: VectorSpace, index: VectorIndexKind): Promise<void> {
    await this.#worker.call((api) => api.loadVectors(space, index))
  }

  /**
   * Every search brings the index in line first: other tabs add and remove too, and a worker that died starts empty.
   * With nothing changed that costs one read of the list of documents. A search that lost its worker, perhaps to an older
   * question that would not stop, is tried once more.
   * @param score the cross-encoder that the request names, if it names one
   * @throws AbortError, Interrupted
   */
  async search(request: SearchRequest, signal: AbortSignal, score?: ScoreTexts): Promise<SearchResult> {
    try {
      return await this.#search(request, signal, score)
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error
      return this.#search(request, signal, score)
    }
  }

  #search(request: SearchRequest, signal: AbortSignal, score?: ScoreTexts): Promise<SearchResult> {
    return this.#worker.call(async (api) => {
      // Loading a library may take seconds, and what it loads serves the next question: it is not ended with this one.
      await orAborted(api.sync(), signal)
      return api.search(request, signal, score && proxy(score)) as Promise<SearchResult>
    }, signal)
  }
}

/** What `work` gives, or AbortError as soon as the signal is aborted; `work` goes on. */
async function orAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  let stop = () => undefined as void
  const stopped = new Promise<never>((_resolve, reject) => {
    stop = () => reject(signal.reason as Error)
    signal.addEventListener('abort', stop)
  })
  try {
    signal.throwIfAborted()
    return await Promise.race([work, stopped])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
