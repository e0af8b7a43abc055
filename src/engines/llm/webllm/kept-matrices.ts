import { ModelFileMissing } from '../../../errors'
import { fromBrain, fromHalf } from '../../../lora/floats'
import { CODES_PER_WORD, type FourBitMatrix } from '../../../lora/four-bit'
import type { ModelFolder } from '../../model-files/store'
import type { KeptTensor } from './weights-index'

/** The pristine weights of a model, matrix by matrix, from the files that were verified when the model was loaded. */
export class KeptMatrices {
  readonly #folder: ModelFolder
  readonly #tensors: ReadonlyMap<string, KeptTensor>

  constructor(folder: ModelFolder, tensors: ReadonlyMap<string, KeptTensor>) {
    this.#folder = folder
    this.#tensors = tensors
  }

  /** @throws ModelFileMissing also where the model was deleted meanwhile */
  async read(parameter: string): Promise<FourBitMatrix> {
    const codes = this.codesOf(parameter)
    const [outputs, words] = codes.shape as [number, number]
    return {
      outputs,
      inputs: words * CODES_PER_WORD,
      codes: new Uint32Array(await this.#bytes(codes)),
      scales: await this.#scales(parameter),
    }
  }

  /** Where its codes lie. */
  codesOf(parameter: string): KeptTensor {
    return this.#tensors.get(`${parameter}.q_weight`)!
  }

  async #scales(parameter: string): Promise<Float32Array> {
    const tensor = this.#tensors.get(`${parameter}.q_scale`)!
    const bytes = await this.#bytes(tensor)
    if (tensor.format === 'f32-to-bf16') return fromBrain(new Uint16Array(bytes))
    return tensor.dtype === 'float16' ? fromHalf(new Uint16Array(bytes)) : new Float32Array(bytes)
  }

  async #bytes({ file, byteOffset, nbytes }: KeptTensor): Promise<ArrayBuffer> {
    const kept = await this.#folder.file(file)
    const bytes = await kept
      ?.slice(byteOffset, byteOffset + nbytes)
      .arrayBuffer()
      .catch(() => undefined)
    if (bytes?.byteLength !== nbytes) throw new ModelFileMissing({ file })
    return bytes
  }
}
