import { transfer } from '../../threads/expose'
import type { EmbedApi } from '../../threads/protocols'
import { EncoderService } from '../encoder/service'
import type { Embedder, EmbedKind } from './catalogue'
import { embed } from './embed'

/** The embedding worker. */
export class EmbedService extends EncoderService<Embedder> implements EmbedApi {
  async embed(texts: string[], kind: EmbedKind, signal: AbortSignal): Promise<Float32Array<ArrayBuffer>> {
    const vectors = await embed(await this.ready(), texts, kind, signal)
    return transfer(vectors, [vectors.buffer])
  }
}
