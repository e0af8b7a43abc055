import { expect, test } from 'vitest'
import { AnyEngineOwner, type AnyLlmEntry } from '../../../../src/engines/llm/any-engine-owner'
import { catalogue } from '../../../../src/engines/llm/catalogue'
import { webLlmCatalogue } from '../../../../src/engines/llm/webllm/catalogue'
import { ScriptedModel } from '../../../fixtures/scripted-model'

const [entry] = catalogue
const web = webLlmCatalogue.find(({ model }) => model.id === entry!.id)!

function owners() {
  const log: string[] = []
  const owner = (name: string) => ({
    open: (wanted: { id: string }) => {
      log.push(`open ${wanted.id} on ${name}`)
      return Promise.resolve({ model: new ScriptedModel('.'), passedOver: [] })
    },
    close: () => Promise.resolve(void log.push(`close ${name}`)),
  })
  return { log, any: new AnyEngineOwner(owner('onnx'), owner('webllm')) }
}

const open = (any: AnyEngineOwner, wanted: AnyLlmEntry) =>
  any.open(wanted, () => undefined, new AbortController().signal)

test('a model goes to its engine, once the other engine has let go of the graphics processor', async () => {
  const { log, any } = owners()
  await open(any, entry!)
  await open(any, web)
  await any.close()
  expect(log).toEqual([
    'close webllm',
    `open ${entry!.id} on onnx`,
    'close onnx',
    `open ${entry!.id} on webllm`,
    'close onnx',
    'close webllm',
  ])
})

test('the same model is another choice for each engine', () => {
  expect(web.id).not.toBe(entry!.id)
  expect(new Set([...catalogue, ...webLlmCatalogue].map(({ id }) => id)).size).toBe(
    catalogue.length + webLlmCatalogue.length,
  )
})
