import { describe, expect, test } from 'vitest'
import type { LlmEntry, LlmPlan } from '../../../../src/engines/llm/catalogue'
import { LlmOwner } from '../../../../src/engines/llm/llm-owner'
import type { LlmWorker } from '../../../../src/engines/llm/remote-language-model'
import { STEPS } from '../../../../src/engines/llm/self-test'
import { DeviceLost, Interrupted, ModelFileMissing, ModelUnusable, PromptTooLong } from '../../../../src/errors'
import type { Remote } from '../../../../src/threads/expose'
import type { GenerateRequest, LlmApi, LoadLlmRequest } from '../../../../src/threads/protocols'
import { tinyLlm } from '../../../fixtures/tiny-llm'

const never = () => new AbortController().signal
const ignore = () => undefined

type Call = 'load' | 'examine' | 'score' | 'generate'
/** May throw; what it returns is added to the first logit of every row. */
type Behaviour = (plan: LlmPlan, call: Call) => number | void

/** A worker in this thread: what it is asked to do is written down. */
class WorkerOfTest implements LlmWorker {
  readonly log: string[] = []
  #plan: LlmPlan | undefined

  constructor(
    readonly adapter: { halfPrecision: boolean } | undefined,
    readonly behave: Behaviour = ignore,
  ) {}

