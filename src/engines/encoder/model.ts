import type { ExpectedFile } from '../model-files/read'
import type { DeviceCapabilities } from '../onnx/devices'
import type { Device } from '../onnx/session'

/** Precision of the weights, in the words of the Hugging Face hub. */
export type Dtype = 'fp32' | 'fp16' | 'q8' | 'q4' | 'q4f16'

/**
 * A model that reads texts and writes none, as a catalogue describes it: what has to be known to choose it, to load it and to
 * run it, whatever its numbers mean.
 */
export interface EncoderModel {
  /** Short and stable: what a model has made is stored under it. */
  id: string
  name: string
  /** On the Hugging Face hub. */
  repository: string
  /** A commit where one was verified, else a branch. */
  revision: string
  licence: string
  /** "multilingual", or the languages that it is made for. */
  languages: string[]
  /** Tokens that it can take at once, special ones included: of a text, or of a question and a passage together. */
  maxTokens: number
  /** The output of the graph that counts. */
  output: string
  tokenizerFiles: ExpectedFile[]
  /** The graph comes first, then the files that hold its weights. */
  files: Partial<Record<Dtype, ExpectedFile[]>>
  /** What may run where, best first. A pair that gives wrong numbers, or runs slower than the other device, is left out. */
  pairs: [Device, Dtype][]
  /** Folder below the page's address, with a slash at its end, where its files are: it comes with the page. Absent: downloaded. */
  servedFrom?: string
  recommended?: boolean
  /** What a user should know before choosing it, in both languages. */
  note?: { en: string; ja: string }
}

/** A model with the device and the precision to run it in. */
export interface EncoderPlan<Model extends EncoderModel = EncoderModel> {
  model: Model
  device: Device
  dtype: Dtype
}

/** The graph and its weights in one precision. */
export const graphFiles = ({ model, dtype }: EncoderPlan): ExpectedFile[] => model.files[dtype] ?? []

/** Everything that a plan reads. */
export const filesOf = (plan: EncoderPlan): ExpectedFile[] => [...plan.model.tokenizerFiles, ...graphFiles(plan)]

/** Under which its files are kept (src/engines/model-files/store.ts). */
export const modelName = ({ id, revision }: EncoderModel): string => `${id}@${revision}`

/** The ways in which this browser can run a model, best first. 16-bit floats need shaders that know them. */
export function plansFor<Model extends EncoderModel>(
  model: Model,
  { webgpu }: DeviceCapabilities,
): EncoderPlan<Model>[] {
  const isHalf = (dtype: Dtype) => dtype === 'fp16' || dtype === 'q4f16'
  return model.pairs
    .filter(([device, dtype]) => device === 'wasm' || (webgpu && (webgpu.halfPrecision || !isHalf(dtype))))
    .map(([device, dtype]) => ({ model, device, dtype }))
}
