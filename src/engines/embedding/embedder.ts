import type { EmbedApi } from '../../threads/protocols'
import { EncoderOwner, type EncoderWorker, type Verdicts } from '../encoder/owner'
import { embeddingSpace, type Embedder, type EmbeddingSpace, type EmbedKind } from './catalogue'
import { embedderTest } from './self-test'

/** An embedder on the page's side. Its vectors stay in one space whatever happens to the device. */
export class EmbedderOwner extends EncoderOwner<Embedder, EmbedApi> {
  /** @param reference starts a second worker, used for one comparison and ended */
  constructor(worker: EncoderWorker<EmbedApi>, reference: () => EncoderWorker<EmbedApi>, verdicts: Verdicts) {
    super(embedderTest, worker, reference, verdicts)
  }

  /** Where its vectors lie; undefined while nothing is open. */
  get space(): EmbeddingSpace | undefined {
    return this.current && embeddingSpace(this.current.plan)
  }

  /**
   * texts × dimension. A worker that died is started again, and the call made once more.
   * @throws ModelUnusable, Interrupted, AbortError
   */
  embed(texts: string[], kind: EmbedKind, signal: AbortSignal): Promise<Float32Array<ArrayBuffer>> {
    return this.ask((api) => api.embed(texts, kind, signal), signal)
  }
}
