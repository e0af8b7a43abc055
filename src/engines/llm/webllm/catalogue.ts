import entries from '../../../../models/webllm.json'
import type { ExpectedFile } from '../../model-files/read'

/** `q4f16`: 4-bit weights, computing in 16-bit floats; `q4`: in 32-bit floats. */
export type WebLlmDtype = 'q4f16' | 'q4'

/** A model compiled by MLC in one precision: its own weights, and a library that runs them. */
export interface WebLlmBuild {
  /** The name of its repository below mlc-ai/ on the Hugging Face hub, and its id in web-llm's own list. */
  id: string
  dtype: WebLlmDtype
  /** File name of the model library below LIBRARY_ADDRESS. */
  library: string
  /** Memory that it takes on the graphics processor in all, as web-llm's list states it, in MB of 2^20 bytes. */
  memoryMB: number
}

/** A language model for the engine `webllm`, as models/webllm.json describes it. */
export interface WebLlmEntry {
  /** Short and stable. */
  id: string
  name: string
  /** On the Hugging Face hub, of all its builds: a commit where one was verified, else a branch. */
  revision: string
  licence: string
  /** Languages that its authors name, as far as the interface has them; "multilingual" where they name dozens. */
  languages: string[]
  parameters: number
  /** The month up to which it has read (2024-06), where its authors say so. */
  trainingCutOff?: string
  /** Tokens of prompt and answer together that this program uses; the library sets their memory aside when it loads. */
  contextTokens: number
  /** It thinks aloud before it answers unless it is told not to. */
  thinks?: true
  /** Best first. */
  builds: WebLlmBuild[]
  /** What a user should know before choosing it, in both languages. */
  note?: { en: string; ja: string }
}

/** A model with the build to run. There is no device to choose: web-llm needs a graphics processor. */
export interface WebLlmPlan {
  model: WebLlmEntry
  build: WebLlmBuild
}

/**
 * Where the model libraries lie that fit the web-llm of package.json. They come from another place than the weights, and
 * those of another version do not start (model-library.ts).
 */
export const LIBRARY_ADDRESS =
  'https://raw.githubusercontent.com/mlc-ai/binary-mlc-llm-libs/main/web-llm-models/v0_2_86/base/'

/** All models that can be chosen. */
export const webLlmCatalogue = entries as readonly unknown[] as readonly WebLlmEntry[]

/** The repository of the weights on the Hugging Face hub. */
export const repositoryOf = ({ build }: WebLlmPlan): string => `mlc-ai/${build.id}`

/** Under which its files are kept, the library among them (src/engines/model-files/store.ts). */
export const folderName = ({ model, build }: WebLlmPlan): string => `${build.id}@${model.revision}`

/** Names a model as it is run. */
export const planName = (plan: WebLlmPlan): string => ['webllm', folderName(plan)].map(encodeURIComponent).join('/')

/** The file that the library's address adds to those of the repository. */
export const libraryFile = ({ build }: WebLlmPlan): ExpectedFile => ({ path: build.library })

/** The ways in which this browser can run a model, best first; none without a graphics processor. */
export function webLlmPlans(model: WebLlmEntry, webgpu: { halfPrecision: boolean } | undefined): WebLlmPlan[] {
  return model.builds
    .filter(({ dtype }) => webgpu && (webgpu.halfPrecision || dtype !== 'q4f16'))
    .map((build) => ({ model, build }))
}

/**
 * Bytes of the weights, before their index is there to say it: 4 bits each, and a scale of 16 or 32 bits for every 32 of
 * them. An estimate, for the card that is shown before anything is fetched.
 */
export const estimatedBytes = ({ model, build }: WebLlmPlan): number =>
  Math.round((model.parameters * (build.dtype === 'q4f16' ? 4.5 : 5)) / 8)
