import { ModelFileMissing, ModelNotOnnx, UnsupportedModel } from '../../errors'
import type { Dtype } from '../encoder/model'
import type { Repository } from '../model-files/download/repository'
import type { ExpectedFile } from '../model-files/read'
import type { Device } from '../onnx/session'
import type { LlmEntry } from './catalogue'

/** A file of a folder that a person picked. */
export interface LocalFile {
  /** Below the folder. */
  path: string
  bytes: number
  /** When it was last changed, in milliseconds since the epoch. */
  modified: number
}

/** Architectures that the engine has been shown to run (models/llms.json, models/tiny/llm). */
const ARCHITECTURES = ['llama', 'qwen2', 'qwen3', 'gemma3_text', 'lfm2']

/** What the names of graphs say of their precision, in the words of the Hugging Face hub. */
const GRAPH = /^(?:.*\/)?model(?:_(fp16|q4|q4f16|quantized))?\.onnx$/
/** What follows the name of a graph in those of its weights. */
const WEIGHTS = /^_data(_\d+)?$/
const DTYPES: Readonly<Record<string, Dtype>> = { '': 'fp32', fp16: 'fp16', q4: 'q4', q4f16: 'q4f16', quantized: 'q8' }

/** Best first. Matrices of 8 bits with activations of 8 bits go wrong on many graphics processors. */
const PAIRS: readonly [Device, Dtype][] = [
  ['webgpu', 'q4f16'],
  ['webgpu', 'q4'],
  ['webgpu', 'fp16'],
  ['wasm', 'q4'],
  ['wasm', 'q8'],
  ['webgpu', 'fp32'],
  ['wasm', 'fp32'],
]

/** More would fill the memory with keys and values, as in models/llms.json. */
const MOST_CONTEXT = 8192

const TEXT_FILES = ['config.json', 'tokenizer.json', 'tokenizer_config.json'] as const
const OPTIONAL_FILES = ['generation_config.json', 'chat_template.jinja'] as const

/** What is asked for one by one where a host has no list of its files: all that `hubEntry` would take. */
export const PROBED_FILES: readonly string[] = [
  ...TEXT_FILES,
  ...OPTIONAL_FILES,
  ...Object.keys(DTYPES).flatMap((suffix) => {
    const graph = `onnx/model${suffix && `_${suffix}`}.onnx`
    return [graph, `${graph}_data`, `${graph}_data_1`]
  }),
]

/**
 * A folder of a person's own as an entry of a catalogue: what can run is told from the names of its files, what it takes from
 * its config.json.
 * @param folder its name
 * @param config the content of its config.json
 * @throws ModelFileMissing, UnsupportedModel
 */
export function ownEntry(folder: string, files: readonly LocalFile[], config: Record<string, unknown>): LlmEntry {
  const described = describe(files.map(exactly), config)
  if (described.pairs.length === 0) throw new ModelFileMissing({ file: 'onnx/model_q4.onnx' })
  return { ...described, id: `own-${folder}`, name: folder, repository: '', revision: versionOf(files), licence: '' }
}

/**
 * A repository of the hub that a person has named, likewise.
 * @throws ModelFileMissing, UnsupportedModel, ModelNotOnnx
 */
export function hubEntry(repository: string, { revision, licence = '', config, files }: Repository): LlmEntry {
  const described = describe(files, config)
  if (described.pairs.length === 0) throw new ModelNotOnnx({ name: repository })
  return { ...described, id: `hub-${repository}`, name: repository, repository, revision, licence }
}

/** The same model, in this precision before all others. */
export function preferring(entry: LlmEntry, dtype: Dtype): LlmEntry {
  const isWanted = ([, each]: [Device, Dtype]) => each === dtype
  return { ...entry, pairs: [...entry.pairs.filter(isWanted), ...entry.pairs.filter((pair) => !isWanted(pair))] }
}

/** Whether an entry is one from a person's own disk. */
export const isOwn = ({ id }: Pick<LlmEntry, 'id'>): boolean => id.startsWith('own-')

