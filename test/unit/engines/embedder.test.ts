import { expect, test } from 'vitest'
import { DeviceLost, Interrupted, ModelFileMissing, ModelUnusable } from '../../../src/errors'
import type { Embedder, EmbedderPlan } from '../../../src/engines/embedding/catalogue'
import { EmbedderOwner } from '../../../src/engines/embedding/embedder'
import type { EncoderWorker } from '../../../src/engines/encoder/owner'
import type { EmbedApi, LoadRequest } from '../../../src/threads/protocols'
import { tinyEmbedder } from '../../fixtures/tiny-embedder'

const never = () => new AbortController().signal
const ignore = () => undefined

/** A worker in this thread: what it is asked to do is written down, and `behave` may fail or spoil the vectors. */
class WorkerOfTest implements EncoderWorker<EmbedApi> {
  readonly log: string[] = []
  #plan: EmbedderPlan | undefined

  constructor(
    readonly webgpu: boolean,
    readonly behave: (plan: EmbedderPlan, call: 'load' | 'embed') => number | undefined = () => undefined,
  ) {}

  call<Result>(body: (api: EmbedApi) => Promise<Result>): Promise<Result> {
    return body(this.#api)
  }

  end(): void {
    this.log.push('end')
    this.#plan = undefined
  }

  #api: EmbedApi = {
    capabilities: () =>
      Promise.resolve({ threads: 1, ...(this.webgpu && { webgpu: { adapter: 'a', halfPrecision: false } }) }),
    load: async ({ plan }: LoadRequest<Embedder>) => {
      if (this.#plan?.device === plan.device && this.#plan.dtype === plan.dtype) return
      this.log.push(`load ${plan.device} ${plan.dtype}`)
      await Promise.resolve()
      this.behave(plan, 'load')
      this.#plan = plan
    },
    embed: async (texts: string[]) => {
      if (!this.#plan) throw new ModelUnusable()
      await Promise.resolve()
      const first = this.behave(this.#plan, 'embed') ?? 1
      return new Float32Array(texts.length * 64).map((_, at) => (at % 64 === 0 ? first : 1))
    },
    unload: () => Promise.resolve(),
  }
}

function verdicts() {
  const kept = new Map<string, number>()
  return {
    kept,
    get: (key: string) => Promise.resolve(kept.get(key)),
    set: (key: string, agreement: number) => Promise.resolve(void kept.set(key, agreement)),
  }
}

const withReference = (worker: WorkerOfTest, kept = verdicts()) => {
  const references: WorkerOfTest[] = []
  const owner = new EmbedderOwner(
    worker,
    () => {
      const reference = new WorkerOfTest(true)
      references.push(reference)
      return reference
    },
    kept,
  )
  return { owner, references, kept }
}

test('a device is compared with wasm once, and then trusted', async () => {
  const worker = new WorkerOfTest(true)
  const { owner, references, kept } = withReference(worker)
  const opened = await owner.open(tinyEmbedder, ignore, never())
  expect(opened.plan).toMatchObject({ device: 'webgpu', dtype: 'fp32' })
  expect(opened.fallback).toBeUndefined()
  expect(references.map(({ log }) => log)).toEqual([['load wasm fp32', 'end']])
  expect([...kept.kept.values()]).toEqual([expect.closeTo(1)])
  await owner.open(tinyEmbedder, ignore, never())
  expect(references).toHaveLength(1)
})

test('a device that gives other vectors is not used, and this is said', async () => {
  const worker = new WorkerOfTest(true, ({ device }) => (device === 'webgpu' ? 9 : undefined))
  const { owner } = withReference(worker)
  const opened = await owner.open(tinyEmbedder, ignore, never())
  expect(opened.plan.device).toBe('wasm')
  expect(opened.fallback).toMatchObject({ reason: 'differs', agreement: expect.closeTo(0.75, 1) })
  // The worker whose session was refused is gone before wasm is loaded.
  expect(worker.log.slice(-3)).toEqual(['load webgpu fp32', 'end', 'load wasm fp32'])
})

test('a device that cannot run the model leaves it to wasm', async () => {
  const worker = new WorkerOfTest(true, ({ device }) => {
    if (device === 'webgpu') throw new ModelUnusable({ detail: 'no kernel' })
    return undefined
  })
  const opened = await withReference(worker).owner.open(tinyEmbedder, ignore, never())
  expect(opened.fallback).toMatchObject({ reason: 'failed', detail: expect.stringContaining('no kernel') })
})

test('a missing file is told, and no device is blamed', async () => {
  const worker = new WorkerOfTest(true)
  const reference = new WorkerOfTest(true, () => {
    throw new ModelFileMissing({ file: 'tokenizer.json' })
  })
  const owner = new EmbedderOwner(worker, () => reference, verdicts())
  await expect(owner.open(tinyEmbedder, ignore, never())).rejects.toBeInstanceOf(ModelFileMissing)
  expect(reference.log.at(-1)).toBe('end')
  expect(owner.current).toBeUndefined()
})

test('a device that is lost once is tried again in a new worker; lost twice it is given up, in the same space', async () => {
  let losses = 0
  const worker = new WorkerOfTest(true, ({ device }, call) => {
    if (call === 'embed' && device === 'webgpu' && losses > 0 && losses--) throw new DeviceLost()
    return undefined
  })
  const { owner } = withReference(worker)
  await owner.open(tinyEmbedder, ignore, never())
  const { space } = owner
  losses = 1
  expect(await owner.embed(['a', 'b'], 'passage', never())).toHaveLength(128)
  expect(owner.current?.plan.device).toBe('webgpu')
  losses = 1
  expect(await owner.embed(['a'], 'query', never())).toHaveLength(64)
  expect(owner.current).toMatchObject({ plan: { device: 'wasm', dtype: 'fp32' }, fallback: { reason: 'lost' } })
  expect(owner.space).toEqual(space)
  expect(worker.log.slice(-2)).toEqual(['end', 'load wasm fp32'])
})

test('a worker that died is started again; a model that wasm cannot run is not tried for ever', async () => {
  const failures: Error[] = []
  const worker = new WorkerOfTest(false, (_plan, call) => {
    const failure = call === 'embed' && failures.shift()
    if (failure) throw failure
    return undefined
  })
  const { owner } = withReference(worker)
  await owner.open(tinyEmbedder, ignore, never())
  failures.push(new Interrupted())
  expect(await owner.embed(['a'], 'passage', never())).toHaveLength(64)
  failures.push(new ModelUnusable({ detail: 'out of memory' }))
  await expect(owner.embed(['a'], 'passage', never())).rejects.toBeInstanceOf(ModelUnusable)
  expect(await owner.embed(['a'], 'passage', never())).toHaveLength(64)
  expect(worker.log.filter((entry) => entry === 'end')).toHaveLength(3)
})
