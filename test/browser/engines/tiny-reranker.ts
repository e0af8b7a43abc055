import { modelName, type EncoderPlan } from '../../../src/engines/encoder/model'
import type { ModelFolder } from '../../../src/engines/model-files/store'
import type { Device } from '../../../src/engines/onnx/session'
import type { CrossEncoder } from '../../../src/engines/reranking/catalogue'
import { connect } from '../../../src/threads/expose'
import type { RerankApi } from '../../../src/threads/protocols'
import { emptyStore, fetchFiles, keepModel } from '../../fixtures/keep-model'
import { tinyReranker } from '../../fixtures/tiny-reranker'

/** Where the development server has the tiny model. */
const base = new URL('/models/tiny/reranker/', globalThis.location.href).href

const PATHS = [
  'tokenizer.json',
  'tokenizer_config.json',
  'onnx/model.onnx',
  'onnx/model_two.onnx',
  'onnx/model_quantized.onnx',
]

export const tinyFiles = (): Promise<Map<string, Uint8Array<ArrayBuffer>>> => fetchFiles(base, PATHS)

/** Makes these files, or those of the tiny model, the only ones in the store. */
export async function keepTiny(files?: Map<string, Uint8Array<ArrayBuffer>>): Promise<ModelFolder> {
  await emptyStore()
  return keepModel(modelName(tinyReranker), files ?? (await tinyFiles()))
}

export const tinyPlan = (device: Device = 'wasm', change: Partial<CrossEncoder> = {}): EncoderPlan<CrossEncoder> => ({
  model: { ...tinyReranker, ...change },
  device,
  dtype: 'fp32',
})

export const startRerankWorker = (): Worker =>
  new Worker(new URL('../../../workers/rerank.ts', import.meta.url), { type: 'module', name: 'rerank' })

let shared: ReturnType<typeof connect<RerankApi>> | undefined

/** Runs `body` with the api of the one worker of this file: starting one compiles 27 MB. */
export function withWorker<Result>(body: (api: ReturnType<typeof connect<RerankApi>>) => Promise<Result>) {
  return body((shared ??= connect<RerankApi>(startRerankWorker())))
}
