import { transfer } from '../../threads/expose'
import type { RerankApi } from '../../threads/protocols'
import { EncoderService } from '../encoder/service'
import type { CrossEncoder } from './catalogue'
import { score } from './score'

/** The reranking worker. */
export class RerankService extends EncoderService<CrossEncoder> implements RerankApi {
  async score(question: string, texts: string[], signal: AbortSignal): Promise<Float32Array<ArrayBuffer>> {
    const scores = await score(await this.ready(), question, texts, signal)
    return transfer(scores, [scores.buffer])
  }
}
