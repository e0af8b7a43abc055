import type { AdapterSurvival } from '../../../lora/adapter'
import { dequantise, rowsOf, SurvivalSums, type FourBitMatrix } from '../../../lora/four-bit'
import { merge } from '../../../lora/four-bit-merge'
import { denseChange, type LowRankChange, type WeightedFactors } from '../../../lora/low-rank-change'

/** Rows of each layer that are looked at. A hundred layers have a million weights in them. */
const SAMPLED = 8

/** Which rows of a layer are looked at, from its first to its last. */
export function sampledRows(outputs: number): number[] {
  const count = Math.min(SAMPLED, outputs)
  return Array.from({ length: count }, (_, at) => Math.floor((at * outputs) / count))
}

/** What was measured of one layer. */
export interface LayerSurvival {
  merged: SurvivalSums
  plain: SurvivalSums
}

/**
 * Measures what a merge has left of a layer's change, against the adapters' own factors and not against anything that the
 * merge has made of them.
 * @param base the layer
 * @param change what `parts` come to
 * @param codes the words of the sampled rows as they have become
 */
export function measureLayer(
  base: FourBitMatrix,
  parts: readonly WeightedFactors[],
  change: LowRankChange,
  codes: Uint32Array,
): LayerSurvival {
  const survival = { merged: new SurvivalSums(), plain: new SurvivalSums() }
  for (const [at, row] of sampledRows(base.outputs).entries()) {
    const before = rowsOf(base, row, 1)
    const words = before.codes.length
    const after = { ...before, codes: codes.subarray(at * words, (at + 1) * words) }
    const { rank, coefficients } = change
    const ofRow = { ...change, outputs: 1, coefficients: coefficients.slice(row * rank, (row + 1) * rank) }
    const [weights, wanted] = [dequantise(before), denseChange(parts, row, 1)]
    survival.merged.add(weights, dequantise(after), wanted)
    survival.plain.add(weights, dequantise(merge(before, ofRow, 'plain')), wanted)
  }
  return survival
}

/** The words of the sampled rows of a layer that is at hand. */
export function sampleOf(merged: FourBitMatrix): Uint32Array {
  return Uint32Array.from(sampledRows(merged.outputs).flatMap((row) => [...rowsOf(merged, row, 1).codes]))
}

export function together(layers: readonly LayerSurvival[]): AdapterSurvival {
  const { gain, noise } = SurvivalSums.of(layers.map(({ merged }) => merged)).survival
  return { gain, noise, plainGain: SurvivalSums.of(layers.map(({ plain }) => plain)).survival.gain }
}
