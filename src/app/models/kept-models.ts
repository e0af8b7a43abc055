import { catalogue as embedders } from '../../engines/embedding/catalogue'
import { modelName as encoderName } from '../../engines/encoder/model'
import { isWebLlm, type AnyLlmEntry } from '../../engines/llm/any-engine-owner'
import { modelName as llmName, type LlmEntry } from '../../engines/llm/catalogue'
import { folderName, webLlmCatalogue, webLlmPlans } from '../../engines/llm/webllm/catalogue'
import type { ModelOnDisk } from '../../engines/model-files/store'
import { catalogue as rerankers } from '../../engines/reranking/catalogue'

/** A model of which anything is on this machine. */
export interface KeptModel {
  /** Folder of the store. */
  model: string
  /** As its card calls it; of what no catalogue lists any more, the name of its folder. */
  name: string
  engine?: 'webllm'
  bytes: number
  isWhole: boolean
  inUse: boolean
}

/** What is chosen of each kind. */
export interface Chosen {
  embedder: { id: string } | undefined
  reranker: { id: string } | undefined
  llm: AnyLlmEntry | undefined
}

/**
 * The models on this machine's disk, the largest first: those of earlier versions of a catalogue among them, which have no card.
 * @param llms all language models that can be chosen for the engine `onnx`
 */
export function keptModels(onDisk: readonly ModelOnDisk[], llms: readonly LlmEntry[], chosen: Chosen): KeptModel[] {
  const known = new Map<string, Pick<KeptModel, 'name' | 'engine' | 'inUse'>>()
  const others = [
    { models: embedders, id: chosen.embedder?.id },
    { models: rerankers, id: chosen.reranker?.id },
  ]
  for (const { models, id } of others)
    for (const model of models) known.set(encoderName(model), { name: model.name, inUse: model.id === id })
  for (const model of llms) known.set(llmName(model), { name: model.name, inUse: model.id === chosen.llm?.id })
  for (const { id, model, name } of webLlmCatalogue)
    for (const plan of webLlmPlans(model, { halfPrecision: true }))
      known.set(folderName(plan), { name, engine: 'webllm', inUse: id === chosen.llm?.id && isWebLlm(chosen.llm) })
  return onDisk
    .filter(({ bytes }) => bytes > 0)
    .map(({ model, bytes, parts }) => ({
      model,
      bytes,
      isWhole: parts.length === 0,
      ...(known.get(model) ?? { name: model, inUse: false }),
    }))
    .sort((a, b) => b.bytes - a.bytes)
}
