import { expect, test } from 'vitest'
import { keptModels } from '../../../../src/app/models/kept-models'
import { catalogue, modelName } from '../../../../src/engines/llm/catalogue'
import { folderName, webLlmCatalogue, webLlmPlans } from '../../../../src/engines/llm/webllm/catalogue'

const onDisk = (model: string, bytes: number, parts = 0) => ({
  model,
  bytes,
  files: [],
  parts: Array.from({ length: parts }, (_, at) => ({ path: `${at}`, bytes: 1 })),
})

test('each model on the disk is named as on its card, with what it takes, the largest first', () => {
  const [llm] = catalogue
  const [web] = webLlmCatalogue
  const [plan] = webLlmPlans(web!.model, { halfPrecision: true })
  const kept = keptModels(
    [onDisk('gone@1', 5, 1), onDisk(modelName(llm!), 20), onDisk(folderName(plan!), 10), onDisk('empty@1', 0)],
    catalogue,
    { embedder: undefined, reranker: undefined, llm: web },
  )
  expect(kept).toEqual([
    { model: modelName(llm!), name: llm!.name, bytes: 20, isWhole: true, inUse: false },
    { model: folderName(plan!), name: web!.name, engine: 'webllm', bytes: 10, isWhole: true, inUse: true },
    { model: 'gone@1', name: 'gone@1', bytes: 5, isWhole: false, inUse: false },
  ])
})
