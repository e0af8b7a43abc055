import { AdapterUnusable } from '../../../errors'
import type { AdapterUse, LoraAdapter } from '../../../lora/adapter'
import { checkAgainst } from '../../../lora/check-against'
import type { WeightedFactors } from '../../../lora/low-rank-change'
import type { LinearLayer } from './linear-layers'

/** What one layer is to be changed by. */
export interface PlannedLayer {
  layer: LinearLayer
  parts: WeightedFactors[]
}

/** What one matrix of the model is to become. */
export interface PlannedMatrix {
  /** Equal for what comes to the same. */
  key: string
  layers: PlannedLayer[]
}

/** By MLC's name; a matrix that is not named is to be the base's. */
export type MergePlan = ReadonlyMap<string, PlannedMatrix>

export type LoadAdapter = (name: string) => Promise<LoraAdapter>

/** Adapters without those that change nothing, in an order of their own, so that equal sets are equal. */
export const inOrder = (uses: readonly AdapterUse[]): AdapterUse[] =>
  uses
    .filter(({ strength }) => strength !== 0)
    .sort((one, other) =>
      one.adapter < other.adapter ? -1 : one.adapter > other.adapter ? 1 : one.strength - other.strength,
    )

/**
 * What a model's matrices are to become with these adapters.
 * @param uses in order
 * @throws AdapterUnusable where one does not fit the model, and what loading it throws
 */
export async function planMerge(
  layers: readonly LinearLayer[],
  uses: readonly AdapterUse[],
  load: LoadAdapter,
): Promise<MergePlan> {
  const byPath = new Map(layers.map((layer) => [layer.path, layer]))
  const planned = new Map<string, PlannedLayer & { keys: string[] }>()
  for (const { adapter, strength } of uses) {
    const loaded = await load(adapter)
    checkFit(adapter, loaded, layers)
    for (const [path, factors] of loaded.modules) {
      const layer = byPath.get(path)!
      const entry = planned.get(path) ?? { layer, parts: [], keys: [] }
      entry.parts.push({ factors, strength })
      entry.keys.push(`${adapter} × ${strength}`)
      planned.set(path, entry)
    }
  }
  const plan = new Map<string, PlannedMatrix>()
  for (const { layer, parts, keys } of planned.values()) {
    const matrix = plan.get(layer.parameter) ?? { key: '', layers: [] }
    matrix.layers.push({ layer, parts })
    matrix.key += `${layer.path}: ${keys.join(' + ')}; `
    plan.set(layer.parameter, matrix)
  }
  return plan
}

function checkFit(name: string, adapter: LoraAdapter, layers: readonly LinearLayer[]): void {
  try {
    checkAgainst(adapter, layers)
  } catch (error) {
    if (error instanceof AdapterUnusable) throw new AdapterUnusable({ ...error.params, adapter: name })
    throw error
  }
}
