import type { LoraAdapter, LoraFactors } from './adapter'
import { isTokenModule, readPeftConfig, type PeftConfig } from './peft-config'
import { refusal } from './refusal'
import { floatsOf, readSafetensors, type SafeTensor } from './safetensors'

/** The two files that PEFT's `save_pretrained` writes. */
export const CONFIG_FILE = 'adapter_config.json'
export const WEIGHTS_FILE = 'adapter_model.safetensors'

/** What is told of an adapter beside its weights. */
export interface AdapterDescription {
  /** The largest of its modules'; as configured while the weights are not here. */
  rank: number
  /** As configured; a pattern may say otherwise of some modules. */
  alpha: number
  /** Names of the linear layers that it changes, without their path: q_proj, v_proj. */
  targets: string[]
  /** The base that it was trained on, as whoever trained it called it. */
  base?: string
}

export interface ReadAdapter extends LoraAdapter {
  description: AdapterDescription
}

/** Where one of PEFT's tensors belongs. */
interface Place {
  module: string
  factor: 'A' | 'B'
}

interface Pair {
  A?: Named
  B?: Named
}

interface Named {
  name: string
  tensor: SafeTensor
}

/**
 * Reads a LoRA adapter as PEFT saves it. What it holds beyond plain LoRA on linear layers is refused by its name: an adapter
 * of which a part is left out answers other than it was trained to.
 * @param config the content of adapter_config.json
 * @param weights the content of adapter_model.safetensors
 * @throws AdapterUnusable with a reason of src/lora/refusal.ts
 */
export function readAdapter(config: Uint8Array, weights: Uint8Array): ReadAdapter {
  const options = readPeftConfig(config)
  const pairs = pairsOf(readSafetensors(weights))
  if (pairs.size === 0) throw refusal('noWeights')
  const modules = new Map([...pairs].map(([module, pair]) => [module, factorsOf(module, pair, options)]))
  const rank = [...modules.values()].reduce((most, factors) => Math.max(most, factors.rank), 0)
  return { modules, description: { ...describe(options, [...modules.keys()]), rank } }
}

/**
 * What the configuration alone tells of an adapter whose weights are still to come: whether they are worth fetching.
 * @param config the content of adapter_config.json
 * @throws AdapterUnusable
 */
export function readDescription(config: Uint8Array): AdapterDescription {
  const options = readPeftConfig(config)
  return describe(options, options.targets)
}

function describe({ rank, alpha, base }: PeftConfig, paths: readonly string[]): AdapterDescription {
  const targets = [...new Set(paths.map((path) => path.split('.').at(-1)!))]
  return { rank, alpha, targets, ...(base !== undefined && { base }) }
}

/** Every tensor has to find its place. */
function pairsOf(tensors: ReadonlyMap<string, SafeTensor>): Map<string, Pair> {
  const pairs = new Map<string, Pair>()
  for (const [name, tensor] of tensors) {
    const { module, factor } = placeOf(name)
    const pair = pairs.get(module) ?? {}
    // Once with the adapter's name in the key and once without.
    if (pair[factor]) throw refusal('duplicate', { tensor: name })
    pair[factor] = { name, tensor }
    pairs.set(module, pair)
  }
  return pairs
}

/** "default" is the name that PEFT gives to an adapter in memory; some tools leave it in the key. */
const KEY = /^base_model\.model\.(.+)\.lora_([AB])(?:\.default)?\.weight$/

/** @throws AdapterUnusable with reason dora, embeddings, bias, modulesToSave or unknownTensor */
function placeOf(name: string): Place {
  const [, module, factor] = KEY.exec(name) ?? []
  if (module !== undefined && !isTokenModule(module)) return { module, factor: factor as Place['factor'] }
  if (name.includes('lora_magnitude_vector')) throw refusal('dora')
  if (name.includes('modules_to_save')) throw refusal('modulesToSave', { modules: name })
  if (name.includes('lora_embedding_') || name.includes('token_adapter')) throw refusal('embeddings', { module: name })
  if (name.endsWith('.bias')) throw refusal('bias')
  if (name.split('.').some(isTokenModule)) throw refusal('embeddings', { module: module ?? name })
  throw refusal('unknownTensor', { tensor: name })
}

/** @throws AdapterUnusable with reason halfPair, factors, rank, notTargeted or notFinite */
function factorsOf(module: string, { A, B }: Pair, config: PeftConfig): LoraFactors {
  if (!A || !B) throw refusal('halfPair', { module, missing: A ? 'lora_B' : 'lora_A' })
  if (!config.isTarget(module)) throw refusal('notTargeted', { module })
  const [rank = 0, inputs = 0] = A.tensor.shape
  const [outputs = 0, columns = 0] = B.tensor.shape
  const areMatrices = A.tensor.shape.length === 2 && B.tensor.shape.length === 2
  if (!areMatrices || columns !== rank || rank * inputs * outputs === 0)
    throw refusal('factors', { module, a: A.tensor.shape.join(' × '), b: B.tensor.shape.join(' × ') })
  const expected = config.rankOf(module) ?? config.rank
  if (rank !== expected) throw refusal('rank', { module, rank, expected })
  const alpha = config.alphaOf(module) ?? config.alpha
  const scale = alpha / (config.rankStabilised ? Math.sqrt(rank) : rank)
  return { rank, scale, inputs, outputs, a: finiteFloats(A), b: finiteFloats(B) }
}

function finiteFloats({ name, tensor }: Named): Float32Array {
  const floats = floatsOf(tensor)
  // What is not finite makes the sum so too; a sum that overflows is looked at closely.
  let sum = 0
  for (const value of floats) sum += value
  if (!Number.isFinite(sum) && !floats.every(Number.isFinite)) throw refusal('notFinite', { tensor: name })
  return floats
}