/** Whether it is one of the hub that a person has named. */
export const isAdded = ({ id }: Pick<LlmEntry, 'id'>): boolean => id.startsWith('hub-')

type Described = Omit<LlmEntry, 'id' | 'name' | 'repository' | 'revision' | 'licence'>

function describe(files: readonly ExpectedFile[], config: Record<string, unknown>): Described {
  const architecture = String(config['model_type'] ?? '')
  if (!ARCHITECTURES.includes(architecture)) throw new UnsupportedModel({ architecture: architecture || '?' })
  const graphs = graphsOf(files)
  const embeddingValues = (numberOf(config, 'vocab_size') ?? 0) * (numberOf(config, 'hidden_size') ?? 0)
  const textFiles = [
    ...TEXT_FILES.map((name) => required(files, name)),
    ...OPTIONAL_FILES.flatMap((name) => named(files, name)),
  ]
  return {
    languages: [],
    japanese: 'fair',
    parameters: 0,
    contextTokens: Math.min(MOST_CONTEXT, numberOf(config, 'max_position_embeddings') ?? MOST_CONTEXT),
    cacheBytesPerToken: attentionLayers(config) * cacheOfLayer(config),
    ...(embeddingValues > 0 && { embeddingValues }),
    ...(architecture === 'lfm2' && { hybrid: true as const }),
    ...(architecture === 'qwen3' && { thinks: true as const }),
    textFiles,
    files: graphs,
    pairs: PAIRS.filter(([, dtype]) => graphs[dtype]),
  }
}

const numberOf = (config: Record<string, unknown>, key: string): number | undefined => {
  const value = config[key]
  return typeof value === 'number' ? value : undefined
}

/** Layers of a hybrid that have keys and values; of others all. */
function attentionLayers(config: Record<string, unknown>): number {
  const types = config['layer_types']
  const attention = Array.isArray(types) ? types.filter((type) => String(type).endsWith('attention')).length : 0
  return attention || (numberOf(config, 'num_hidden_layers') ?? 0)
}

/** Bytes of keys and values of one token in one layer, in 16-bit floats. */
function cacheOfLayer(config: Record<string, unknown>): number {
  const heads = numberOf(config, 'num_attention_heads') ?? 1
  const size = numberOf(config, 'head_dim') ?? (numberOf(config, 'hidden_size') ?? 0) / heads
  return 2 * 2 * (numberOf(config, 'num_key_value_heads') ?? heads) * size
}

/** The file of this name that lies nearest to the top; none where there is none. */
export function named<File extends { path: string }>(files: readonly File[], name: string): File[] {
  const found = files.filter(({ path }) => path === name || path.endsWith(`/${name}`))
  return found.sort((a, b) => a.path.length - b.path.length).slice(0, 1)
}

function required(files: readonly ExpectedFile[], name: string): ExpectedFile {
  const [found] = named(files, name)
  if (!found) throw new ModelFileMissing({ file: name })
  return found
}

const exactly = ({ path, bytes }: LocalFile): ExpectedFile => ({ path, bytes, exact: true })

/** The graphs with the files that hold their weights: `model_q4.onnx_data`, `model_q4.onnx_data_1`. */
function graphsOf(files: readonly ExpectedFile[]): LlmEntry['files'] {
  const graphs: LlmEntry['files'] = {}
  for (const file of files) {
    const dtype = DTYPES[GRAPH.exec(file.path)?.[1] ?? '']
    if (!dtype || !GRAPH.test(file.path)) continue
    const weights = files.filter(({ path }) => WEIGHTS.test(after(file.path, path)))
    graphs[dtype] = [file, ...weights.sort((a, b) => a.path.localeCompare(b.path))]
  }
  return graphs
}

const after = (beginning: string, path: string): string =>
  path.startsWith(beginning) ? path.slice(beginning.length) : ''

/** Weights of another training have the same size, but not the same date. */
function versionOf(files: readonly LocalFile[]): string {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
  const newest = Math.max(...files.map(({ modified }) => modified))
  return `${bytes.toString(36)}-${newest.toString(36)}`
}
