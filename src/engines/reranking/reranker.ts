import type { RerankApi } from '../../threads/protocols'
import { EncoderOwner, type EncoderWorker, type Verdicts } from '../encoder/owner'
import type { CrossEncoder } from './catalogue'
import { rerankerTest } from './self-test'

/** A cross-encoder on the page's side: what src/retrieval/rerank.ts knows as a Reranker. */
export class RerankerOwner extends EncoderOwner<CrossEncoder, RerankApi> {
  /** @param reference starts a second worker, used for one comparison and ended */
  constructor(worker: EncoderWorker<RerankApi>, reference: () => EncoderWorker<RerankApi>, verdicts: Verdicts) {
    super(rerankerTest, worker, reference, verdicts)
  }

  /** Id of the open model, for the trace; empty while nothing is open. */
  get id(): string {
    return this.current?.plan.model.id ?? ''
  }

  /**
   * One score a text, in their order; the higher the better. A worker that died is started again, and the call made once more.
   * @throws ModelUnusable (also while nothing is open), Interrupted, AbortError
   */
  score(question: string, texts: string[], signal: AbortSignal): Promise<Float32Array<ArrayBuffer>> {
    return this.ask((api) => api.score(question, texts, signal), signal)
  }
}
