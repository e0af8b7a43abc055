import { afterAll, expect, test, vi } from 'vitest'
import type { LoadProgress } from '../../../../src/engines/model-files/load-progress'
import { ModelFolder } from '../../../../src/engines/model-files/store'
import { modelName } from '../../../../src/engines/llm/catalogue'
import { ModelFileDamaged, ModelFileMissing, ModelUnusable } from '../../../../src/errors'
import { proxy } from '../../../../src/threads/expose'
import { tinyLlm } from '../../../fixtures/tiny-llm'
import {
  answer,
  connectLlm,
  keepTiny,
  never,
  PATHS,
  startLlmWorker,
  startMortalWorker,
  tinyFiles,
  tinyPlan,
} from './tiny'

vi.setConfig({ testTimeout: 120_000 })

const worker = startLlmWorker()
const api = connectLlm(worker)
afterAll(() => worker.terminate())

type Files = Awaited<ReturnType<typeof tinyFiles>>

/** Loading fails as told, and the same worker then runs the whole model. */
async function refused(change: (files: Files) => void, error: unknown): Promise<void> {
  const files = await tinyFiles()
  change(files)
  await keepTiny(files)
  await api.unload()
  await expect(api.load({ plan: tinyPlan() }, undefined, never())).rejects.toEqual(error)
  await expect(answer(api, 'rain', { maxTokens: 1 })).rejects.toBeInstanceOf(ModelUnusable)
}

async function works(): Promise<void> {
  await keepTiny()
  await api.load({ plan: tinyPlan() }, undefined, never())
  expect((await answer(api, 'rain', { maxTokens: 2 })).end.generatedTokens).toBe(2)
}

const WEIGHTS = 'onnx/model_q4.onnx_data'

test('a file is missing: the graph, the weights beside it, the tokenizer', async () => {
  for (const path of ['config.json', 'tokenizer.json', 'onnx/model_q4.onnx', WEIGHTS])
    await refused((files) => files.delete(path), new ModelFileMissing({ file: path }))
  await works()
})

test('what not every model has may be missing', async () => {
  const files = await tinyFiles()
  files.delete('generation_config.json')
  await api.unload()
  await keepTiny(files)
  await api.load({ plan: tinyPlan() }, undefined, never())
  expect((await answer(api, 'rain', { maxTokens: 2 })).end.reason).toBe('length')
})

test('a file is damaged: cut short, or a page in its place; it is no longer kept, and only it', async () => {
  const page = new TextEncoder().encode('<!doctype html><title>Sign in</title>')
  for (const path of ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'onnx/model_q4.onnx'])
    await refused((files) => files.set(path, page), new ModelFileDamaged({ file: path }))
  const cut = (path: string) => (files: Files) => void files.set(path, files.get(path)!.slice(0, 10_000))
  for (const path of ['onnx/model_q4.onnx', WEIGHTS]) {
    await refused(cut(path), new ModelFileDamaged({ file: path }))
    const folder = new ModelFolder(modelName(tinyLlm))
    expect(await folder.file(path)).toBeUndefined()
    expect((await folder.manifest()).files).toHaveLength(PATHS.length - 1)
  }
  await works()
})

test('a graph that the runtime does not know is told, and the next model is not poisoned', async () => {
  const files = await tinyFiles()
  const graph = files.get('onnx/model_q4.onnx')!
  // A node's operator now has a name of none; the length stays.
  const operator = new TextDecoder('latin1').decode(graph).indexOf('"\x07Sigmoid')
  expect(operator).toBeGreaterThan(0)
  graph.set(new TextEncoder().encode('Xigmoid'), operator + 2)
  await api.unload()
  await keepTiny(files)
  await expect(api.load({ plan: tinyPlan() }, undefined, never())).rejects.toBeInstanceOf(ModelUnusable)
  await works()
})

test('loading tells its progress, and an abort of it', async () => {
  await keepTiny()
  await api.unload()
  const told: LoadProgress[] = []
  await api.load(
    { plan: tinyPlan() },
    proxy((progress: LoadProgress) => void told.push(progress)),
    never(),
  )
  expect(told.map(({ stage }) => stage)).toEqual([...Array<string>(6).fill('reading'), 'starting'])
  expect(told.at(-1)!.bytes).toBe(told.at(-1)!.total)
  expect(told.map(({ bytes }) => bytes)).toEqual(told.map(({ bytes }) => bytes).toSorted((a, b) => a - b))
  await api.unload()
  const controller = new AbortController()
  controller.abort()
  const loading = api.load({ plan: tinyPlan() }, undefined, controller.signal)
  await expect(loading).rejects.toMatchObject({ name: 'AbortError' })
  await works()
})

test('two hundred turns take no more memory than twenty', async () => {
  await keepTiny()
  const mortal = startMortalWorker()
  const other = connectLlm(mortal.worker)
  await other.load({ plan: tinyPlan() }, undefined, never())
  let after20 = 0
  for (let turn = 1; turn <= 200; turn++) {
    await answer(other, `${turn} 有給休暇は何日もらえますか。${' and'.repeat(turn % 30)}`, { maxTokens: 4 })
    if (turn === 20) after20 = (await mortal.sideDoor.memory()).wasm
  }
  expect(after20).toBeGreaterThan(1e6)
  expect((await mortal.sideDoor.memory()).wasm).toBe(after20)
  mortal.worker.terminate()
})
