import { ModelUnusable } from '../../errors'
import type { Batch } from '../encoder/batches'
import { runBatches, type BatchOutput, type ReadyEncoder } from '../encoder/run'
import type { EmbedKind, Embedder } from './catalogue'
import { normalise, pool } from './pool'

/**
 * The vectors of texts, one row each in their order, of length 1 if the model's are normalised.
 * A question takes the next turn; a signal is heeded between batches.
 * @returns texts × dimension
 * @throws DeviceLost, ModelUnusable (also for vectors that are no numbers), AbortError
 */
export async function embed(
  ready: ReadyEncoder<Embedder>,
  texts: readonly string[],
  kind: EmbedKind,
  signal: AbortSignal,
): Promise<Float32Array<ArrayBuffer>> {
  const { prefixes, dimension } = ready.model
  const encodings = texts.map((text) => ready.tokenizer.encode(prefixes[kind] + text))
  const vectors = new Float32Array(texts.length * dimension)
  const take = (output: BatchOutput, batch: Batch) => {
    const tokens = batch.rows.map((row) => encodings[row]!.ids.length)
    poolBatch(ready.model, output, batch, tokens, vectors)
  }
  await runBatches(ready, encodings, take, kind === 'query', signal)
  return vectors
}

function poolBatch(
  { output, dimension, pooling, normalise: unit }: Embedder,
  { values, dims }: BatchOutput,
  { rows, length }: Batch,
  tokens: number[],
  vectors: Float32Array,
): void {
  if (values.length !== rows.length * dimension * (pooling === 'none' ? 1 : length))
    throw new ModelUnusable({ detail: `${output} of ${dims.join(' × ')}` })
  for (const [at, row] of rows.entries()) {
    const vector = vectors.subarray(row * dimension, (row + 1) * dimension)
    pool({ values, length, dimension }, at, tokens[at]!, pooling, vector)
    const norm = unit ? normalise(vector) : Math.hypot(...vector)
    if (!(norm > 0 && norm < Infinity)) throw new ModelUnusable({ detail: `a vector of length ${norm}` })
  }
}
