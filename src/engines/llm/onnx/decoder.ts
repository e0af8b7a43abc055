import { ModelUnusable } from '../../../errors'
import { ort } from '../../onnx/runtime'
import type { OnnxInput, OnnxSession } from '../../onnx/session'
import { halfToFloat } from './half'
import { disposeAll, KeyValueCache, presentOf, type Past, type Tensors } from './key-value-cache'

/**
 * Tokens per run while a prompt is read: an abort is heard between two runs, and memory for attention does not grow with
 * the square of the prompt.
 */
const CHUNK = 512
/** The same where the graph gives the logits of all positions, for a large vocabulary 600 KB each. */
const CHUNK_WITH_ALL_LOGITS = 64

/** What one run gives: logits of the last positions, rows × vocabulary, and the keys and values with the new ones behind. */
export interface DecoderOutput {
  logits: Float32Array
  present: Tensors
}

/** A causal language model as a graph with a key-value cache, as optimum and onnxruntime-genai export it. One sequence. */
export class Decoder {
  readonly #session: OnnxSession
  readonly #past: ReadonlyMap<string, OnnxInput>
  /** Inputs that stay the same from run to run: the factors of adapters, by the names that the constructor was given. */
  factors: Readonly<Tensors> = {}

  /**
   * @param factors names of inputs that are no language model's own
   * @throws ModelUnusable when the graph is of another kind
   */
  constructor(session: OnnxSession, factors: readonly string[] = []) {
    this.#session = session
    const known = ['input_ids', 'attention_mask', 'position_ids', 'num_logits_to_keep', ...factors]
    const others = [...session.inputs].filter(([name]) => !known.includes(name))
    const unknown = others.find(([name]) => !name.startsWith('past') || !session.outputNames.includes(presentOf(name)))
    if (unknown) throw new ModelUnusable({ detail: `an input named ${unknown[0]}` })
    for (const name of ['input_ids', 'logits'])
      if (![...session.inputNames, ...session.outputNames].includes(name))
        throw new ModelUnusable({ detail: `no ${name}` })
    this.#past = new Map(others)
  }

  /** An empty cache of the shape that this model keeps. */
  newCache(): KeyValueCache {
    return new KeyValueCache(this.#past)
  }

  /** How many tokens to read at once behind a cache. */
  chunk(cache: KeyValueCache): number {
    if (!cache.hasPositions) return Infinity
    return this.#session.inputs.has('num_logits_to_keep') ? CHUNK : CHUNK_WITH_ALL_LOGITS
  }

  /**
   * Reads tokens behind others, whose keys and values stay as they are: the caller goes on with `present`, or disposes it.
   * @param keep of how many last positions the logits are wanted
   * @throws ModelUnusable, DeviceLost
   */
  async run(tokens: readonly number[], past: Past, keep: number): Promise<DecoderOutput> {
    const result = await this.#session.run(this.#feeds(tokens, past, keep))
    const present: Tensors = {}
    for (const name of this.#past.keys()) present[name] = result[presentOf(name)]!
    const { logits } = result
    try {
      return { logits: await rowsOf(logits!, keep), present }
    } catch (error) {
      disposeAll(present)
      throw error
    } finally {
      logits?.dispose()
    }
  }

  release(): Promise<void> {
    return this.#session.release()
  }

  #feeds(tokens: readonly number[], { tensors, length: before }: Past, keep: number): Tensors {
    const integers = (values: BigInt64Array<ArrayBuffer>) => new ort.Tensor('int64', values, [1, values.length])
    const feeds: Tensors = { ...this.factors, ...tensors, input_ids: integers(BigInt64Array.from(tokens, BigInt)) }
    const asked = this.#session.inputs
    if (asked.has('attention_mask'))
      feeds['attention_mask'] = integers(new BigInt64Array(before + tokens.length).fill(1n))
    if (asked.has('position_ids'))
      feeds['position_ids'] = integers(BigInt64Array.from(tokens, (_, at) => BigInt(before + at)))
    if (asked.has('num_logits_to_keep'))
      feeds['num_logits_to_keep'] = new ort.Tensor('int64', BigInt64Array.of(BigInt(keep)), [])
    return feeds
  }
}

/** The last rows of 1 × positions × vocabulary, as 32-bit floats. */
async function rowsOf(logits: ort.Tensor, keep: number): Promise<Float32Array> {
  const [, positions = 0, vocabulary = 0] = logits.dims
  const data = await logits.getData()
  const start = (positions - keep) * vocabulary
  if (logits.dims.length !== 3 || start < 0)
    throw new ModelUnusable({ detail: `logits: ${logits.type} of ${logits.dims.join(' × ')}` })
  if (data instanceof Float32Array) return data.subarray(start)
  if (data instanceof Uint16Array) return Float32Array.from(data.subarray(start), halfToFloat)
  // A Float16Array, which not every browser has.
  if (logits.type === 'float16') return Float32Array.from(data as unknown as Iterable<number>).subarray(start)
  throw new ModelUnusable({ detail: `logits: ${logits.type}` })
}
