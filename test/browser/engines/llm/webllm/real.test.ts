import { afterAll, expect, test, vi } from 'vitest'
import type { LoadProgress } from '../../../../../src/engines/model-files/load-progress'
import { ModelUnusable } from '../../../../../src/errors'
import { connect, proxy } from '../../../../../src/threads/expose'
import type { WebLlmApi } from '../../../../../src/threads/protocols'
import { tinyWebLlmPlan } from '../../../../fixtures/tiny-web-llm'
import type { RealApi } from './real.worker'
import { keepTinyMlc, tinyMlcFiles } from './scripted'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const worker = new Worker(new URL('./real.worker.ts', import.meta.url), { type: 'module' })
const { port1, port2 } = new MessageChannel()
worker.postMessage('side door', [port2])
const sideDoor = connect<RealApi>(port1 as unknown as Worker)
const api = connect<WebLlmApi>(worker)
afterAll(() => worker.terminate())

const never = (): AbortSignal => new AbortController().signal

test('web-llm as it is shipped reads configuration and library from the store, and asks for nothing else', async () => {
  await keepTinyMlc()
  const progress: LoadProgress[] = []
  const load = api.load(
    { plan: tinyWebLlmPlan },
    proxy((step: LoadProgress) => void progress.push(step)),
    never(),
  )
  // The library has everything but a memory, which is what web-llm takes first from one that it has started.
  const error: unknown = await load.catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(ModelUnusable)
  expect((error as ModelUnusable).params['detail']).toMatch(/reading 'buffer'/)
  const files = await tinyMlcFiles()
  const read = [files.get('mlc-chat-config.json')!, files.get(tinyWebLlmPlan.build.library)!]
  expect(progress.at(-1)!.bytes).toBe(Math.min(progress.at(-1)!.total, read[0]!.length + read[1]!.length))
  expect(progress).toHaveLength(read.length)
  expect(await sideDoor.fetched()).toEqual([])
  expect(await sideDoor.caches()).toBe(0)
})

test('it says what keeps a model from running here', async () => {
  expect(await api.obstacles(tinyWebLlmPlan)).toEqual([])
  const half = { ...tinyWebLlmPlan, build: { ...tinyWebLlmPlan.build, dtype: 'q4f16' as const } }
  const adapter = await navigator.gpu.requestAdapter()
  expect(await api.obstacles(half)).toEqual(adapter!.features.has('shader-f16') ? [] : [{ kind: 'halfPrecision' }])
})
