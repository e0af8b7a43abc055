import type { Batch } from '../encoder/batches'
import { runBatches, type BatchOutput, type ReadyEncoder } from '../encoder/run'
import type { CrossEncoder } from './catalogue'
import { scoresOf } from './logits'

/**
 * How well each text answers the question: one score a text in their order, in logits, the higher the better. A model that
 * was trained to tell two classes apart scores by how much it prefers the second.
 * Scores of one model can be compared with each other; those of two cannot. A signal is heeded between batches.
 * @throws DeviceLost, ModelUnusable (also for scores that are no numbers), AbortError
 */
export async function score(
  ready: ReadyEncoder<CrossEncoder>,
  question: string,
  texts: readonly string[],
  signal: AbortSignal,
): Promise<Float32Array<ArrayBuffer>> {
  const scores = new Float32Array(texts.length)
  const take = (output: BatchOutput, { rows }: Batch) => {
    for (const [at, value] of scoresOf(output, rows.length).entries()) scores[rows[at]!] = value
  }
  // Somebody waits for every score there is.
  await runBatches(ready, ready.tokenizer.encodePairs(question, texts), take, true, signal)
  return scores
}
