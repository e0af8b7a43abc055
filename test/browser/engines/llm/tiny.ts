import { modelName, type LlmEntry, type LlmPlan } from '../../../../src/engines/llm/catalogue'
import type { GeneratedPiece, GenerateOptions, GenerationEnd, Prompt } from '../../../../src/engines/llm/language-model'
import type { PieceMessage } from '../../../../src/engines/llm/send-pieces'
import type { ModelFolder } from '../../../../src/engines/model-files/store'
import type { Device } from '../../../../src/engines/onnx/session'
import { connect, transfer, type Remote } from '../../../../src/threads/expose'
import type { LlmApi } from '../../../../src/threads/protocols'
import { emptyStore, fetchFiles, keepModel } from '../../../fixtures/keep-model'
import { tinyLlm } from '../../../fixtures/tiny-llm'
import type { MortalLlmApi } from './mortal-llm.worker'

export const PATHS = [
  'config.json',
  'generation_config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'onnx/model.onnx',
  'onnx/model_q4.onnx',
  'onnx/model_q4.onnx_data',
]

export const tinyFiles = (): Promise<Map<string, Uint8Array<ArrayBuffer>>> =>
  fetchFiles(new URL('/models/tiny/llm/', globalThis.location.href).href, PATHS)

/** Makes these files, or those of the tiny model, the only ones in the store. */
export async function keepTiny(files?: Map<string, Uint8Array<ArrayBuffer>>): Promise<ModelFolder> {
  await emptyStore()
  return keepModel(modelName(tinyLlm), files ?? (await tinyFiles()))
}

export const tinyPlan = (
  device: Device = 'wasm',
  dtype: LlmPlan['dtype'] = 'q4',
  change: Partial<LlmEntry> = {},
): LlmPlan => ({ model: { ...tinyLlm, ...change }, device, dtype })

export const startLlmWorker = (): Worker =>
  new Worker(new URL('../../../../workers/llm.ts', import.meta.url), { type: 'module', name: 'llm' })

export const never = (): AbortSignal => new AbortController().signal

export interface Answer {
  text: string
  pieces: GeneratedPiece[]
  end: GenerationEnd
}

/** The whole answer of a worker. */
export async function answer(
  api: Remote<LlmApi>,
  prompt: Prompt,
  options: GenerateOptions,
  signal = never(),
  onPiece: (piece: GeneratedPiece) => void = () => undefined,
): Promise<Answer> {
  const { port1, port2 } = new MessageChannel()
  const pieces: GeneratedPiece[] = []
  const all = new Promise<void>((resolve) => {
    port1.onmessage = ({ data }: MessageEvent<PieceMessage>) => {
      if (!data) return resolve()
      pieces.push(...data)
      data.forEach(onPiece)
    }
  })
  const end = await api.generate({ prompt, options }, transfer(port2, [port2]), signal)
  await all
  return { text: pieces.map(({ text }) => text).join(''), pieces, end }
}

/** The largest difference between two rows of figures. */
export const largestDifference = (one: ArrayLike<number>, other: ArrayLike<number>): number =>
  Array.from(one).reduce((most, value, at) => Math.max(most, Math.abs(value - other[at]!)), 0)

export const connectLlm = (worker: Worker): Remote<LlmApi> => connect<LlmApi>(worker)

/** A worker whose device can be taken away and whose memory can be looked at, with its side door. */
export function startMortalWorker(): { worker: Worker; sideDoor: Remote<MortalLlmApi> } {
  const worker = new Worker(new URL('./mortal-llm.worker.ts', import.meta.url), { type: 'module' })
  const { port1, port2 } = new MessageChannel()
  worker.postMessage('side door', [port2])
  return { worker, sideDoor: connect<MortalLlmApi>(port1 as unknown as Worker) }
}
