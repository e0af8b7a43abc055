import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { LoadProgress } from '../../../../../src/engines/model-files/load-progress'
import type { ChatMessage } from '../../../../../src/engines/llm/language-model'
import { folderName } from '../../../../../src/engines/llm/webllm/catalogue'
import { ModelFolder } from '../../../../../src/engines/model-files/store'
import {
  DeviceLost,
  ModelFileDamaged,
  ModelFileMissing,
  ModelUnusable,
  WrongModelLibrary,
} from '../../../../../src/errors'
import { proxy } from '../../../../../src/threads/expose'
import { emptyStore, writeData } from '../../../../fixtures/keep-model'
import { makeLibrary, tinyWebLlmPlan } from '../../../../fixtures/tiny-web-llm'
import { answerOf } from '../contract'
import { keepTinyMlc, openScripted, ScriptedWorkers, tinyMlcFiles } from './scripted'

// Starting an engine takes seconds, and many times that on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const never = (): AbortSignal => new AbortController().signal
const workers = new ScriptedWorkers()
beforeEach(() => keepTinyMlc().then())
afterAll(() => workers.worker.end())

const lastRequest = async () => (await workers.sideDoor.seen()).requests.at(-1)

describe('what web-llm is given', () => {
  test('the prompt as one message that says all of it, and every figure, so that none comes from the model', async () => {
    const model = await openScripted(workers)
    const { text, end } = await answerOf(model, [{ role: 'user', content: "$& $' «はい、$&です。»" }], {
      maxTokens: 30,
    })
    expect(text).toBe('はい、$&です。')
    expect(end).toMatchObject({ reason: 'stop', reusedTokens: 0 })
    const prompt = "<|im_start|>user\n$& $' «はい、$&です。»<|im_end|>\n<|im_start|>assistant\n"
    expect(await lastRequest()).toEqual({
      messages: [{ role: 'user', content: prompt }],
      stream: true,
      max_tokens: 30,
      temperature: 0,
      top_p: 1,
      repetition_penalty: 1,
      frequency_penalty: 0,
      presence_penalty: 0,
    })
    const { cached, prefilled } = await workers.sideDoor.seen()
    expect(cached).toBe(prompt + text)
    expect(prefilled.at(-1)).toBe(end.promptTokens)
  })

  test('sampling by itself where it can, one token to choose from where it cannot', async () => {
    const model = await openScripted(workers)
    await answerOf(model, 'a', { maxTokens: 2, temperature: 0.7, topP: 0.9 })
    expect(await lastRequest()).toMatchObject({ temperature: 0.7, top_p: 0.9 })
    for (const options of [
      { seed: 1 },
      { topK: 4 },
      { minP: 0.1 },
      { repetitionPenalty: 1.2 },
      { logProbabilities: true },
    ]) {
      await answerOf(model, 'a', { maxTokens: 2, temperature: 0.7, topP: 0.9, ...options })
      expect(await lastRequest()).toMatchObject({ temperature: 1, top_p: 1, repetition_penalty: 1 })
    }
  })

  test('a model that thinks aloud is told that it has thought', async () => {
    const plan = { ...tinyWebLlmPlan, model: { ...tinyWebLlmPlan.model, thinks: true as const } }
    await workers.worker.call((api) => api.unload())
    const model = await openScripted(workers, plan)
    const { text } = await answerOf(model, [{ role: 'user', content: '«yes»' }], { maxTokens: 9 })
    expect(text).toBe('yes')
    expect((await workers.sideDoor.seen()).cached).toMatch(/assistant\n<think>\n\n<\/think>\n\nyes$/)
    await workers.worker.call((api) => api.unload())
  })
})

describe('keys and values of the turn before', () => {
  const first: ChatMessage[] = [{ role: 'user', content: '«十時です。» 会議は何時ですか。' }]
  const next = (answer: string): ChatMessage[] => [
    ...first,
    { role: 'assistant', content: answer },
    { role: 'user', content: 'Where?' },
  ]

  test('serve the next turn, which reads no more than what follows', async () => {
    const model = await openScripted(workers)
    const { text } = await answerOf(model, first, { maxTokens: 20 })
    const { end } = await answerOf(model, next(text), { maxTokens: 20 })
    const { prefilled, cached } = await workers.sideDoor.seen()
    expect(prefilled.at(-1)).toBe(end.promptTokens - end.reusedTokens)
    expect(end.reusedTokens).toBeGreaterThan(end.promptTokens / 2)
    expect(cached.startsWith(await model.applyTemplate(next(text)))).toBe(true)
  })

  test.each([
    ['was ended by its length', { maxTokens: 2 }],
    ['was ended by a stop text', { maxTokens: 20, stop: ['で'] }],
  ])('do not serve it where the answer %s: its last token is not among them', async (_name, options) => {
    const model = await openScripted(workers)
    const { text } = await answerOf(model, first, options)
    const { end } = await answerOf(model, next(text), { maxTokens: 20 })
    expect(end.reusedTokens).toBe(0)
    const { prefilled, cached } = await workers.sideDoor.seen()
    expect(prefilled.at(-1)).toBe(end.promptTokens)
    expect(cached.startsWith(await model.applyTemplate(next(text)))).toBe(true)
  })

  test('nor do those of a score, nor of an answer that nobody wanted any more', async () => {
    const model = await openScripted(workers)
    const { text } = await answerOf(model, first, { maxTokens: 20 })
    await model.score(first, ['十時'], never())
    expect((await answerOf(model, next(text), { maxTokens: 1 })).end.reusedTokens).toBe(0)
    const left = model.generate(first, { maxTokens: 20 }, never())
    await left.next()
    await left.return({} as never)
    expect((await answerOf(model, next(text), { maxTokens: 1 })).end.reusedTokens).toBe(0)
  })
})

