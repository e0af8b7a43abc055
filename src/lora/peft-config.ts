import { matchLayers, matchModules, valueByPattern, type MatchPath } from './module-patterns'
import { refusal } from './refusal'

/** What an adapter_config.json of PEFT says, as far as it matters once the adapter is trained. */
export interface PeftConfig {
  /** `r` and `lora_alpha`: of modules for which no pattern says otherwise. */
  rank: number
  alpha: number
  /** The scale is alpha / √rank in place of alpha / rank. */
  rankStabilised: boolean
  /** What `rank_pattern` and `alpha_pattern` say of a module's path. */
  rankOf: (path: string) => number | undefined
  alphaOf: (path: string) => number | undefined
  /** Whether the adapter is meant to change a module. */
  isTarget: MatchPath
  /** The names in `target_modules`, where it is a list: without weights, what can be told of what the adapter changes. */
  targets: string[]
  /** `base_model_name_or_path`: a repository of the hub, or a folder of whoever trained it. */
  base?: string
}

/** Modules that read or write tokens: their weights are no plain linear layers in our engines. */
const TOKEN_MODULES = ['lm_head', 'embed_tokens', 'embed_in', 'embed_out', 'wte', 'wpe', 'word_embeddings']

/** Whether a path, or its end, names a module that reads or writes tokens. */
export const isTokenModule = (path: string): boolean => TOKEN_MODULES.includes(path.split('.').at(-1) ?? '')

/** Initialisations that take something out of the base's weights, so that the adapter fits only what is left of them. */
const CHANGES_BASE = /^(pissa|olora|corda|loftq|lora_ga)/

/** Options that change what is computed, in a way that we do not; so does any `use_…` beside these two. */
const UNSUPPORTED = [
  'fan_in_fan_out',
  'target_parameters',
  'layer_replication',
  'alora_invocation_tokens',
  'arrow_config',
  'monteclora_config',
] as const

const KNOWN_USES = ['use_rslora', 'use_dora']

type Options = Readonly<Record<string, unknown>>

/**
 * @throws AdapterUnusable with reason config, method, dora, modulesToSave, embeddings, bias, feature, initialisation or pattern
 */
export function readPeftConfig(file: Uint8Array): PeftConfig {
  const options = parse(file)
  refuseUnsupported(options)
  const base = options['base_model_name_or_path']
  const targets = textsIn(options, 'target_modules')
  return {
    rank: rankIn(options),
    alpha: numberIn(options, 'lora_alpha', 8),
    rankStabilised: options['use_rslora'] === true,
    rankOf: valueByPattern(numbersIn(options, 'rank_pattern')),
    alphaOf: valueByPattern(numbersIn(options, 'alpha_pattern')),
    isTarget: targetsOf(options),
    targets: Array.isArray(targets) ? targets : [],
    ...(typeof base === 'string' && base && { base }),
  }
}

function parse(file: Uint8Array): Options {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(file))
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Options
  } catch {
    // Told below.
  }
  throw refusal('config', { option: 'JSON' })
}

function refuseUnsupported(options: Options): void {
  const method = options['peft_type']
  if (method !== 'LORA') throw refusal('method', { method: typeof method === 'string' ? method : '?' })
  if (isSet(options['use_dora'])) throw refusal('dora')
  const saved = options['modules_to_save']
  if (isSet(saved)) throw refusal('modulesToSave', { modules: Array.isArray(saved) ? saved.join(', ') : String(saved) })
  if (isSet(options['trainable_token_indices'])) throw refusal('embeddings', { module: 'embed_tokens' })
  const bias = options['bias'] ?? 'none'
  if (bias !== 'none' || isSet(options['lora_bias'])) throw refusal('bias')
  const uses = Object.keys(options).filter((option) => option.startsWith('use_') && !KNOWN_USES.includes(option))
  const feature = [...UNSUPPORTED, ...uses].find((option) => isSet(options[option]))
  if (feature) throw refusal('feature', { feature })
  const initialisation = options['init_lora_weights']
  if (typeof initialisation === 'string' && CHANGES_BASE.test(initialisation))
    throw refusal('initialisation', { initialisation })
}

/** What is false, null or empty asks for nothing. */
function isSet(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0
  return Boolean(value)
}

function rankIn(options: Options): number {
  const rank = numberIn(options, 'r', 8)
  if (!isRank(rank)) throw refusal('config', { option: 'r' })
  return rank
}

const isRank = (value: number): boolean => Number.isSafeInteger(value) && value > 0

function numberIn(options: Options, option: string, absent: number): number {
  const value = options[option] ?? absent
  if (typeof value !== 'number' || !Number.isFinite(value)) throw refusal('config', { option })
  return value
}

function numbersIn(options: Options, option: string): Record<string, number> {
  const value = options[option] ?? {}
  const isNumbers =
    typeof value === 'object' &&
    !Array.isArray(value) &&
    Object.values(value).every((each) => typeof each === 'number' && Number.isFinite(each))
  if (!isNumbers) throw refusal('config', { option })
  return value as Record<string, number>
}

/** A list of texts, one text, or nothing. */
function textsIn(options: Options, option: string): string | string[] | undefined {
  const value = options[option] ?? undefined
  if (value === undefined || typeof value === 'string') return value
  if (Array.isArray(value) && value.every((each) => typeof each === 'string')) return value
  throw refusal('config', { option })
}

/**
 * `target_modules`, less `exclude_modules`, in the layers of `layers_to_transform`. Absent, or "all-linear", they were told
 * by the base model when the adapter was trained: then its file knows best.
 */
function targetsOf(options: Options): MatchPath {
  const targets = textsIn(options, 'target_modules')
  const named = Array.isArray(targets) ? targets.find(isTokenModule) : undefined
  if (named !== undefined) throw refusal('embeddings', { module: named })
  const isNamed = targets === undefined || targets === 'all-linear' ? () => true : matchModules(targets)
  const isExcluded = matchModules(textsIn(options, 'exclude_modules') ?? [])
  const isInLayers = layersOf(options)
  return (path) => isNamed(path) && !isExcluded(path) && isInLayers(path)
}

function layersOf(options: Options): MatchPath {
  const option = 'layers_to_transform'
  const value = options[option] ?? []
  const layers: unknown[] = Array.isArray(value) ? value : [value]
  if (!layers.every((layer) => Number.isSafeInteger(layer))) throw refusal('config', { option })
  if (layers.length === 0) return () => true
  const lists = textsIn(options, 'layers_pattern') ?? []
  return matchLayers(layers as number[], typeof lists === 'string' ? [lists].filter(Boolean) : lists)
}
