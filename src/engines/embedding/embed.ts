import { ModelUnusable } from '../../errors'
import { ort } from '../onnx/runtime'
import type { Device, OnnxSession } from '../onnx/session'
import { BatchSize } from './batch-size'
import { formBatches, type Batch } from './batches'
import type { EmbedKind, Embedder } from './catalogue'
import { normalise, pool } from './pool'
import type { Tokenizer } from './tokenize'
import type { Turns } from './turns'

/** A processor without shaders has nothing to prepare for a new shape, and padding costs it time. */
const MULTIPLE: Record<Device, number> = { webgpu: 32, wasm: 8 }

/** A model that is ready to run, and what was learnt about it while it ran. */
export interface ReadyEmbedder {
  embedder: Embedder
  device: Device
  tokenizer: Tokenizer
  session: OnnxSession
  turns: Turns
  batchSize: BatchSize
}

/**
 * The vectors of texts, one row each in their order, of length 1 if the model's are normalised.
 * A question takes the next turn; a signal is heeded between batches.
 * @returns texts × dimension
 * @throws DeviceLost, ModelUnusable (also for vectors that are no numbers), AbortError
 */
export async function embed(
  ready: ReadyEmbedder,
  texts: readonly string[],
  kind: EmbedKind,
  signal: AbortSignal,
): Promise<Float32Array<ArrayBuffer>> {
  const { embedder, device, batchSize, turns } = ready
  const tokens = texts.map((text) => ready.tokenizer.encode(embedder.prefixes[kind] + text))
  const vectors = new Float32Array(texts.length * embedder.dimension)
  const lengths = tokens.map((ids) => ids.length)
  const sizeOf = (length: number) => batchSize.texts(length)
  for (const batch of formBatches(lengths, MULTIPLE[device], embedder.maxTokens, sizeOf)) {
    await turns.run(async () => {
      signal.throwIfAborted()
      const start = performance.now()
      await embedBatch(ready, batch, tokens, vectors)
      batchSize.measured(batch.rows.length * batch.length, performance.now() - start)
      await hearMessages()
    }, kind === 'query')
  }
  return vectors
}

async function embedBatch(ready: ReadyEmbedder, batch: Batch, tokens: number[][], vectors: Float32Array) {
  const { dimension, output, pooling, normalise: unit } = ready.embedder
  const result = await ready.session.run(feedsOf(ready, batch, tokens))
  const tensor = result[output]
  if (!tensor) throw new ModelUnusable({ detail: `no output named ${output}` })
  const values = await tensor.getData(true)
  const expected = batch.rows.length * dimension * (pooling === 'none' ? 1 : batch.length)
  if (!(values instanceof Float32Array) || values.length !== expected)
    throw new ModelUnusable({ detail: `${output}: ${tensor.type} of ${tensor.dims.join(' × ')}` })
  for (const [at, row] of batch.rows.entries()) {
    const vector = vectors.subarray(row * dimension, (row + 1) * dimension)
    pool({ values, length: batch.length, dimension }, at, tokens[row]!.length, pooling, vector)
    const length = unit ? normalise(vector) : Math.hypot(...vector)
    if (!(length > 0 && length < Infinity)) throw new ModelUnusable({ detail: `a vector of length ${length}` })
  }
}

/** What the graph asks for by name; texts are padded behind, without attention. */
function feedsOf({ session, tokenizer }: ReadyEmbedder, { rows, length }: Batch, tokens: number[][]) {
  const make = (value: (ids: number[], at: number) => number, filling = 0) => {
    const data = new BigInt64Array(rows.length * length).fill(BigInt(filling))
    for (const [at, row] of rows.entries()) {
      const ids = tokens[row]!
      for (let i = 0; i < ids.length; i++) data[at * length + i] = BigInt(value(ids, i))
    }
    return new ort.Tensor('int64', data, [rows.length, length])
  }
  const known: Record<string, () => ort.Tensor> = {
    input_ids: () => make((ids, at) => ids[at]!, tokenizer.padding),
    attention_mask: () => make(() => 1),
    token_type_ids: () => make(() => 0),
    position_ids: () => make((_ids, at) => at),
  }
  const feed = (name: string): [string, ort.Tensor] => {
    const tensor = known[name]?.()
    if (!tensor) throw new ModelUnusable({ detail: `an input named ${name}` })
    return [name, tensor]
  }
  return Object.fromEntries(session.inputNames.map(feed))
}

/** Lets messages in: without it a worker would hear of an abort, or of a question, only when all batches are done. */
function hearMessages(): Promise<void> {
  const { port1, port2 } = new MessageChannel()
  return new Promise((resolve) => {
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(null)
  })
}
