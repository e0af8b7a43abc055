import llms from '../../../models/llms.json'
import type { Dtype } from '../encoder/model'
import type { ExpectedFile } from '../model-files/read'
import type { DeviceCapabilities } from '../onnx/devices'
import type { Device } from '../onnx/session'

/** A language model for the engine `onnx`, as models/llms.json describes it. What is not known for sure is absent. */
export interface LlmEntry {
  /** Short and stable. */
  id: string
  name: string
  /** On the Hugging Face hub. */
  repository: string
  /** A commit where one was verified, else a branch. */
  revision: string
  licence: string
  /** What the licence asks of who uses the model, where it is more than naming the authors. */
  terms?: { en: string; ja: string }
  /** Languages that its authors name, as far as the interface has them; "multilingual" where they name dozens. */
  languages: string[]
  /** How good its Japanese is, judged from its authors' notes and not measured here. */
  japanese: 'none' | 'poor' | 'fair' | 'good'
  parameters: number
  /** Year or month up to which it has read (2024-08), where its authors say so. */
  trainingCutOff?: string
  /** Tokens of prompt and answer together that this program uses; models that can take more would fill the memory. */
  contextTokens: number
  /** Bytes of keys and values for each token, in 16-bit floats. In 32 bits it is twice as much. */
  cacheBytesPerToken: number
  /** Values in the table of its tokens, the largest tensor of a small model. */
  embeddingValues?: number
  /** The state beside the keys and values has no positions (a convolution): nothing is reused from turn to turn. */
  hybrid?: true
  /** It would think aloud before it answers; its template is told not to (onnx/tokenizer.ts). */
  thinks?: true
  /** They say how the model is to be read. */
  textFiles: ExpectedFile[]
  /** The graph comes first, then the files that hold its weights. */
  files: Partial<Record<Dtype, ExpectedFile[]>>
  /** What may run where, best first. A pair that is known to give nonsense, or that cannot start, is left out. */
  pairs: [Device, Dtype][]
  /** The same model for the engine `webllm`. */
  webllm?: { q4f16?: string; q4f32?: string }
  recommended?: true
  /** Folder below the page's address: it comes with the page and is fetched without being asked for. Absent: it is downloaded. */
  servedFrom?: string
  /**
   * Trained for one thing, short questions about a few short passages. Nothing else is asked of it: no rewriting of questions,
   * no memory of a conversation, no reading of whole documents; and quotations, which score higher, stay the default.
   */
  narrow?: { passages: number; passageTokens: number }
  /** The texts that it was trained with, in the place of those that come with the app. */
  templates?: Record<'en' | 'ja', Record<string, string>>
  /** What a user should know before choosing it, in both languages. */
  note?: { en: string; ja: string }
}

/** A model with the device and the precision to run it in. */
export interface LlmPlan {
  model: LlmEntry
  device: Device
  dtype: Dtype
}

/** All models that can be chosen, the recommended ones first. */
export const catalogue = llms as unknown as readonly LlmEntry[]

/** The graph and its weights in one precision. */
export const graphFiles = ({ model, dtype }: Omit<LlmPlan, 'device'>): ExpectedFile[] => model.files[dtype] ?? []

/** Everything that a plan reads. */
export const filesOf = (plan: Omit<LlmPlan, 'device'>): ExpectedFile[] => [...plan.model.textFiles, ...graphFiles(plan)]

/** Under which its files are kept (src/engines/model-files/store.ts). */
export const modelName = ({ id, revision }: LlmEntry): string => `${id}@${revision}`

/** Names a model as it is run: what is loaded in a worker, or was tested on a device. */
export const nameOf = ({ model, device, dtype }: LlmPlan): string =>
  [device, modelName(model), dtype].map(encodeURIComponent).join('/')

/** Whether it computes in 16-bit floats. */
export const isHalf = (dtype: Dtype): boolean => dtype === 'fp16' || dtype === 'q4f16'

/** The ways in which this browser can run a model, best first. 16-bit floats need shaders that know them. */
export function plansFor(model: LlmEntry, { webgpu }: DeviceCapabilities): LlmPlan[] {
  return model.pairs
    .filter(([device, dtype]) => device === 'wasm' || (webgpu && (webgpu.halfPrecision || !isHalf(dtype))))
    .map(([device, dtype]) => ({ model, device, dtype }))
}

/**
 * Memory that a model takes on its device, in bytes: its weights, keys and values for its whole context, and a tenth for
 * what lies between the layers. An estimate.
 */
export function estimatedMemory(plan: Omit<LlmPlan, 'device'>): number | undefined {
  const { model, dtype } = plan
  const sizes = graphFiles(plan).map(({ bytes }) => bytes)
  if (sizes.length === 0 || !sizes.every((size) => size !== undefined)) return undefined
  const weights = sizes.reduce((sum, size) => sum + size, 0)
  const width = isHalf(dtype) ? 1 : 2
  return Math.round(1.1 * (weights + width * model.cacheBytesPerToken * model.contextTokens))
}

/**
 * Bytes of the table of tokens, which a graphics processor has to take in one buffer. An estimate: most exports leave it in
 * floats; where the whole model is smaller than that, it must have been quantized like the rest.
 */
export function estimatedLargestTensor(plan: Omit<LlmPlan, 'device'>): number | undefined {
  const { model, dtype } = plan
  if (model.embeddingValues === undefined) return undefined
  const asFloats = model.embeddingValues * (isHalf(dtype) ? 2 : 4)
  const whole = graphFiles(plan).reduce((sum, { bytes }) => sum + (bytes ?? 0), 0) || Infinity
  // 4 bits, and a scale of 16 bits for every 32 of them.
  return asFloats < whole ? asFloats : Math.round((model.embeddingValues * 4.5) / 8)
}
