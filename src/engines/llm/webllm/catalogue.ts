import builds from '../../../../models/webllm.json'
import type { ExpectedFile } from '../../model-files/read'
import { catalogue, type LlmEntry } from '../catalogue'

/** `q4f16`: 4-bit weights, computing in 16-bit floats; `q4`: in 32-bit floats. */
export type WebLlmDtype = 'q4f16' | 'q4'

/** A model compiled by MLC in one precision: weights of their own format, and a library that runs them. */
export interface WebLlmBuild {
  /** The name of its repository below mlc-ai/ on the Hugging Face hub, and its id in web-llm's own list. */
  id: string
  dtype: WebLlmDtype
  /** Of the repository: a commit where one was verified, else a branch. */
  revision: string
  /** File name of the model library below LIBRARY_ADDRESS. */
  library: string
  /** Memory that it takes on the graphics processor in all, as web-llm's list states it, in MB of 2^20 bytes. */
  memoryMB: number
}

/** A model of models/llms.json with the build to run. There is no device to choose: web-llm needs a graphics processor. */
export interface WebLlmPlan {
  model: LlmEntry
  build: WebLlmBuild
}

/** A model of models/llms.json to be run by this engine: a choice of its own beside the same model for `onnx`. */
export interface WebLlmEntry {
  engine: 'webllm'
  id: string
  name: string
  model: LlmEntry
}

/**
 * Where the model libraries lie that fit the web-llm of package.json. They come from another place than the weights, and
 * those of another version do not start (model-library.ts).
 */
export const LIBRARY_ADDRESS =
  'https://raw.githubusercontent.com/mlc-ai/binary-mlc-llm-libs/main/web-llm-models/v0_2_86/base/'

/** All builds, as models/webllm.json lists them. */
export const webLlmBuilds = builds as readonly unknown[] as readonly WebLlmBuild[]

/** All models that can be chosen for this engine. */
export const webLlmCatalogue: readonly WebLlmEntry[] = catalogue
  .filter(({ webllm }) => webllm)
  .map((model) => ({ engine: 'webllm', id: `webllm-${model.id}`, name: model.name, model }))

/** The repository of the weights on the Hugging Face hub. */
export const repositoryOf = ({ build }: WebLlmPlan): string => `mlc-ai/${build.id}`

/** Under which its files are kept, the library among them (src/engines/model-files/store.ts). */
export const folderName = ({ build }: WebLlmPlan): string => `${build.id}@${build.revision}`

/** Names a model as it is run. */
export const planName = (plan: WebLlmPlan): string => ['webllm', folderName(plan)].map(encodeURIComponent).join('/')

/** The file that comes from the libraries' address and not from the repository. */
export const libraryFile = ({ build }: WebLlmPlan): ExpectedFile => ({ path: build.library })

/** The ways in which this browser can run a model, best first; none without a graphics processor. */
export function webLlmPlans(model: LlmEntry, webgpu: { halfPrecision: boolean } | undefined): WebLlmPlan[] {
  const { q4f16, q4f32 } = model.webllm ?? {}
  return [q4f16, q4f32]
    .map((id) => webLlmBuilds.find((build) => build.id === id))
    .filter((build) => build !== undefined)
    .filter(({ dtype }) => webgpu && (webgpu.halfPrecision || dtype !== 'q4f16'))
    .map((build) => ({ model, build }))
}

/**
 * Bytes of the weights, before their index is there to say it: 4 bits each, and a scale of 16 or 32 bits for every 32 of
 * them. An estimate, for the card that is shown before anything is fetched.
 */
export const estimatedBytes = ({ model, build }: WebLlmPlan): number =>
  Math.round((model.parameters * (build.dtype === 'q4f16' ? 4.5 : 5)) / 8)