test('no request leaves: the files, the tokenizer and the grammar come from the store and from the program', async () => {
  await workers.worker.call((api) => api.unload())
  workers.worker.end()
  const stages: string[] = []
  const before = await navigator.storage.estimate()
  await workers.worker.call(async (api) => {
    return api.load(
      { plan: tinyWebLlmPlan },
      proxy(({ stage }: LoadProgress) => void stages.push(stage)),
      never(),
    )
  })
  const model = await openScripted(workers)
  const schema = { type: 'object', properties: { found: { type: 'boolean' } }, required: ['found'] }
  await answerOf(model, 'a', { maxTokens: 40, schema })
  expect((await workers.sideDoor.seen()).fetched).toEqual([])
  expect(stages.at(-1)).toBe('starting')
  expect(await caches.keys()).toEqual([])
  const after = await navigator.storage.estimate()
  expect(after.usage! - before.usage!).toBeLessThan(10_000)
})

describe('a model that does not start', () => {
  const load = () => workers.worker.call((api) => api.load({ plan: tinyWebLlmPlan }, undefined, never()))
  beforeEach(() => workers.worker.call((api) => api.unload()))
  afterEach(async () => {
    // The same worker then runs the whole model.
    await keepTinyMlc()
    const model = await openScripted(workers)
    expect((await answerOf(model, '«yes»', { maxTokens: 9 })).text).toBe('yes')
  })

  test.each(['mlc-chat-config.json', 'tensor-cache.json', 'tokenizer.json', 'params_shard_1.bin', 'tiny-webgpu.wasm'])(
    '%s is missing',
    async (path) => {
      const files = await tinyMlcFiles()
      files.delete(path)
      await keepTinyMlc(files)
      await expect(load()).rejects.toEqual(new ModelFileMissing({ file: path }))
    },
  )

  test.each([
    'mlc-chat-config.json',
    'tensor-cache.json',
    'tokenizer_config.json',
    'params_shard_0.bin',
    'tiny-webgpu.wasm',
  ])('the disk has spoilt %s: it alone is no longer kept', async (path) => {
    const folder = new ModelFolder(folderName(tinyWebLlmPlan))
    const bytes = await folder.read(path)
    bytes[bytes.length - 1]! ^= 1
    await writeData(folder, path, bytes)
    await expect(load()).rejects.toEqual(new ModelFileDamaged({ file: path }))
    expect(await folder.file(path)).toBeUndefined()
    expect((await folder.manifest()).files).toHaveLength((await tinyMlcFiles()).size - 1)
  })

  test('its library was made for another version of web-llm, as those up to 0.2.82 were', async () => {
    const strange = [['env', '_ZN3tvm7runtime9threading15ResetThreadPoolEv']] as const
    await keepTinyMlc((await tinyMlcFiles()).set('tiny-webgpu.wasm', makeLibrary(strange)))
    await expect(load()).rejects.toBeInstanceOf(WrongModelLibrary)
    await keepTinyMlc((await tinyMlcFiles()).set('tiny-webgpu.wasm', makeLibrary([], ['TVMFuncCall'])))
    await expect(load()).rejects.toBeInstanceOf(WrongModelLibrary)
  })

  test('its loading is not wanted any more', async () => {
    const controller = new AbortController()
    const unwanted = workers.worker.call((api) =>
      api.load(
        { plan: tinyWebLlmPlan },
        proxy(() => controller.abort()),
        controller.signal,
      ),
    )
    await expect(unwanted).rejects.toMatchObject({ name: 'AbortError' })
  })

  test('none of it is there', async () => {
    await emptyStore()
    await expect(load()).rejects.toBeInstanceOf(ModelFileMissing)
    await expect(workers.worker.call((api) => api.countTokens('a'))).rejects.toBeInstanceOf(ModelUnusable)
  })
})

test('a device that is lost while nobody asks is told at the next request, and the one after has another', async () => {
  const model = await openScripted(workers)
  const { started } = workers
  await workers.sideDoor.loseDevice()
  await expect(answerOf(model, 'a', { maxTokens: 1 })).rejects.toBeInstanceOf(DeviceLost)
  expect((await answerOf(model, '«yes»', { maxTokens: 9 })).text).toBe('yes')
  expect(workers.started).toBe(started + 1)
})
