import '../../../src/security/trusted-types'
import {
  AutoModelForCausalLM,
  AutoTokenizer,
  BaseStreamer,
  env,
  type PreTrainedModel,
  type PreTrainedTokenizer,
} from '@huggingface/transformers'
// Tells the runtime, which transformers.js shares, where its parts are and how many threads it has.
import '../../../src/engines/onnx/runtime'
import { expose } from '../../../src/threads/expose'

export interface BareRun {
  text: string
  tokens: number
  firstToken: number
  decoding: number
}

let tokenizer: PreTrainedTokenizer
let model: PreTrainedModel

/** When each token came; a streamer is told of the prompt first. */
class Clock extends BaseStreamer {
  readonly times: number[] = []
  override put(): void {
    this.times.push(performance.now())
  }
  override end(): void {}
}

/** What one would write in an afternoon. */
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

  async generate(prompt: string, maxTokens: number): Promise<BareRun> {
    const clock = new Clock()
    const start = performance.now()
    const inputs = tokenizer(prompt)
    const output = (await model.generate({
      ...inputs,
      max_new_tokens: maxTokens,
      do_sample: false,
      streamer: clock,
    } as never)) as { tolist(): bigint[][] }
    const [, ...times] = clock.times
    const answer = output.tolist()[0]!.map(Number).slice(inputs.input_ids.dims[1])
    return {
      text: tokenizer.decode(answer, { skip_special_tokens: true }),
      tokens: answer.length,
      firstToken: times[0]! - start,
      decoding: times.at(-1)! - times[0]!,
    }
  },
}

export type BareApi = typeof api

expose(api)
