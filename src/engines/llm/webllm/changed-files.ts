import type { AdapterSurvival } from '../../../lora/adapter'
import { CODES_PER_WORD, rowsOf } from '../../../lora/four-bit'
import { merge } from '../../../lora/four-bit-merge'
import { lowRankChange } from '../../../lora/low-rank-change'
import type { KeptMatrices } from './kept-matrices'
import type { MergePlan, PlannedMatrix } from './merge-plan'
import { measureLayer, sampleOf, together, type LayerSurvival } from './merge-survival'

/**
 * The files of a model with other weights in them, made as they are read: for devices on which weights cannot be changed where
 * they lie. The same words as there, but the model has to be loaded anew. It keeps its id: nothing of this is written to the disk.
 */
export class ChangedFiles {
  readonly #kept: KeptMatrices
  readonly #plan: MergePlan
  readonly #measured: LayerSurvival[] = []

  constructor(kept: KeptMatrices, plan: MergePlan) {
    this.#kept = kept
    this.#plan = plan
  }

  /** Known once all files were read; undefined where nothing is changed. */
  get survival(): AdapterSurvival | undefined {
    return this.#measured.length > 0 ? together(this.#measured) : undefined
  }

  /** Changes what lies in this file. @throws ModelFileMissing */
  async change(path: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    for (const [parameter, planned] of this.#plan) {
      const { file, byteOffset } = this.#kept.codesOf(parameter)
      if (file !== path) continue
      const { buffer, byteOffset: at, byteLength } = await this.#merged(parameter, planned)
      bytes.set(new Uint8Array(buffer, at, byteLength), byteOffset)
    }
  }

  async #merged(parameter: string, { layers }: PlannedMatrix): Promise<Uint32Array> {
    const matrix = await this.#kept.read(parameter)
    const codes = matrix.codes.slice()
    for (const { layer, parts } of layers) {
      const base = rowsOf(matrix, layer.first, layer.outputs)
      const change = lowRankChange(parts, layer.path)
      const merged = merge(base, change, 'noise-shaped', layer.first)
      codes.set(merged.codes, (layer.first * layer.inputs) / CODES_PER_WORD)
      this.#measured.push(measureLayer(base, parts, change, sampleOf(merged)))
    }
    return codes
  }
}
