import { DeviceLost, FumikuraError } from '../../../errors'

/** What is said of a device that goes; a device that was given back says `destroyed` too. */
type Watched = Pick<GPUDevice, 'lost'>

/** How long an error may come before the loss of the device that caused it is told, in milliseconds. */
const PATIENCE = 50

/**
 * Tells when a device is gone. web-llm itself writes that to the console, unloads the model and leaves who waits for a token
 * waiting, for ever on some drivers.
 */
export class DeviceWatch {
  readonly #gone: Promise<never>
  #refuse: (error: DeviceLost) => void = () => undefined
  #lost = false
  #ended = false

  constructor() {
    this.#gone = new Promise<never>((_resolve, reject) => (this.#refuse = reject))
    this.#gone.catch(() => undefined)
  }

  /** Whether a device went without having been given back. */
  get lost(): boolean {
    return this.#lost
  }

  watch(device: Watched): void {
    void device.lost.then(({ reason, message }) => {
      if (this.#ended) return
      this.#lost = true
      this.#refuse(new DeviceLost({ detail: [reason, message].filter(Boolean).join(': ') }))
    })
  }

  /** From now on the device may go. */
  end(): void {
    this.#ended = true
  }

  /**
   * The result, or the loss of the device, whichever comes first. What a dying device makes of the work (an error, or no
   * answer) is reported as its death.
   * @throws DeviceLost, and what the work throws
   */
  async unlessLost<Result>(work: Promise<Result>): Promise<Result> {
    try {
      return await Promise.race([this.#gone, work])
    } catch (error) {
      if (error instanceof FumikuraError) throw error
      // The work may fail a moment before the device is reported as lost.
      await Promise.race([this.#gone, new Promise((resolve) => setTimeout(resolve, PATIENCE))])
      throw error
    }
  }
}

/**
 * Tells of every device that is made in this thread from now on: web-llm makes its own and keeps it to itself.
 * @returns ends it
 */
export function watchDevices(watch: DeviceWatch): () => void {
  const Adapter = (globalThis as { GPUAdapter?: { prototype: GPUAdapter } }).GPUAdapter
  if (!Adapter) return () => undefined
  const { prototype } = Adapter
  const { requestDevice } = prototype
  prototype.requestDevice = async function (this: GPUAdapter, descriptor) {
    const device = await requestDevice.call(this, descriptor)
    watch.watch(device)
    return device
  }
  return () => {
    prototype.requestDevice = requestDevice
  }
}
