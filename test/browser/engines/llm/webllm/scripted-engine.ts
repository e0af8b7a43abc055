import type { CreateMlcEngine, LogitProcessor, MlcConfig } from '../../../../../src/engines/llm/webllm/mlc-engine'
import { TINY_END, TINY_VOCABULARY } from '../../../../fixtures/tiny-web-llm'
import { DeviceParameters, type TensorRecord } from './device-parameters'
import { loadInside, type Inside, type InsideEngine, type Tokenizer } from './inside'

/** What a forward step leaves for sampling: all tokens that were read. */
interface Forward {
  tokens: number[]
  dispose(): void
}

interface Sampled {
  temperature?: number
  top_p?: number
  response_format?: unknown
}

/** What the script saw. */
export interface Seen {
  /** Requests as web-llm was given them. */
  requests: object[]
  /** Tokens that each of them read before its first token. */
  prefilled: number[]
  /** What its cache holds. */
  cached: string
  /** Addresses that were asked for, and refused. */
  fetched: string[]
}

/** Asks for a device as the real one does, so that there is one to lose. */
let device: GPUDevice | undefined
let parameters: DeviceParameters | undefined

/** Whether the parameters of the next model are in another order than the library says, as in another version of web-llm. */
export const faults = { misplaced: false }

/** The words of a parameter, as they are on the device. */
export const wordsOf = (name: string): Promise<Uint32Array> => parameters!.words(name)

export const seen: Seen = { requests: [], prefilled: [], cached: '', fetched: [] }

export async function loseDevice(): Promise<void> {
  device?.destroy()
  await device?.lost
}

/**
 * The real engine of web-llm, over a model whose forward steps follow a script instead of running on a device. Only these
 * are replaced: loading the library, the forward step, and the sampling kernels.
 */
export const createScriptedEngine: CreateMlcEngine = async (config) => {
  const inside = await loadInside()
  const engine = new inside.MLCEngine(config)
  engine.reload = (modelId) => reload(inside, engine, config, modelId)
  const { completions } = engine.chat
  const create = completions.create.bind(completions)
  completions.create = (request) => {
    seen.requests.push(structuredClone(request))
    seen.prefilled.push(0)
    return create(request)
  }
  return engine
}

/** The steps of web-llm's own loading, through its own cache code, without the library and the upload. */
async function reload(inside: Inside, engine: InsideEngine, { appConfig }: MlcConfig, modelId: string): Promise<void> {
  const record = appConfig.model_list.find(({ model_id }) => model_id === modelId)!
  const read = (scope: string, address: string, type: 'json' | 'arraybuffer') =>
    inside.createArtifactCache(scope, { cacheType: 'cache' }).fetchWithCache(address, type)
  const own = (await read('webllm/config', `${record.model}mlc-chat-config.json`, 'json')) as object
  const config = { ...own, ...record.overrides } as Record<string, unknown>
  await read('webllm/wasm', record.model_lib, 'arraybuffer')
  device = await (await navigator.gpu.requestAdapter())!.requestDevice()
  const tokenizer = await inside.asyncLoadTokenizer(record.model, config, appConfig)
  const index = (await read('webllm/model', `${record.model}tensor-cache.json`, 'json')) as {
    records: { dataPath: string; records: TensorRecord[] }[]
  }
  parameters = new DeviceParameters(device)
  for (const { dataPath, records } of index.records)
    parameters.upload((await read('webllm/model', record.model + dataPath, 'arraybuffer')) as ArrayBuffer, records)
  engine.loadedModelIdToModelType.set(modelId, 0)
  engine.loadedModelIdToChatConfig.set(modelId, config)
  engine.loadedModelIdToLock.set(modelId, new inside.CustomLock())
  engine.loadedModelIdToPipeline.set(modelId, scriptedPipeline(inside, config, tokenizer, parameters))
}

