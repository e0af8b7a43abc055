import embedders from '../../../models/embedders.json'
import type { DeviceCapabilities } from '../onnx/runtime'
import type { Device } from '../onnx/session'
import type { ExpectedFile } from '../model-files/read'

export type EmbedKind = 'query' | 'passage'

/** Precision of the weights, in the words of the Hugging Face hub. */
export type Dtype = 'fp32' | 'fp16' | 'q8' | 'q4' | 'q4f16'

/**
 * How the vectors of the tokens become one: their mean, the first, or the last; `none` where the model's output is the vector
 * of the text already.
 */
export type Pooling = 'mean' | 'cls' | 'lastToken' | 'none'

/** A model that turns texts into vectors, as models/embedders.json describes it. */
export interface Embedder {
  /** Short and stable: vectors are stored under it. */
  id: string
  name: string
  /** On the Hugging Face hub. */
  repository: string
  /** A commit where one was verified, else a branch. */
  revision: string
  licence: string
  /** "multilingual", or the languages that it is made for. */
  languages: string[]
  /** Length of its vectors: a multiple of 16, at most 1,024. */
  dimension: number
  /** Tokens of a text that it can take, special ones included. */
  maxTokens: number
  prefixes: Record<EmbedKind, string>
  pooling: Pooling
  /** The output of the graph that is pooled. */
  output: string
  normalise: boolean
  tokenizerFiles: ExpectedFile[]
  /** The graph comes first, then the files that hold its weights. */
  files: Partial<Record<Dtype, ExpectedFile[]>>
  /** What may run where, best first. A pair that gives wrong vectors, or runs slower than the other device, is left out. */
  pairs: [Device, Dtype][]
  /** Weight of its ranking beside BM25's, measured by `npm run eval -- retrieval`; null until it was. */
  fusionWeight: number | null
  recommended?: boolean
  /** What a user should know before choosing it, in both languages. */
  note?: { en: string; ja: string }
}

/** A model with the device and the precision to run it in. */
export interface EmbedderPlan {
  embedder: Embedder
  device: Device
  dtype: Dtype
}

/** All models that can be chosen, the recommended one first. */
export const catalogue = embedders as unknown as readonly Embedder[]

/** The graph and its weights in one precision. */
export function graphFiles({ embedder, dtype }: EmbedderPlan): ExpectedFile[] {
  return embedder.files[dtype] ?? []
}

/** Everything that a plan reads. */
export const filesOf = (plan: EmbedderPlan): ExpectedFile[] => [...plan.embedder.tokenizerFiles, ...graphFiles(plan)]

/** Under which its files are kept (src/engines/model-files/store.ts). */
export const modelName = ({ id, revision }: Embedder): string => `${id}@${revision}`

/** The ways in which this browser can run a model, best first. 16-bit floats need shaders that know them. */
export function plansFor(embedder: Embedder, { webgpu }: DeviceCapabilities): EmbedderPlan[] {
  const isHalf = (dtype: Dtype) => dtype === 'fp16' || dtype === 'q4f16'
  return embedder.pairs
    .filter(([device, dtype]) => device === 'wasm' || (webgpu && (webgpu.halfPrecision || !isHalf(dtype))))
    .map(([device, dtype]) => ({ embedder, device, dtype }))
}

/** Version of how a passage becomes the text that is embedded (see passage-text.ts); part of the space. */
const TEXT_VERSION = 1

/** Where vectors lie, in the terms of src/storage/vector-space.ts. */
export interface EmbeddingSpace {
  model: string
  dimension: number
  prefix: string
  dtype: Dtype
  tokenizer: string
}

/**
 * The space of a model's vectors. Those of two spaces are never compared: another revision, precision, prefix, pooling or
 * way of writing a passage gives another space. The device does not: the self-test holds it to the same vectors.
 */
export function embeddingSpace({ embedder, dtype }: Omit<EmbedderPlan, 'device'>): EmbeddingSpace {
  const { dimension, prefixes, pooling, maxTokens } = embedder
  return {
    model: modelName(embedder),
    dimension,
    prefix: prefixes.passage,
    dtype,
    tokenizer: `${TEXT_VERSION} ${pooling} ${maxTokens}`,
  }
}

/** Names a model as it is run: what is loaded in a worker, or was tested on a device. */
export const nameOf = (plan: EmbedderPlan): string =>
  [plan.device, plan.embedder.prefixes.query, ...Object.values(embeddingSpace(plan))]
    .map(String)
    .map(encodeURIComponent)
    .join('/')
