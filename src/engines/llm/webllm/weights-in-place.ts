import type { AdapterSurvival } from '../../../lora/adapter'
import { CODES_PER_WORD, rowsOf, type FourBitMatrix } from '../../../lora/four-bit'
import { FourBitKernel, type DeviceCodes } from '../../../lora/four-bit-kernel'
import { lowRankChange } from '../../../lora/low-rank-change'
import { DeviceParameters } from './device-parameters'
import type { KeptMatrices } from './kept-matrices'
import type { MergePlan, PlannedLayer, PlannedMatrix } from './merge-plan'
import { measureLayer, sampledRows, together, type LayerSurvival } from './merge-survival'
import type { MlcPipeline } from './mlc-engine'
import { passesSelfTest } from './merge-self-test'

/** What a matrix on the device holds when it is not the base. */
interface Written {
  /** The plan's; undefined while it is being written. */
  key: string | undefined
  layers: LayerSurvival[]
}

/**
 * The weights of a loaded model, changed where they lie on its device: nothing is loaded or compiled anew. Every change is made
 * from the kept base, so that going back gives the very bits that were there.
 */
export class WeightsInPlace {
  readonly #device: DeviceParameters
  readonly #kernel: FourBitKernel
  readonly #kept: KeptMatrices
  readonly #written = new Map<string, Written>()

  private constructor(device: DeviceParameters, kernel: FourBitKernel, kept: KeptMatrices) {
    this.#device = device
    this.#kernel = kernel
    this.#kept = kept
  }

  /**
   * @param parameter a matrix to try it out on
   * @returns undefined where the weights are not where they should be, or the device computes otherwise than it should:
   *   then the model has to be loaded with changed files, anew in any case
   */
  static async open(pipeline: MlcPipeline, kept: KeptMatrices, parameter: string): Promise<WeightsInPlace | undefined> {
    try {
      const device = new DeviceParameters(pipeline)
      const kernel = new FourBitKernel(device.device)
      const base = await kept.read(parameter)
      const isRight = await passesSelfTest(device, kernel, await device.codes(parameter), base)
      return isRight ? new WeightsInPlace(device, kernel, kept) : undefined
    } catch {
      // Whatever it was that private parts of another version have thrown.
      return undefined
    }
  }

  /**
   * Makes the weights what the plan says, and all others the base's. Ended in the middle, it goes on from there the next time.
   * @returns undefined where the plan changes nothing
   * @throws ModelFileMissing, AbortError
   */
  async become(plan: MergePlan, signal: AbortSignal): Promise<AdapterSurvival | undefined> {
    for (const parameter of new Set([...this.#written.keys(), ...plan.keys()])) {
      const planned = plan.get(parameter)
      const written = this.#written.get(parameter)
      if (written && written.key === planned?.key) continue
      signal.throwIfAborted()
      const base = await this.#kept.read(parameter)
      const target = await this.#device.codes(parameter)
      this.#written.set(parameter, { key: undefined, layers: [] })
      if (written) this.#device.write(target, base.codes)
      if (planned) this.#written.set(parameter, await this.#merge(base, planned, target))
      else this.#written.delete(parameter)
    }
    const layers = [...this.#written.values()].flatMap((each) => each.layers)
    return layers.length > 0 ? together(layers) : undefined
  }

  async #merge(base: FourBitMatrix, { key, layers }: PlannedMatrix, target: DeviceCodes): Promise<Written> {
    const measured = []
    for (const planned of layers) measured.push(await this.#mergeLayer(base, planned, target))
    return { key, layers: measured }
  }

  async #mergeLayer(
    matrix: FourBitMatrix,
    { layer, parts }: PlannedLayer,
    target: DeviceCodes,
  ): Promise<LayerSurvival> {
    const base = rowsOf(matrix, layer.first, layer.outputs)
    const words = layer.inputs / CODES_PER_WORD
    const codes = { ...target, firstWord: target.firstWord + layer.first * words }
    const change = lowRankChange(parts, layer.path)
    await this.#kernel.merge(base, change, codes, layer.first)
    const runs = sampledRows(layer.outputs).map((row) => ({ first: row * words, count: words }))
    return measureLayer(base, parts, change, await this.#device.read(codes, runs))
  }
}
