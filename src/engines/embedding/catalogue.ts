import embedders from '../../../models/embedders.json'
import { modelName, type Dtype, type EncoderModel, type EncoderPlan } from '../encoder/model'

export type EmbedKind = 'query' | 'passage'

/**
 * How the vectors of the tokens become one: their mean, the first, or the last; `none` where the model's output is the vector
 * of the text already.
 */
export type Pooling = 'mean' | 'cls' | 'lastToken' | 'none'

/** A model that turns texts into vectors, as models/embedders.json describes it. Vectors are stored under its id. */
export interface Embedder extends EncoderModel {
  /** Length of its vectors: a multiple of 16, at most 1,024. */
  dimension: number
  prefixes: Record<EmbedKind, string>
  pooling: Pooling
  normalise: boolean
  /** Weight of its ranking beside BM25's, measured by `npm run eval -- retrieval`; null until it was. */
  fusionWeight: number | null
}

export type EmbedderPlan = EncoderPlan<Embedder>

/** All models that can be chosen: the one that comes with the page, the recommended one, then the others. */
export const catalogue = embedders as unknown as readonly Embedder[]

/**
 * What counts where `npm run eval -- retrieval` has not measured a model: little, since a weak model that counts much costs
 * more answers than it finds (4 to 7 points of recall@1 at equal ranks).
 */
const UNMEASURED_WEIGHT = 0.5

/** How much a model's likeness counts beside words, which count 1. */
export const weightOf = ({ fusionWeight }: Pick<Embedder, 'fusionWeight'>): number => fusionWeight ?? UNMEASURED_WEIGHT

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
export function embeddingSpace({ model, dtype }: Omit<EmbedderPlan, 'device'>): EmbeddingSpace {
  const { dimension, prefixes, pooling, maxTokens } = model
  return {
    model: modelName(model),
    dimension,
    prefix: prefixes.passage,
    dtype,
    tokenizer: `${TEXT_VERSION} ${pooling} ${maxTokens}`,
  }
}
