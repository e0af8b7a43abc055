import { ModelUnusable } from '../../errors'
import type { Device, OnnxSession } from '../onnx/session'
import type { BatchSize } from './batch-size'
import { formBatches, type Batch } from './batches'
import { feedsOf } from './feeds'
import type { EncoderModel } from './model'
import type { Encoding } from './encoding'
import type { Tokenizer } from './tokenizer'
import type { Turns } from './turns'

/** A processor without shaders has nothing to prepare for a new shape, and padding costs it time. */
const MULTIPLE: Record<Device, number> = { webgpu: 32, wasm: 8 }

/** A model that is ready to run, and what was learnt about it while it ran. */
export interface ReadyEncoder<Model extends EncoderModel = EncoderModel> {
  model: Model
  device: Device
  tokenizer: Tokenizer
  session: OnnxSession
  turns: Turns
  batchSize: BatchSize
}

/** What the model's output holds for one batch. */
export interface BatchOutput {
  values: Float32Array
  dims: readonly number[]
}

/**
 * Runs encodings through the model in batches of one length each. Who is urgent takes the next turn; a signal is heeded
 * between batches.
 * @param take is given each batch's output, with the places of its rows in `encodings`
 * @throws DeviceLost, ModelUnusable, AbortError, and what `take` throws
 */
export async function runBatches(
  ready: ReadyEncoder,
  encodings: readonly Encoding[],
  take: (output: BatchOutput, batch: Batch) => void,
  urgent: boolean,
  signal: AbortSignal,
): Promise<void> {
  const { model, device, batchSize, turns } = ready
  const lengths = encodings.map(({ ids }) => ids.length)
  const sizeOf = (length: number) => batchSize.texts(length)
  for (const batch of formBatches(lengths, MULTIPLE[device], model.maxTokens, sizeOf)) {
    await turns.run(async () => {
      signal.throwIfAborted()
      const start = performance.now()
      take(await runBatch(ready, batch, encodings), batch)
      batchSize.measured(batch.rows.length * batch.length, performance.now() - start)
      await hearMessages()
    }, urgent)
  }
}

async function runBatch(
  { model, session, tokenizer }: ReadyEncoder,
  batch: Batch,
  encodings: readonly Encoding[],
): Promise<BatchOutput> {
  const result = await session.run(feedsOf(session.inputNames, batch, encodings, tokenizer.padding))
  const tensor = result[model.output]
  if (!tensor) throw new ModelUnusable({ detail: `no output named ${model.output}` })
  const values = await tensor.getData(true)
  if (values instanceof Float32Array) return { values, dims: tensor.dims }
  throw new ModelUnusable({ detail: `${model.output} is of ${tensor.type}` })
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
