import type { FloatType } from '../../../../lora/onnx-graph'
import { gpuDevice } from '../../../onnx/gpu-device'
import { ort } from '../../../onnx/runtime'
import type { Device } from '../../../onnx/session'
import { toHalf } from '../half'
import { disposeAll, type Tensors } from '../key-value-cache'

/** STORAGE, COPY_DST and COPY_SRC of GPUBufferUsage, which TypeScript's library does not have. */
const BUFFER_USAGE = 0x80 | 0x8 | 0x4

/** Where the factors of adapters lie while they are used: on the graphics processor, or in memory for wasm. */
export class FactorTensors {
  readonly #gpu: GPUDevice | undefined

  /** Once a session was made there: the device is the runtime's. */
  static async on(device: Device): Promise<FactorTensors> {
    return new FactorTensors(device === 'webgpu' ? await gpuDevice() : undefined)
  }

  private constructor(gpu: GPUDevice | undefined) {
    this.#gpu = gpu
  }

  /** @param values rows × columns */
  put(values: Float32Array<ArrayBuffer>, dims: [rows: number, columns: number], type: FloatType): ort.Tensor {
    const data = type === 'float16' ? toHalf(values) : values
    if (this.#gpu) return upload(this.#gpu, data, dims, type)
    // The runtime takes bits for 16-bit floats where the browser has no type for them, and where it has.
    return new ort.Tensor(type as 'float32', data as Float32Array, dims)
  }

  /** Once everything that was computed with them is done. */
  async free(tensors: Readonly<Tensors>): Promise<void> {
    await this.#gpu?.queue.onSubmittedWorkDone()
    disposeAll(tensors)
  }
}

function upload(
  device: GPUDevice,
  data: Float32Array<ArrayBuffer> | Uint16Array<ArrayBuffer>,
  dims: [number, number],
  type: FloatType,
): ort.Tensor {
  // Sizes as the runtime has them, and nothing but whole words can be written.
  const buffer = device.createBuffer({ size: Math.ceil(data.byteLength / 16) * 16, usage: BUFFER_USAGE })
  const words = data.byteLength % 4 === 0 ? data : Uint16Array.from([...data, 0])
  device.queue.writeBuffer(buffer, 0, words)
  return ort.Tensor.fromGpuBuffer(buffer as never, {
    dataType: type as 'float32',
    dims,
    dispose: () => buffer.destroy(),
  })
}
