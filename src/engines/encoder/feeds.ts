import { ModelUnusable } from '../../errors'
import { ort } from '../onnx/runtime'
import type { Batch } from './batches'
import type { Encoding } from './encoding'

/**
 * The inputs of one batch, those that the graph asks for by name; texts are padded behind, without attention.
 * @param padding the token that fills up
 * @throws ModelUnusable for a graph with an input that is not known
 */
export function feedsOf(
  inputNames: readonly string[],
  { rows, length }: Batch,
  encodings: readonly Encoding[],
  padding: number,
): Record<string, ort.Tensor> {
  const make = (value: (encoding: Encoding, at: number) => number, filling = 0) => {
    const data = new BigInt64Array(rows.length * length).fill(BigInt(filling))
    for (const [at, row] of rows.entries()) {
      const encoding = encodings[row]!
      for (let i = 0; i < encoding.ids.length; i++) data[at * length + i] = BigInt(value(encoding, i))
    }
    return new ort.Tensor('int64', data, [rows.length, length])
  }
  const known: Record<string, () => ort.Tensor> = {
    input_ids: () => make(({ ids }, at) => ids[at]!, padding),
    attention_mask: () => make(() => 1),
    token_type_ids: () => make(({ types }, at) => types[at]!),
    position_ids: () => make((_encoding, at) => at),
  }
  const feed = (name: string): [string, ort.Tensor] => {
    const tensor = known[name]?.()
    if (!tensor) throw new ModelUnusable({ detail: `an input named ${name}` })
    return [name, tensor]
  }
  return Object.fromEntries(inputNames.map(feed))
}
