import { ModelUnusable } from '../../errors'
import { transfer } from '../../threads/expose'
import type { EmbedApi, LoadEmbedderRequest } from '../../threads/protocols'
import { probeDevices, type DeviceCapabilities } from '../onnx/runtime'
import { nameOf, type EmbedKind } from './catalogue'
import { embed, type ReadyEmbedder } from './embed'
import { loadEmbedder, type LoadProgress } from './load'

/** The embedding worker: one model at a time, loaded once for all calls that ask for it. */
export class EmbedService implements EmbedApi {
  #name: string | undefined
  #ready: Promise<ReadyEmbedder> | undefined

  capabilities(): Promise<DeviceCapabilities> {
    return probeDevices()
  }

  async load(
    { plan }: LoadEmbedderRequest,
    onProgress: ((progress: LoadProgress) => void) | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    if (this.#name !== nameOf(plan)) {
      await this.unload()
      this.#name = nameOf(plan)
      const ready = loadEmbedder(plan, (progress) => onProgress?.(progress), signal)
      this.#ready = ready
      ready.catch(() => {
        if (this.#ready === ready) this.#forget()
      })
    }
    await this.#ready
  }

  async embed(texts: string[], kind: EmbedKind, signal: AbortSignal): Promise<Float32Array<ArrayBuffer>> {
    if (!this.#ready) throw new ModelUnusable({ detail: 'no model is loaded' })
    const vectors = await embed(await this.#ready, texts, kind, signal)
    return transfer(vectors, [vectors.buffer])
  }

  async unload(): Promise<void> {
    const ready = this.#ready
    this.#forget()
    await (await ready?.catch(() => undefined))?.session.release()
  }

  #forget(): void {
    this.#name = undefined
    this.#ready = undefined
  }
}
