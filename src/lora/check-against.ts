import type { LoraAdapter } from './adapter'
import { refusal } from './refusal'

/** A linear layer of a base model that an adapter could change. */
export interface BaseLayer {
  /** As in LoraAdapter: model.layers.0.self_attn.q_proj. */
  path: string
  /** Columns of its input. */
  inputs: number
  /** Rows of its output. */
  outputs: number
}

/**
 * Whether an adapter fits the layers of a base model: each of its modules is there, and of its shape.
 * @throws AdapterUnusable naming the first module that the base lacks (missingModule) or that has another shape (baseShape)
 */
export function checkAgainst(adapter: LoraAdapter, layers: readonly BaseLayer[]): void {
  const byPath = new Map(layers.map((layer) => [layer.path, layer]))
  for (const [module, { inputs, outputs }] of adapter.modules) {
    const layer = byPath.get(module)
    if (!layer) throw refusal('missingModule', { module })
    if (layer.inputs === inputs && layer.outputs === outputs) continue
    const [shape, baseShape] = [`${outputs} × ${inputs}`, `${layer.outputs} × ${layer.inputs}`]
    throw refusal('baseShape', { module, shape, baseShape })
  }
}
