import { CODES_PER_WORD, GROUP } from '../../../lora/four-bit'
import type { BaseLayer } from '../../../lora/check-against'
import type { KeptTensor } from './weights-index'

/** A linear layer as PEFT names it, and where MLC keeps it: it joins layers that read the same input, row behind row. */
export interface LinearLayer extends BaseLayer {
  /** MLC's name, without .q_weight and .q_scale. */
  parameter: string
  /** The row of it with which the layer begins. */
  first: number
}

/** What PEFT's names begin with in models that MLC has wrapped once more. */
const WRAPPED = /^language_model\./

/**
 * The layers of a model in 4 bits (q4f16_1, q4f32_1) that an adapter may change, from the index of its weights. Those whose
 * shapes contradict each other are left out: an adapter for them is then refused.
 */
export function linearLayers(tensors: ReadonlyMap<string, KeptTensor>): LinearLayer[] {
  const matrices = new Map<string, { outputs: number; inputs: number }>()
  for (const [name, { shape }] of tensors) {
    const parameter = /^(.+)\.q_weight$/.exec(name)?.[1]
    const [outputs = 0, words = 0] = shape
    const inputs = words * CODES_PER_WORD
    if (parameter === undefined || shape.length !== 2 || outputs * inputs === 0) continue
    const scales = tensors.get(`${parameter}.q_scale`)?.shape
    const isInGroups = scales?.length === 2 && scales[0] === outputs && scales[1] === inputs / GROUP
    if (isInGroups) matrices.set(parameter, { outputs, inputs })
  }
  return [...matrices].flatMap(([parameter, { outputs, inputs }]) => {
    const path = parameter.replace(WRAPPED, '')
    const parts = partsOf(path, outputs, matrices.get(siblingOf(parameter, 'o_proj'))?.inputs)
    // The joined one too: some models are published with their layers joined.
    const whole = { path, first: 0, outputs }
    return [whole, ...parts].map((part) => ({ ...part, inputs, parameter }))
  })
}

interface Part {
  path: string
  first: number
  outputs: number
}

/** @param heads rows of all queries together, which are what the attention's output reads */
function partsOf(path: string, outputs: number, heads: number | undefined): Part[] {
  const name = path.split('.').at(-1)
  if (name === 'gate_up_proj') return inTurn(path, ['gate_proj', 'up_proj'], [outputs / 2, outputs / 2])
  if (name !== 'qkv_proj' && name !== 'c_attn') return []
  if (heads === undefined) return []
  const each = (outputs - heads) / 2
  return inTurn(path, ['q_proj', 'k_proj', 'v_proj'], [heads, each, each])
}

function inTurn(path: string, names: readonly string[], rows: readonly number[]): Part[] {
  if (!rows.every((count) => Number.isInteger(count) && count > 0)) return []
  let first = 0
  return names.map((name, at) => {
    const part = { path: siblingOf(path, name), first, outputs: rows[at]! }
    first += rows[at]!
    return part
  })
}

const siblingOf = (path: string, name: string): string => [...path.split('.').slice(0, -1), name].join('.')
