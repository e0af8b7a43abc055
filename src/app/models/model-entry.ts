import { filesOf, modelName, type EncoderPlan } from '../../engines/encoder/model'
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

function entryOf(described: Described, model: string, files: readonly ExpectedFile[], device: Device): ModelEntry {
  const { name, licence, languages, note, servedFrom, recommended = false, repository, revision } = described
  const sizes = files.map(({ bytes }) => bytes)
  const bytes = sizes.reduce<number | undefined>((sum, size) => (size === undefined ? undefined : (sum ?? 0) + size), 0)
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
