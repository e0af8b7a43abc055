import {
  filesOf as encoderFiles,
  plansFor as encoderPlans,
  type EncoderModel,
  type EncoderPlan,
} from '../../engines/encoder/model'
import { filesOf as llmFiles, plansFor as llmPlans, type LlmEntry, type LlmPlan } from '../../engines/llm/catalogue'
import type { ExpectedFile } from '../../engines/model-files/read'
import type { DeviceCapabilities } from '../../engines/onnx/devices'
import { encoderEntry, llmEntry, type ModelEntry } from './model-entry'

/** What is to be known of a kind of models so that the dialog can draw them. */
export interface ModelRuns<Model, Plan> {
  /** The ways in which this browser can run a model, best first. */
  plansFor(model: Model, devices: DeviceCapabilities): Plan[]
  /** Everything that a plan reads. */
  filesOf(plan: Plan): ExpectedFile[]
  entryOf(plan: Plan): ModelEntry
}

export const encoders = <Model extends EncoderModel>(): ModelRuns<Model, EncoderPlan<Model>> => ({
  plansFor: encoderPlans,
  filesOf: encoderFiles,
  entryOf: encoderEntry,
})

export const languageModels: ModelRuns<LlmEntry, LlmPlan> = {
  plansFor: llmPlans,
  filesOf: llmFiles,
  entryOf: llmEntry,
}
