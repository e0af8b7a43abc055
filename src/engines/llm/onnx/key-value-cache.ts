import { gpuDevice } from '../../onnx/gpu-device'
import { ort } from '../../onnx/runtime'
import type { OnnxInput } from '../../onnx/session'

/** Tensors of one session by the names of its inputs (past_key_values.0.key). */
export type Tensors = Record<string, ort.Tensor>

/** What a run goes on from. */
export interface Past {
  readonly tensors: Readonly<Tensors>
  /** Tokens that it stands for. */
  readonly length: number
}

/** The output that becomes an input of the next run, as exports name them. */
export const presentOf = (past: string): string =>
  past.replace(/^past_key_values/, 'present').replace(/^past/, 'present')

/** Keys and values are 1 × heads × positions × width. Anything else (the state of a convolution) has no positions. */
const hasPositions = ({ shape }: OnnxInput): boolean => shape.length === 4 && typeof shape[2] === 'string'

/**
 * Keys and values of the tokens that a model has read, on the device where they were computed. The tokens are known, so a
 * prompt that begins like the one before begins where they differ.
 */
export class KeyValueCache implements Past {
  readonly #inputs: ReadonlyMap<string, OnnxInput>
  #tensors: Tensors
  #tokens: number[] = []

  /** @param inputs those of the session that take what came before */
  constructor(inputs: ReadonlyMap<string, OnnxInput>) {
    this.#inputs = inputs
    this.#tensors = emptyTensors(inputs)
  }

  /** The tokens whose keys and values are here. */
  get tokens(): readonly number[] {
    return this.#tokens
  }

  get length(): number {
    return this.#tokens.length
  }

  get tensors(): Readonly<Tensors> {
    return this.#tensors
  }

  /** Whether it can be shortened, and a text be read in parts. A state without positions can only begin anew. */
  get hasPositions(): boolean {
    return [...this.#inputs.values()].every(hasPositions)
  }

  /** Takes what a run gave for these tokens in place of what it was given. */
  extend(tokens: readonly number[], present: Tensors): void {
    disposeAll(this.#tensors)
    this.#tensors = present
    for (const token of tokens) this.#tokens.push(token)
  }

  /**
   * Keeps what it has in common with the beginning of a prompt, but leaves its last token to be read: its logits are wanted.
   * @returns how many tokens are kept
   */
  async keepPrefixOf(prompt: readonly number[]): Promise<number> {
    const length = Math.min(commonPrefix(this.#tokens, prompt), prompt.length - 1)
    if (length < this.#tokens.length) await this.#crop(this.hasPositions ? length : 0)
    // Of a state without positions nothing but the whole can be gone on with, and only token by token: it begins anew.
    else if (!this.hasPositions) await this.#crop(0)
    return this.#tokens.length
  }

  /** Frees the memory. The cache is then empty and can be used again. */
  clear(): void {
    disposeAll(this.#tensors)
    this.#tensors = emptyTensors(this.#inputs)
    this.#tokens = []
  }

  async #crop(length: number): Promise<void> {
    if (length === 0) return this.clear()
    const cropped: Tensors = {}
    for (const [name, tensor] of Object.entries(this.#tensors)) cropped[name] = await crop(tensor, length)
    disposeAll(this.#tensors)
    this.#tensors = cropped
    this.#tokens.length = length
  }
}

export function commonPrefix(one: readonly number[], other: readonly number[]): number {
  const most = Math.min(one.length, other.length)
  for (let at = 0; at < most; at++) if (one[at] !== other[at]) return at
  return most
}

export function disposeAll(tensors: Readonly<Tensors>): void {
  for (const tensor of Object.values(tensors)) tensor.dispose()
}

/** No positions yet; a state without positions begins with zeros. */
function emptyTensors(inputs: ReadonlyMap<string, OnnxInput>): Tensors {
  const empty = ([name, { type, shape }]: [string, OnnxInput]): [string, ort.Tensor] => {
    const dims = shape.map((size) => (typeof size === 'number' ? size : size === 'batch_size' ? 1 : 0))
    const length = dims.reduce((product, size) => product * size, 1)
    const half = type === 'float16'
    return [
      name,
      half
        ? new ort.Tensor(type, new Uint16Array(length), dims)
        : new ort.Tensor('float32', new Float32Array(length), dims),
    ]
  }
  return Object.fromEntries([...inputs].map(empty))
}

/** The first positions of 1 × heads × positions × width, where the tensor is: nothing leaves the graphics processor. */
async function crop(tensor: ort.Tensor, length: number): Promise<ort.Tensor> {
  const [batch, heads, positions, width] = tensor.dims as [number, number, number, number]
  const dims = [batch, heads, length, width]
  if (tensor.location === 'gpu-buffer') return cropOnDevice(tensor, dims, positions)
  const values = tensor.data as Float32Array | Uint16Array
  const cropped = new (values.constructor as new (length: number) => typeof values)(heads * length * width)
  for (let head = 0; head < heads; head++) {
    const from = head * positions * width
    cropped.set(values.subarray(from, from + length * width), head * length * width)
  }
  return new ort.Tensor(tensor.type as 'float32', cropped as Float32Array, dims)
}

/** STORAGE, COPY_DST and COPY_SRC of GPUBufferUsage, which TypeScript's library does not have. */
const BUFFER_USAGE = 0x80 | 0x8 | 0x4

async function cropOnDevice(tensor: ort.Tensor, dims: number[], positions: number): Promise<ort.Tensor> {
  const [, heads, length, width] = dims as [number, number, number, number]
  const device = await gpuDevice()
  const row = width * (tensor.type === 'float16' ? 2 : 4)
  const size = Math.ceil((heads * length * row) / 16) * 16
  const buffer = device.createBuffer({ size, usage: BUFFER_USAGE })
  const encoder = device.createCommandEncoder()
  for (let head = 0; head < heads; head++) {
    const [from, to] = [head * positions * row, head * length * row]
    encoder.copyBufferToBuffer(tensor.gpuBuffer as unknown as GPUBuffer, from, buffer, to, length * row)
  }
  device.queue.submit([encoder.finish()])
  return ort.Tensor.fromGpuBuffer(buffer as never, {
    dataType: tensor.type as 'float32',
    dims,
    dispose: () => buffer.destroy(),
  })
}
