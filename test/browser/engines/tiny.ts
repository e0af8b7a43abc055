import type { Device } from '../../../src/engines/onnx/session'
import type { EmbedderPlan } from '../../../src/engines/embedding/catalogue'
import { modelName } from '../../../src/engines/encoder/model'
import type { ModelFolder } from '../../../src/engines/model-files/store'
import { connect } from '../../../src/threads/expose'
import type { EmbedApi } from '../../../src/threads/protocols'
import { emptyStore, fetchFiles, keepModel } from '../../fixtures/keep-model'
import { tinyEmbedder } from '../../fixtures/tiny-embedder'

/** Where the development server has the tiny model. */
const base = new URL('/models/tiny/embedder/', globalThis.location.href).href

const PATHS = ['tokenizer.json', 'tokenizer_config.json', 'onnx/model.onnx', 'onnx/model_quantized.onnx']

export const tinyName = modelName(tinyEmbedder)

export const tinyFiles = (): Promise<Map<string, Uint8Array<ArrayBuffer>>> => fetchFiles(base, PATHS)

/** Makes these files, or those of the tiny model, the only ones in the store. */
export async function keepTiny(files?: Map<string, Uint8Array<ArrayBuffer>>): Promise<ModelFolder> {
  await emptyStore()
  return keepModel(tinyName, files ?? (await tinyFiles()))
}

export const tinyPlan = (device: Device = 'wasm', change: Partial<EmbedderPlan['model']> = {}): EmbedderPlan => ({
  model: { ...tinyEmbedder, ...change },
  device,
  dtype: 'fp32',
})

export const startEmbedWorker = (): Worker =>
  new Worker(new URL('../../../workers/embed.ts', import.meta.url), { type: 'module', name: 'embed' })

export const never = (): AbortSignal => new AbortController().signal

let shared: ReturnType<typeof connect<EmbedApi>> | undefined

/** Runs `body` with the api of the one worker of this file: starting one compiles 27 MB. */
export function withWorker<Result>(body: (api: ReturnType<typeof connect<EmbedApi>>) => Promise<Result>) {
  return body((shared ??= connect<EmbedApi>(startEmbedWorker())))
}
