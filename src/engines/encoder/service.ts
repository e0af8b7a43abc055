import { ModelUnusable } from '../../errors'
import type { EncoderApi, LoadRequest } from '../../threads/protocols'
import { probeDevices, type DeviceCapabilities } from '../onnx/devices'
import type { LoadProgress } from '../model-files/load-progress'
import { loadEncoder } from './load'
import type { EncoderModel } from './model'
import type { ReadyEncoder } from './run'

/** What the workers of all encoders do alike: one model at a time, loaded once for all calls that ask for it. */
export class EncoderService<Model extends EncoderModel> implements EncoderApi<Model> {
  /** The plan that is loaded, as text: two that differ in anything at all are two. */
  #plan: string | undefined
  #ready: Promise<ReadyEncoder<Model>> | undefined

  capabilities(): Promise<DeviceCapabilities> {
    return probeDevices()
  }

  async load(
    { plan }: LoadRequest<Model>,
    onProgress: ((progress: LoadProgress) => void) | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const wanted = JSON.stringify(plan)
    if (this.#plan !== wanted) {
      await this.unload()
      this.#plan = wanted
      const ready = loadEncoder(plan, (progress) => onProgress?.(progress), signal)
      this.#ready = ready
      ready.catch(() => {
        if (this.#ready === ready) this.#forget()
      })
    }
    await this.#ready
  }

  async unload(): Promise<void> {
    const ready = this.#ready
    this.#forget()
    await (await ready?.catch(() => undefined))?.session.release()
  }

  /** @throws ModelUnusable before `load` */
  protected async ready(): Promise<ReadyEncoder<Model>> {
    if (!this.#ready) throw new ModelUnusable({ detail: 'no model is loaded' })
    return this.#ready
  }

  #forget(): void {
    this.#plan = undefined
    this.#ready = undefined
  }
}
