import { catalogue as embedders } from '../../engines/embedding/catalogue'
import { modelName as encoderName } from '../../engines/encoder/model'
import { modelName as llmName } from '../../engines/llm/catalogue'
import { catalogue as rerankers } from '../../engines/reranking/catalogue'
import type { App } from '../app.svelte'

/** What lies in a folder of the store of models: its name for people, and whether it is in use. */
export interface KeptModel {
  name: string
  inUse: boolean
}

type Parts = Pick<App, 'writer' | 'meaning' | 'reranking'>

/** @param folder name of the folder; one that no catalogue knows any more is called by that */
export function keptModel(folder: string, { writer, meaning, reranking }: Parts): KeptModel {
  const llm = writer.catalogue.find((entry) => llmName(entry) === folder)
  const encoder = [...embedders, ...rerankers].find((model) => encoderName(model) === folder)
  const chosen = [writer.model.chosen, meaning.model.chosen, reranking.model.chosen]
  const found = llm ?? encoder
  return { name: found?.name ?? folder, inUse: found !== undefined && chosen.some((each) => each?.id === found.id) }
}
