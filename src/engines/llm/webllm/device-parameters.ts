import { ModelUnusable } from '../../../errors'
import type { DeviceCodes } from '../../../lora/four-bit-kernel'
import { BUFFER_USAGE, MAP_FOR_READING } from '../../../lora/gpu-flags'
import type { MlcPipeline } from './mlc-engine'

/** Bytes of a word. */
const WORD = 4

/** The weights of a model that web-llm has loaded, on its device, by their names. All of this is private to web-llm. */
export class DeviceParameters {
  readonly device: GPUDevice
  readonly #pipeline: MlcPipeline
  readonly #indexes: ReadonlyMap<string, number>

  /** @throws ModelUnusable, or a TypeError, where web-llm is built otherwise than it was */
  constructor(pipeline: MlcPipeline) {
    this.#pipeline = pipeline
    this.device = pipeline.tvm.lib.webGPUContext.device
    const { params } = JSON.parse(inScope(pipeline, () => String(pipeline.vm.getFunction('_metadata')()))) as {
      params: { name: string }[]
    }
    this.#indexes = new Map(params.map(({ name }, index) => [name, index]))
  }

  /** Where the codes of a matrix lie. Copies and dispatches that web-llm has put off come before whatever is done with it. */
  async codes(parameter: string): Promise<DeviceCodes> {
    const index = this.#indexes.get(`${parameter}.q_weight`)
    if (index === undefined) throw new ModelUnusable({ detail: `the library has no ${parameter}` })
    await this.#pipeline.device.sync()
    return inScope(this.#pipeline, () => {
      const tensor = this.#pipeline.params.get(index)
      const buffer = this.#pipeline.tvm.lib.webGPUContext.gpuBufferFromPtr(tensor.getDataPtr())
      return { buffer, firstWord: tensor.byteOffset / WORD }
    })
  }

  write({ buffer, firstWord }: DeviceCodes, codes: Uint32Array): void {
    this.device.queue.writeBuffer(buffer, firstWord * WORD, codes as Uint32Array<ArrayBuffer>)
  }

  /**
   * Words as they are on the device, from several places.
   * @param runs first word, counted from the matrix's, and how many
   */
  async read(
    { buffer, firstWord }: DeviceCodes,
    runs: readonly { first: number; count: number }[],
  ): Promise<Uint32Array> {
    const words = runs.reduce((sum, { count }) => sum + count, 0)
    const usage = BUFFER_USAGE.copyTarget | BUFFER_USAGE.mapRead
    const copy = this.device.createBuffer({ size: words * WORD, usage })
    try {
      const encoder = this.device.createCommandEncoder()
      let at = 0
      for (const { first, count } of runs) {
        encoder.copyBufferToBuffer(buffer, (firstWord + first) * WORD, copy, at * WORD, count * WORD)
        at += count
      }
      this.device.queue.submit([encoder.finish()])
      await copy.mapAsync(MAP_FOR_READING)
      return new Uint32Array(copy.getMappedRange().slice(0))
    } finally {
      copy.destroy()
    }
  }
}

/** TVM's objects are touched within a scope, and freed at its end. */
function inScope<Result>({ tvm }: MlcPipeline, work: () => Result): Result {
  tvm.beginScope()
  try {
    return work()
  } finally {
    tvm.endScope()
  }
}