  call<Result>(body: (api: Remote<LlmApi>) => Promise<Result>): Promise<Result> {
    return body(this.#api as unknown as Remote<LlmApi>)
  }

  end(): void {
    this.log.push('end')
    this.#plan = undefined
  }

  #act(call: Call): number {
    if (!this.#plan) throw new ModelUnusable()
    return this.behave(this.#plan, call) ?? 0
  }

  /** What it writes, one every five milliseconds. */
  pieces = ['one', ' two']
  isStopped = false

  #api = {
    capabilities: () =>
      Promise.resolve({ threads: 1, ...(this.adapter && { webgpu: { adapter: 'a', ...this.adapter } }) }),
    load: async ({ plan }: LoadLlmRequest) => {
      if (this.#plan?.device === plan.device && this.#plan.dtype === plan.dtype) return { contextTokens: 100 }
      await Promise.resolve()
      this.behave(plan, 'load')
      this.log.push(`load ${plan.device} ${plan.dtype}`)
      this.#plan = plan
      return { contextTokens: 100 }
    },
    examine: async () => {
      await Promise.resolve()
      const first = this.#act('examine')
      const logits = new Float32Array(4 * (STEPS + 1)).map((_, at) => (at % 4) + (at % 4 === 0 ? first : 0))
      return { tokens: [], logits }
    },
    score: async () => {
      await Promise.resolve()
      const better = this.#act('score')
      return [
        { logProbability: -10 + 10 * better, tokens: 10 },
        { logProbability: -10, tokens: 10 },
      ]
    },
    generate: async (_request: GenerateRequest, pieces: MessagePort, signal: AbortSignal) => {
      await Promise.resolve()
      signal.addEventListener('abort', () => (this.isStopped = true))
      for (const text of this.pieces) {
        this.#act('generate')
        signal.throwIfAborted()
        pieces.postMessage([{ text, tokens: 1 }])
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
      pieces.postMessage(null)
      this.log.push('generated')
      return { reason: 'stop' }
    },
  }
}

const HALF: Partial<LlmEntry> = {
  pairs: [
    ['webgpu', 'q4f16'],
    ['webgpu', 'q4'],
    ['wasm', 'q4'],
  ],
  files: { ...tinyLlm.files, q4f16: [{ path: 'onnx/model_q4f16.onnx' }] },
}

function set(worker: WorkerOfTest, kept: (plan: LlmPlan) => boolean = () => true) {
  const verdicts = new Map<string, number>()
  const references: WorkerOfTest[] = []
  const owner = new LlmOwner(
    worker,
    () => {
      references.push(new WorkerOfTest(undefined))
      return references.at(-1)!
    },
    {
      get: (key) => Promise.resolve(verdicts.get(key)),
      set: (key, value) => Promise.resolve(void verdicts.set(key, value)),
    },
    (plan) => Promise.resolve(kept(plan)),
  )
  return { owner, references, verdicts }
}

const open = (owner: LlmOwner, change: Partial<LlmEntry> = {}) => owner.open({ ...tinyLlm, ...change }, ignore, never())

describe('opening a model', () => {
  test('a device is compared with wasm once, and then trusted', async () => {
    const worker = new WorkerOfTest({ halfPrecision: false })
    const { owner, references, verdicts } = set(worker)
    const { model, passedOver } = await open(owner)
    expect(model.capabilities).toMatchObject({ engine: 'onnx', device: 'webgpu', dtype: 'q4', contextTokens: 100 })
    expect(passedOver).toEqual([])
    expect(references.map(({ log }) => log)).toEqual([['load wasm q4', 'end']])
    expect([...verdicts.values()]).toEqual([expect.closeTo(1)])
    await open(owner)
    expect(references).toHaveLength(1)
  })

  test('a device that gives other figures is passed over, now and later, and its worker ended', async () => {
    const worker = new WorkerOfTest({ halfPrecision: false }, ({ device }, call) =>
      device === 'webgpu' && call === 'examine' ? 9 : undefined,
    )
    const { owner } = set(worker)
    const { model, passedOver } = await open(owner)
    expect(model.capabilities.device).toBe('wasm')
    expect(passedOver).toEqual([
      { plan: expect.objectContaining({ device: 'webgpu' }), reason: 'differs', value: expect.any(Number) },
    ])
    expect(worker.log).toEqual(['load webgpu q4', 'end', 'load wasm q4'])
    worker.log.length = 0
    expect((await open(owner)).passedOver).toMatchObject([{ reason: 'differs' }])
    expect(worker.log).not.toContain('load webgpu q4')
  })

  test('logits that are no numbers are other figures', async () => {
    const worker = new WorkerOfTest({ halfPrecision: false }, ({ device }, call) =>
      device === 'webgpu' && call === 'examine' ? NaN : undefined,
    )
    expect((await open(set(worker).owner)).passedOver).toMatchObject([{ reason: 'differs', value: 0 }])
  })

  test('what wasm cannot run has to prefer an ordinary text; the next precision is tried', async () => {
    const sensible = new WorkerOfTest({ halfPrecision: true }, (_plan, call) => (call === 'score' ? 2 : undefined))
    const { owner, references } = set(sensible)
    expect((await open(owner, HALF)).model.capabilities.dtype).toBe('q4f16')
    expect(references).toEqual([])
    const { model, passedOver } = await open(set(new WorkerOfTest({ halfPrecision: true })).owner, HALF)
    expect(passedOver).toMatchObject([{ plan: { dtype: 'q4f16' }, reason: 'differs', value: 0 }])
    expect(model.capabilities).toMatchObject({ device: 'webgpu', dtype: 'q4' })
  })

  test('16-bit weights are not tried without shaders that know them, nor what is not on this machine', async () => {
    const worker = new WorkerOfTest({ halfPrecision: false })
    expect((await open(set(worker).owner, HALF)).model.capabilities.dtype).toBe('q4')
    const half = new WorkerOfTest({ halfPrecision: true })
    const kept = ({ dtype }: LlmPlan) => dtype === 'q4'
    expect((await open(set(half, kept).owner, HALF)).passedOver).toEqual([])
    expect(half.log).toEqual(['load webgpu q4'])
    await expect(open(set(half, () => false).owner, HALF)).rejects.toEqual(
      new ModelFileMissing({ file: 'onnx/model_q4f16.onnx' }),
    )
  })

  test('a device that does not start the model is passed over with the reason; without another the reason is thrown', async () => {
    for (const error of [new ModelUnusable({ detail: 'no' }), new DeviceLost(), new Interrupted()]) {
      const worker = new WorkerOfTest({ halfPrecision: false }, ({ device }) => {
        if (device === 'webgpu') throw error
      })
      const { passedOver } = await open(set(worker).owner)
      expect(passedOver).toEqual([{ plan: expect.objectContaining({ device: 'webgpu' }), reason: 'failed', error }])
      await expect(open(set(worker).owner, { pairs: [['webgpu', 'q4']] })).rejects.toBe(error)
    }
    await expect(open(set(new WorkerOfTest(undefined)).owner, { pairs: [['webgpu', 'q4']] })).rejects.toBeInstanceOf(
      ModelUnusable,
    )
  })

  test('a damaged file is told, and nothing else tried', async () => {
    const error = new ModelFileMissing({ file: 'tokenizer.json' })
    const worker = new WorkerOfTest(undefined, () => {
      throw error
    })
    await expect(open(set(worker).owner)).rejects.toBe(error)
  })
})

describe('an open model', () => {
  const options = { maxTokens: 4 }

  test('streams pieces and returns how it ended', async () => {
    const { owner } = set(new WorkerOfTest(undefined))
    const { model } = await open(owner)
    const answer = model.generate('prompt', options, never())
    expect(await answer.next()).toEqual({ done: false, value: { text: 'one', tokens: 1 } })
    expect(await answer.next()).toEqual({ done: false, value: { text: ' two', tokens: 1 } })
    expect(await answer.next()).toEqual({ done: true, value: { reason: 'stop' } })
  })

  test('who leaves the loop stops the worker', async () => {
    const worker = new WorkerOfTest(undefined)
    worker.pieces = Array<string>(10_000).fill('one')
    const { model } = await open(set(worker).owner)
    for await (const piece of model.generate('prompt', options, never())) {
      expect(piece.text).toBe('one')
      break
    }
    await expect.poll(() => worker.isStopped).toBe(true)
    expect(worker.log).not.toContain('generated')
  })

  test('a request of its own fault leaves the worker running; a fault of the runtime ends it, and the next call loads again', async () => {
    let error: Error | undefined
    const worker = new WorkerOfTest(undefined, (_plan, call) => {
      if (call === 'generate' && error) throw error
    })
    const { model } = await open(set(worker).owner)
    const whole = async () => {
      let text = ''
      for await (const piece of model.generate('prompt', options, never())) text += piece.text
      return text
    }
    worker.log.length = 0
    error = new PromptTooLong({ tokens: 9, limit: 8 })
    await expect(whole()).rejects.toBe(error)
    expect(worker.log).toEqual([])
    error = new ModelUnusable()
    await expect(whole()).rejects.toBe(error)
    expect(worker.log).toEqual(['end'])
    error = undefined
    expect(await whole()).toBe('one two')
    expect(worker.log).toEqual(['end', 'load wasm q4', 'generated'])
  })

  test('a device lost once is used again; lost twice, wasm takes over', async () => {
    const worker = new WorkerOfTest({ halfPrecision: false }, ({ device }, call) => {
      if (device === 'webgpu' && call === 'score') throw new DeviceLost()
    })
    const { model } = await open(set(worker).owner)
    for (const device of ['webgpu', 'wasm']) {
      await expect(model.score('prompt', ['a'], never())).rejects.toBeInstanceOf(DeviceLost)
      expect(model.capabilities.device).toBe(device)
    }
    expect(await model.score('prompt', ['a'], never())).toHaveLength(2)
  })

  test('unloaded, it says so', async () => {
    const { owner } = set(new WorkerOfTest(undefined))
    const { model } = await open(owner)
    await owner.close()
    await expect(model.score('prompt', ['a'], never())).rejects.toBeInstanceOf(Interrupted)
    expect(owner.current).toBeUndefined()
  })
})
