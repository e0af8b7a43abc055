import { hashWords } from '../../../../../src/lora/counter-random'
import { BUFFER_USAGE, MAP_FOR_READING } from '../../../../../src/lora/gpu-flags'

export interface TensorRecord {
  name: string
  nbytes: number
  byteOffset: number
}

const { storage, copySource, copyTarget, mapRead } = BUFFER_USAGE

/** The parameters of a model in buffers of a real device, reached as web-llm and its runtime keep theirs. */
export class DeviceParameters {
  readonly #buffers = new Map<string, GPUBuffer>()
  #scopes = 0

  constructor(readonly device: GPUDevice) {}

  upload(shard: ArrayBuffer, records: readonly TensorRecord[]): void {
    for (const { name, nbytes, byteOffset } of records) {
      const size = Math.ceil(nbytes / 4) * 4
      const buffer = this.device.createBuffer({ size, usage: storage | copySource | copyTarget })
      const bytes = new Uint8Array(size)
      bytes.set(new Uint8Array(shard, byteOffset, nbytes))
      this.device.queue.writeBuffer(buffer, 0, bytes)
      this.#buffers.set(name, buffer)
    }
  }

  /** What a pipeline has of them. Outside of a scope TVM gives nothing out. */
  fields(misplaced: boolean) {
    const [names, buffers] = [[...this.#buffers.keys()], [...this.#buffers.values()]]
    const inScope = () => {
      if (this.#scopes < 1) throw new Error('Must call beginScope to use functions that returns TVM objects')
    }
    const get = (index: number) => {
      inScope()
      return { byteOffset: 0, getDataPtr: () => 1 + ((index + (misplaced ? 2 : 0)) % buffers.length) }
    }
    const metadata = () => (inScope(), JSON.stringify({ params: names.map((name) => ({ name })) }))
    return {
      tvm: {
        beginScope: () => void (this.#scopes += 1),
        endScope: () => void (this.#scopes -= 1),
        detachFromCurrentScope: (value: unknown) => value,
        setSeed: () => undefined,
        lib: { webGPUContext: { device: this.device, gpuBufferFromPtr: (address: number) => buffers[address - 1]! } },
      },
      vm: { getFunction: () => () => metadata() },
      params: { get },
      device: { sync: () => this.device.queue.onSubmittedWorkDone() },
    }
  }

  async words(name: string): Promise<Uint32Array> {
    const from = this.#buffers.get(name)!
    const copy = this.device.createBuffer({ size: from.size, usage: mapRead | copyTarget })
    const encoder = this.device.createCommandEncoder()
    encoder.copyBufferToBuffer(from, 0, copy, 0, from.size)
    this.device.queue.submit([encoder.finish()])
    await copy.mapAsync(MAP_FOR_READING)
    return new Uint32Array(copy.getMappedRange().slice(0))
  }

  /** Of all that is on the device; 0 where nothing of a model of 4 bits is. */
  async hash(): Promise<number> {
    let hash = 0
    for (const name of this.#buffers.keys())
      if (name.endsWith('.q_weight')) hash = hashWords(await this.words(name), hash)
    return hash
  }
}
