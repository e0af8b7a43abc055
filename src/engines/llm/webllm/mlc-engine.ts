import type { MlcMessage } from './cached-turns'

/**
 * What this program uses of the engine of @mlc-ai/web-llm 0.2.86, private parts included: package.json pins that version, and
 * `pipelineOf` in load.ts looks at each start whether they are where they should be. Tests put a device that follows a
 * script beneath the real engine.
 */
export interface MlcEngine {
  /** Loads a model of the configuration. Ends without an error when it is aborted. */
  reload(modelId: string): Promise<void>
  readonly chat: { readonly completions: { create(request: MlcRequest): Promise<AsyncIterable<MlcChunk>> } }
  /** The whole answer so far. */
  getMessage(modelId?: string): Promise<string>
  /** Forgets keys and values, among others. */
  resetChat(): Promise<void>
  unload(): Promise<void>
  /** Private to web-llm. */
  readonly loadedModelIdToPipeline: ReadonlyMap<string, MlcPipeline>
}

/** A model that is loaded. All of it is private to web-llm. */
export interface MlcPipeline {
  /** Asked before each token while it is there; the logits go to the processor and back for that, so it is not there for long. */
  logitProcessor: LogitProcessor | undefined
  /** Tokens of the answer, without the one that ended it. */
  readonly outputIds: readonly number[]
  /** The runtime. What it gives out has to be asked for within a scope. */
  readonly tvm: {
    beginScope(): void
    endScope(): void
    readonly lib: {
      readonly webGPUContext: { readonly device: GPUDevice; gpuBufferFromPtr(address: number): GPUBuffer }
    }
  }
  /** The model library; `_metadata` gives JSON with the names of all parameters in their order. */
  readonly vm: { getFunction(name: '_metadata'): () => { toString(): string } }
  /** In the order of the names. */
  readonly params: { get(index: number): MlcTensor }
  /** Hands in what was put off, and waits for all of it. */
  readonly device: { sync(): Promise<void> }
}

/** A parameter on the device. */
export interface MlcTensor {
  getDataPtr(): number
  readonly byteOffset: number
}

/** As web-llm defines it. */
export interface LogitProcessor {
  /** Logits after a grammar's mask, before penalties and temperature. What is returned takes their place. */
  processLogits(logits: Float32Array): Float32Array
  processSampledToken(token: number): void
  resetState(): void
}

export interface MlcRequest {
  messages: MlcMessage[]
  stream: true
  max_tokens: number
  temperature: number
  top_p: number
  repetition_penalty: 1
  frequency_penalty: 0
  presence_penalty: 0
  /** Tokens and texts that end an answer are tokens like others. */
  ignore_eos?: true
  response_format?: { type: 'json_object'; schema: string }
}

export interface MlcChunk {
  choices: { finish_reason?: string | null }[]
}

export interface MlcConfig {
  appConfig: { model_list: MlcModelRecord[]; cacheBackend: 'cache' }
  logLevel: 'ERROR'
}

export interface MlcModelRecord {
  model: string
  model_id: string
  model_lib: string
  overrides: object
}

export type CreateMlcEngine = (config: MlcConfig) => Promise<MlcEngine>

/** Its 6.8 MB come from our own origin, and only when the first model is loaded. */
export const createMlcEngine: CreateMlcEngine = async (config) => {
  const { MLCEngine } = await import('./web-llm')
  return new MLCEngine(config as ConstructorParameters<typeof MLCEngine>[0]) as unknown as MlcEngine
}
