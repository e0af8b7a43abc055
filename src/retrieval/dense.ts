import type { Found, SearchOptions } from './selection'

/** Finds passages by vectors: an embedder and the index of what it made. */
export interface DenseRetriever {
  /** Id of the model, for the trace. */
  readonly id: string
  /** How much its similarities count beside words (models/embedders.json). */
  readonly weight: number
  /** Milliseconds that embedding the question took, where that was done before the search. */
  readonly embedding?: number
  /**
   * Hits with their cosine similarity as score and coverage. Documents that have no vectors yet are passed over. Rejects with
   * an AbortError, or with the reason why it cannot run; the search then goes on without it.
   */
  search(question: string, options: Required<SearchOptions>, signal: AbortSignal): Promise<Found>
}
