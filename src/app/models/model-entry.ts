import { filesOf, modelName, type EncoderPlan } from '../../engines/encoder/model'
import {
  estimatedLargestTensor,
  estimatedMemory,
  filesOf as llmFiles,
  graphFiles,
  modelName as llmName,
  type LlmPlan,
} from '../../engines/llm/catalogue'
import { isAdded, isOwn } from '../../engines/llm/own-entry'
import { estimatedBytes, folderName, repositoryOf, type WebLlmPlan } from '../../engines/llm/webllm/catalogue'
import type { ExpectedFile } from '../../engines/model-files/read'
import type { Device } from '../../engines/onnx/session'

/** A model of a catalogue as the dialog draws it, and as its files are asked for. */
export interface ModelEntry {
  /** Folder of the store that its files come into. */
  model: string
  name: string
  licence: string
  /** "multilingual", or tags of languages. */
  languages: readonly string[]
  note?: { en: string; ja: string }
  /** What the licence asks of who uses it. */
  terms?: { en: string; ja: string }
  /** Up to when it has read, where its authors say so. */
  trainingCutOff?: string
  /** Bytes that it takes while it runs, estimated. */
  memory?: number
  /** Bytes of its largest tensor, estimated: a graphics processor takes it in one buffer. */
  largestTensor?: number
  /** Its precision needs a graphics processor that computes in 16-bit floats. */
  halfPrecision?: boolean
  /** From the person's own disk: it can be had from nowhere else. */
  own?: true
  /** The person has named it; no catalogue lists it. */
  added?: true
  recommended: boolean
  /** Folder below the page's address: it comes with the page. Absent: it is downloaded. */
  servedFrom?: string
  /** On the Hugging Face hub. */
  repository: string
  revision: string
  files: readonly ExpectedFile[]
  /** Of all files where every size is known; `exact` where none was computed from the model's shape. */
  bytes?: number
  exact: boolean
  device: Device
}

/** What all catalogues say of a model. */
type Described = Pick<
  ModelEntry,
  'name' | 'licence' | 'languages' | 'repository' | 'revision' | 'note' | 'servedFrom'
> & {
  recommended?: boolean
}

const sumOf = (sizes: readonly (number | undefined)[]): number =>
  sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0)

function entryOf(described: Described, model: string, files: readonly ExpectedFile[], device: Device): ModelEntry {
  const { name, licence, languages, note, servedFrom, recommended = false, repository, revision } = described
  const sizes = files.map(({ bytes }) => bytes)
  const bytes = sizes.every((size) => size !== undefined) ? sumOf(sizes) : undefined
  const exact = files.every((file) => file.exact)
  return {
    ...{ model, name, licence, languages, recommended, repository, revision, files, exact, device },
    ...(note && { note }),
    ...(servedFrom !== undefined && { servedFrom }),
    ...(bytes !== undefined && { bytes }),
  }
}

/** An embedder or a cross-encoder with the files that its way of running reads. */
export const encoderEntry = (plan: EncoderPlan): ModelEntry =>
  entryOf(plan.model, modelName(plan.model), filesOf(plan), plan.device)

/** A language model with the files that its way of running reads. */
export function llmEntry(plan: LlmPlan): ModelEntry {
  const { model, device, dtype } = plan
  const memory = estimatedMemory(plan)
  const largestTensor = estimatedLargestTensor(plan)
  // Beside its weights a model's other files are small: a size that is not known is left out.
  const known = graphFiles(plan).some(({ bytes }) => bytes !== undefined)
  return {
    ...entryOf(model, llmName(model), llmFiles(plan), device),
    ...(model.terms && { terms: model.terms }),
    ...(model.trainingCutOff !== undefined && { trainingCutOff: model.trainingCutOff }),
    ...(memory !== undefined && { memory }),
    ...(largestTensor !== undefined && { largestTensor }),
    ...(known && { bytes: sumOf(llmFiles(plan).map(({ bytes }) => bytes)) }),
    ...(isOwn(model) && { own: true as const }),
    ...(isAdded(model) && { added: true as const }),
    halfPrecision: dtype === 'fp16' || dtype === 'q4f16',
  }
}

/** A model of MLC. What it consists of is known only when its first files are here (web-llm-download.svelte.ts). */
export function webLlmModelEntry(plan: WebLlmPlan): ModelEntry {
  const { model, build } = plan
  const described = { ...model, recommended: false, repository: repositoryOf(plan), revision: build.revision }
  return {
    ...entryOf(described, folderName(plan), [], 'webgpu'),
    ...(model.terms && { terms: model.terms }),
    ...(model.trainingCutOff !== undefined && { trainingCutOff: model.trainingCutOff }),
    bytes: estimatedBytes(plan),
    exact: false,
    memory: build.memoryMB * 2 ** 20,
    halfPrecision: build.dtype === 'q4f16',
  }
}

/** Of a machine's memory, what a page can hope to have for a model. */
const SHARE_OF_MEMORY = 0.6

/** Bytes of memory that a model may take on this machine; undefined where the browser does not tell how much there is. */
export function memoryRoom({ deviceMemory }: { deviceMemory?: number }): number | undefined {
  return deviceMemory === undefined ? undefined : deviceMemory * 2 ** 30 * SHARE_OF_MEMORY
}
