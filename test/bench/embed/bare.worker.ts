import '../../../src/security/trusted-types'
import { PreTrainedTokenizer } from '@huggingface/transformers'
import type { EmbedderPlan } from '../../../src/engines/embedding/catalogue'
import { ort } from '../../../src/engines/onnx/runtime'
import { expose } from '../../../src/threads/expose'

/** Texts per run: what examples of the runtime usually take. */
const BATCH = 16

let tokenizer: PreTrainedTokenizer
let session: ort.InferenceSession
let plan: EmbedderPlan

const json = async (url: string): Promise<object> => (await fetch(url)).json()

/** What one would write in an afternoon: batches in the order of the texts, padded to the longest, mean of the tokens. */
const api = {
  async load(base: string, wanted: EmbedderPlan): Promise<void> {
    plan = wanted
    tokenizer = new PreTrainedTokenizer(await json(`${base}tokenizer.json`), await json(`${base}tokenizer_config.json`))
    const graph = await (await fetch(`${base}${plan.model.files[plan.dtype]![0]!.path}`)).arrayBuffer()
    session = await ort.InferenceSession.create(graph, { executionProviders: [plan.device] })
  },

  async embed(texts: string[]): Promise<Float32Array> {
    const { dimension, output, prefixes } = plan.model
    const vectors = new Float32Array(texts.length * dimension)
    for (let at = 0; at < texts.length; at += BATCH) {
      const tokens = texts.slice(at, at + BATCH).map((text) => tokenizer.encode(prefixes.passage + text) as number[])
      const length = Math.max(...tokens.map((ids) => ids.length))
      const fill = (value: (id: number) => number) => {
        const data = new BigInt64Array(tokens.length * length)
        tokens.forEach((ids, row) => ids.forEach((id, i) => (data[row * length + i] = BigInt(value(id)))))
        return new ort.Tensor('int64', data, [tokens.length, length])
      }
      const result = await session.run({
        input_ids: fill((id) => id),
        attention_mask: fill(() => 1),
        token_type_ids: fill(() => 0),
      })
      const values = (await result[output]!.getData()) as Float32Array
      tokens.forEach((ids, row) => {
        const vector = vectors.subarray((at + row) * dimension, (at + row + 1) * dimension)
        for (let token = 0; token < ids.length; token++)
          for (let i = 0; i < dimension; i++) vector[i]! += values[(row * length + token) * dimension + i]!
        const norm = Math.hypot(...vector)
        for (let i = 0; i < dimension; i++) vector[i]! /= norm
      })
    }
    return vectors
  },
}

export type BareApi = typeof api

expose(api)
