import { expect, test, vi } from 'vitest'
import { catalogue } from '../../../../src/engines/llm/catalogue'
import type { WebLlmPlan } from '../../../../src/engines/llm/webllm/catalogue'
import type { Obstacle } from '../../../../src/engines/llm/webllm/device-fit'
import { WebLlmOwner, type WebLlmWorker } from '../../../../src/engines/llm/webllm/owner'
import { DeviceLost, ModelFileDamaged, ModelFileMissing, ModelUnusable } from '../../../../src/errors'
import type { WebLlmApi } from '../../../../src/threads/protocols'

const qwen = catalogue.find(({ id }) => id === 'qwen3-0.6b')!
const never = (): AbortSignal => new AbortController().signal
const SENSE = [-10, -90].map((logProbability) => ({ logProbability, tokens: 10 }))
const NONSENSE = [-90, -90].map((logProbability) => ({ logProbability, tokens: 10 }))

/** A worker of which only the answers are made up. */
function owner(answers: Partial<WebLlmApi>, isKept: (plan: WebLlmPlan) => boolean = () => true) {
  const api: Partial<WebLlmApi> = {
    obstacles: () => Promise.resolve([]),
    load: () => Promise.resolve({ contextTokens: 4096 }),
    score: () => Promise.resolve(SENSE),
    ...answers,
  }
  const worker = { call: (body: (api: never) => unknown) => body(api as never), end: vi.fn() }
  const verdicts = new Map<string, number>()
  const store = {
    get: (key: string) => Promise.resolve(verdicts.get(key)),
    set: (key: string, value: number) => Promise.resolve(void verdicts.set(key, value)),
  }
  const made = new WebLlmOwner(worker as unknown as WebLlmWorker, store, (plan) => Promise.resolve(isKept(plan)))
  return { open: () => made.open(qwen, () => undefined, never()), owner: made, worker, verdicts }
}

test('the best build that is kept is opened, and found to make sense once', async () => {
  const score = vi.fn(() => Promise.resolve(SENSE))
  const { open, owner: made, verdicts } = owner({ score })
  const { model, passedOver } = await open()
  expect(model.plan.build.id).toBe('Qwen3-0.6B-q4f16_1-MLC')
  expect(model.capabilities).toEqual({
    engine: 'webllm',
    device: 'webgpu',
    dtype: 'q4f16',
    contextTokens: 4096,
    score: true,
    schema: true,
    adapters: 'merged',
  })
  expect(passedOver).toEqual([])
  expect([...verdicts.values()]).toEqual([8])
  await open()
  expect(score).toHaveBeenCalledTimes(1)
  expect(made.current).toBeDefined()
  await made.close()
  expect(made.current).toBeUndefined()
})

test('one that the device cannot run, or that makes no sense, is passed over and told', async () => {
  const obstacles: Obstacle[] = [{ kind: 'halfPrecision' }]
  const half = owner({
    obstacles: ({ build }) => Promise.resolve(build.dtype === 'q4f16' ? obstacles : []),
  })
  const { model, passedOver } = await half.open()
  expect(model.plan.build.dtype).toBe('q4')
  expect(passedOver).toMatchObject([{ reason: 'obstacles', obstacles }])
  const nonsense = owner({ score: vi.fn().mockResolvedValueOnce(NONSENSE).mockResolvedValue(SENSE) })
  expect((await nonsense.open()).passedOver).toMatchObject([{ reason: 'differs', value: 0 }])
  expect(nonsense.worker.end).toHaveBeenCalled()
})

test('one whose device is lost while it loads is passed over; where none is left, its error is told', async () => {
  const load = vi.fn().mockRejectedValueOnce(new DeviceLost()).mockResolvedValue({ contextTokens: 1 })
  expect((await owner({ load }).open()).passedOver).toMatchObject([{ reason: 'failed' }])
  await expect(owner({ load: () => Promise.reject(new DeviceLost()) }).open()).rejects.toBeInstanceOf(DeviceLost)
})

test('files that are missing or damaged are told at once', async () => {
  await expect(owner({}, () => false).open()).rejects.toBeInstanceOf(ModelFileMissing)
  const { open } = owner({ load: () => Promise.reject(new ModelFileDamaged({ file: 'a' })) })
  await expect(open()).rejects.toBeInstanceOf(ModelFileDamaged)
  const { owner: made } = owner({})
  const none = catalogue.find(({ webllm }) => !webllm)!
  await expect(made.open(none, () => undefined, never())).rejects.toBeInstanceOf(ModelUnusable)
})
