import '../../../src/security/trusted-types'
import {
  AutoModelForCausalLM,
  AutoTokenizer,
  env,
  Tensor,
  type PreTrainedModel,
  type PreTrainedTokenizer,
} from '@huggingface/transformers'
// Tells the runtime, which transformers.js shares, where its parts are and how many threads it has.
import '../../../src/engines/onnx/runtime'
import { expose } from '../../../src/threads/expose'

let tokenizer: PreTrainedTokenizer
let model: PreTrainedModel

/** What one would write in an afternoon: question and option through the model as one text, option after option. */
const api = {
  async load(folder: string): Promise<void> {
    env.allowRemoteModels = false
    env.allowLocalModels = true
    env.localModelPath = '/'
    env.useBrowserCache = false
    env.useWasmCache = false
    tokenizer = await AutoTokenizer.from_pretrained(folder)
    model = await AutoModelForCausalLM.from_pretrained(folder, { device: 'wasm', dtype: 'q4' })
  },

  async score(prompt: string, options: readonly string[]): Promise<number[]> {
    const scores: number[] = []
    const encode = (text: string) => tokenizer.encode(text, { add_special_tokens: false })
    const before = encode(prompt)
    for (const option of options) {
      const tokens = encode(option)
      const ids = [...before, ...tokens]
      const integers = (values: readonly number[]) =>
        new Tensor('int64', BigInt64Array.from(values, BigInt), [1, values.length])
      const inputs = { input_ids: integers(ids), attention_mask: integers(ids.map(() => 1)) }
      const { logits } = (await model(inputs)) as { logits: Tensor }
      const vocabulary = logits.dims[2]!
      const data = logits.data as Float32Array
      // A graph that gives the last row alone would score nothing.
      if (logits.dims[1] !== ids.length) throw new Error(`logits of ${logits.dims[1]} positions`)
      let sum = 0
      for (const [at, token] of tokens.entries()) {
        const start = (before.length + at - 1) * vocabulary
        const row = data.subarray(start, start + vocabulary)
        const most = row.reduce((one, other) => Math.max(one, other))
        sum += row[token]! - most - Math.log(row.reduce((total, logit) => total + Math.exp(logit - most), 0))
      }
      scores.push(sum)
    }
    return scores
  },
}

export type BareApi = typeof api

expose(api)