/** Methods of the real pipeline over fields that its constructor would have set, with the device's part replaced. */
function scriptedPipeline(
  inside: Inside,
  config: Record<string, unknown>,
  tokenizer: Tokenizer,
  weights: DeviceParameters,
) {
  const conversation = inside.getConversation(config['conv_template'] as object, config['conv_config'] as object)
  let cache: number[] = []
  const pipeline = Object.assign(Object.create(inside.LLMChatPipeline.prototype) as object, {
    ...FIELDS(),
    ...weights.fields(faults.misplaced),
    tokenizer,
    config,
    conversation,
    stopStr: conversation.getStopStr(),
    stopTokens: conversation.getStopTokens(),
    contextWindowSize: config['context_window_size'] as number,
    prefillChunkSize: config['prefill_chunk_size'] as number,
    filledKVCacheLength: 0,
    outputIds: [] as number[],
    logitProcessor: undefined as LogitProcessor | undefined,
    grammarMatcher: undefined as { getNextTokenBitmask(): Promise<Int32Array> } | undefined,
    resetKVCache: () => {
      cache = []
    },
    embedAndForward: async (input: number[][], length: number): Promise<Forward> => {
      // A device takes its time, and messages come in meanwhile.
      await new Promise((resolve) => setTimeout(resolve, 1))
      cache.push(...input.flat())
      pipeline.filledKVCacheLength += length
      seen.cached = tokenizer.decode(Int32Array.from(cache))
      if (pipeline.outputIds.length === 0) seen.prefilled[seen.prefilled.length - 1]! += length
      return { tokens: [...cache], dispose: () => undefined }
    },
    sampleFromRawLogits: async ({ tokens }: Forward, options: Sampled): Promise<number> => {
      const said = scriptOf(tokenizer, tokens)
      const step = pipeline.outputIds.length
      let logits = said ? certain(said[step] ?? TINY_END) : logitsAfter(tokens, await weights.hash())
      if (options.response_format) logits = allowed(logits, await pipeline.grammarMatcher!.getNextTokenBitmask())
      if (pipeline.logitProcessor) logits = pipeline.logitProcessor.processLogits(logits)
      return draw(logits, options)
    },
    dispose: () => weights.device.destroy(),
    sync: () => Promise.resolve(),
  })
  return pipeline
}

const FIELDS = () => ({
  imageDataCache: new Map(),
  artifactImagePixelCache: new Map(),
  appearedTokensFreq: new Map(),
  slidingWindowSize: -1,
  attentionSinkSize: -1,
  fullVocabSize: TINY_VOCABULARY,
  bitmaskSize: TINY_VOCABULARY / 32,
  resetStatsPerPrefill: true,
  outputMessage: '',
  stopTriggered: false,
  tokenLogprobArray: [],
  token_postproc_method: 'byte_level',
  prepend_space_in_encode: false,
})

/** What a prompt that has «…» in it is answered with: that text. */
function scriptOf(tokenizer: Tokenizer, tokens: number[]): Int32Array | undefined {
  const said = /«([^»]*)»/.exec(tokenizer.decode(Int32Array.from(tokens)))?.[1]
  return said === undefined ? undefined : tokenizer.encode(said)
}

const certain = (token: number): Float32Array => {
  const logits = logitsAfter([token])
  logits[token] = 30
  return logits
}

/** Logits that look like chance and depend on the last tokens and the weights only; special tokens hardly ever come. */
function logitsAfter(tokens: readonly number[], weights = 0): Float32Array {
  const basis = 2166136261 ^ weights
  let state = tokens.slice(-3).reduce((hash, token) => Math.imul(hash ^ token, 0x9e3779b1) >>> 0, basis)
  return Float32Array.from({ length: TINY_VOCABULARY }, (_, token) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return token > 1020 ? -20 : (state / 2 ** 32) * 12 - 6
  })
}

/** As web-llm's kernel does it: what the mask leaves out becomes the lowest number there is. */
function allowed(logits: Float32Array, mask: Int32Array): Float32Array {
  return logits.map((logit, token) => ((mask[token >> 5]! >>> (token & 31)) & 1 ? logit : -3.4028234663852886e38))
}

function draw(logits: Float32Array, { temperature = 1, top_p: topP = 1 }: Sampled): number {
  const largest = logits.reduce((most, logit) => Math.max(most, logit), -Infinity)
  const weights = Array.from(logits, (logit) => Math.exp((logit - largest) / Math.max(1e-6, temperature)))
  const order = [...weights.keys()].sort((a, b) => weights[b]! - weights[a]!)
  let left = Math.random() * topP * weights.reduce((sum, weight) => sum + weight, 0)
  for (const token of order) if ((left -= weights[token]!) < 0) return token
  return order[0]!
}
