import { afterEach, expect, test, vi } from 'vitest'
import type { GeneratedPiece } from '../../../../../src/engines/llm/language-model'
import type { SharedOptions, SharedLlm, SharedState } from '../../../../../src/engines/llm/shared/shared-llm'
import type { LoadProgress } from '../../../../../src/engines/model-files/load-progress'
import { DeviceLost, Interrupted, ModelFileMissing, ModelReplaced, PromptTooLong } from '../../../../../src/errors'
import { FakeLanguageModel } from '../../../../fixtures/fake-language-model'
import { ScriptedModel } from '../../../../fixtures/scripted-model'
import { answerOf } from '../contract'
import { never } from '../tiny'
import { FakeOpener, openMortalTab, openTab, ownName, type PassedOver, type Wanted } from './tabs'

vi.setConfig({ testTimeout: 30_000 })

const X = { id: 'x' }
const Y = { id: 'y' }
const PROMPT = 'The company grants ten days of paid leave'
const POLL = { timeout: 10_000, interval: 10 }

const tabs: SharedLlm<Wanted, PassedOver>[] = []
const workers: { kill: () => void }[] = []

function tab(name: string, opener = new FakeOpener(), options: SharedOptions = {}): SharedLlm<Wanted, PassedOver> {
  const opened = openTab(name, opener, options)
  tabs.push(opened)
  return opened
}

function mortalTab(name: string): ReturnType<typeof openMortalTab> {
  const opened = openMortalTab(name)
  workers.push(opened)
  return opened
}

afterEach(async () => {
  for (const { kill } of workers.splice(0)) kill()
  await Promise.all(tabs.splice(0).map((each) => each.dispose()))
})

const open = async (shared: SharedLlm<Wanted, PassedOver>, wanted = X) =>
  (await shared.open(wanted, () => undefined, never())).model

const aborted = (signal: AbortSignal): Promise<unknown> =>
  new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))

const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => expect.unreachable('it should have failed'),
    (error: unknown) => error,
  )

test('two tabs have one model; the second is told so, and what was passed over', async () => {
  const name = ownName()
  const passedOver = [{ reason: 'failed', error: new DeviceLost() }]
  const openers = [new FakeOpener(() => new FakeLanguageModel(), undefined, passedOver), new FakeOpener()]
  const [first, second] = [tab(name, openers[0]), tab(name, openers[1])]
  await open(first)
  const told: LoadProgress[] = []
  const opened = await second.open(X, (progress) => told.push(progress), never())
  expect([first.state, second.state]).toEqual([{ where: 'here' }, { where: 'elsewhere' }])
  expect(openers.map((each) => each.opened)).toEqual([['x'], []])
  expect(opened.passedOver).toEqual([{ reason: 'failed', error: expect.any(DeviceLost) as DeviceLost }])
  expect(second.current).toBe(opened.model)
  expect(opened.model).toMatchObject({ id: 'fake', name: 'Fake', capabilities: { contextTokens: 512 } })
})

test('tabs that open at the same moment open it once, and both see how far it is', async () => {
  const name = ownName()
  let ready: () => void = () => undefined
  const held = new Promise<void>((resolve) => (ready = resolve))
  const opener = () => new FakeOpener(async () => (await held, new FakeLanguageModel()))
  const openers = [opener(), opener(), opener()]
  const all = openers.map((each) => tab(name, each))
  const opening = all.map((each) => open(each))
  await expect.poll(() => openers.flatMap(({ opened }) => opened), POLL).toEqual(['x'])
  ready()
  const models = await Promise.all(opening)
  expect(openers.flatMap(({ opened }) => opened)).toEqual(['x'])
  expect(all.map(({ state }) => state.where).sort()).toEqual(['elsewhere', 'elsewhere', 'here'])
  const texts = await Promise.all(models.map(async (model) => (await answerOf(model, PROMPT, { maxTokens: 9 })).text))
  expect(new Set(texts).size).toBe(1)
})

test('requests of all tabs are worked off in the order they came, each with its own pieces', async () => {
  const name = ownName()
  const [first, second, third] = [tab(name), tab(name), tab(name)]
  const models = [await open(first), await open(second), await open(third)]
  const said = ['abcdefghijklmnopqrstuvwxyz', '0123456789', 'zyx']
  const done: number[] = []
  const answers = await Promise.all(
    [...models, ...models].map(async (model, at) => {
      const answer = await answerOf(model, `say «${said[at % 3]!}»`, { maxTokens: 40 })
      done.push(at)
      return answer
    }),
  )
  expect(answers.map(({ text }) => text)).toEqual([...said, ...said])
  expect(answers.every(({ pieces, end }) => pieces.length === end.generatedTokens)).toBe(true)
  // Which tab is heard first is chance; of one tab, the first request is answered first.
  for (const at of [0, 1, 2]) expect(done.indexOf(at)).toBeLessThan(done.indexOf(at + 3))
})

test('an abort reaches the owner: in the middle, while it waits, and when its reader leaves', async () => {
  const name = ownName()
  const scripted = new ScriptedModel('one two three four five six seven eight nine ten'.repeat(200), {
    beforePiece: () => new Promise((resolve) => setTimeout(resolve, 5)),
  })
  const [first, second] = [tab(name, new FakeOpener(() => scripted)), tab(name)]
  await open(first)
  const model = await open(second)
  const [under, waiting] = [new AbortController(), new AbortController()]
  const long = failureOf(
    answerOf(model, PROMPT, { maxTokens: 1000 }, under.signal, () => {
      waiting.abort()
      under.abort()
    }),
  )
  const queued = failureOf(answerOf(model, 'it waits', { maxTokens: 1 }, waiting.signal))
  for (const error of [await long, await queued]) expect(error).toMatchObject({ name: 'AbortError' })
  await expect.poll(() => scripted.brokenOff, POLL).toBe(1)
  expect(scripted.asked).toHaveLength(1)
  const reader = model.generate(PROMPT, { maxTokens: 1000 }, never())
  await reader.next()
  await reader.return(undefined as never)
  await expect.poll(() => scripted.brokenOff, POLL).toBe(2)
})

test('errors keep their class and figures on the way', async () => {
  const name = ownName()
  const scripted = new ScriptedModel(() => ['a', new DeviceLost({ detail: 'gone' })], { contextTokens: 100 })
  const [first, second] = [tab(name, new FakeOpener(() => scripted)), tab(name)]
  await open(first)
  const model = await open(second)
  const pieces: GeneratedPiece[] = []
  const lost = await failureOf(answerOf(model, 'a', { maxTokens: 9 }, never(), (piece) => pieces.push(piece)))
  expect(lost).toBeInstanceOf(DeviceLost)
  expect((lost as DeviceLost).params).toEqual({ detail: 'gone' })
  expect(pieces).toEqual([{ text: 'a', tokens: 1 }])
  const long = await failureOf(answerOf(model, 'word '.repeat(200), { maxTokens: 9 }))
  expect(long).toBeInstanceOf(PromptTooLong)
  expect((long as PromptTooLong).params).toMatchObject({ limit: 100 })
})

test('what the owner’s model can do is told anew after a failure', async () => {
  const name = ownName()
  const scripted = new ScriptedModel(() => [new DeviceLost()])
  const [first, second] = [tab(name, new FakeOpener(() => scripted)), tab(name)]
  await open(first)
  const model = await open(second)
  Object.assign(scripted.capabilities, { device: 'wasm', contextTokens: 77 })
  await failureOf(answerOf(model, 'a', { maxTokens: 9 }))
  await expect.poll(() => model.capabilities.contextTokens, POLL).toBe(77)
})

test('a model that cannot be opened is told where it was asked for, and the next tab may try', async () => {
  const name = ownName()
  const broken = new FakeOpener(() => Promise.reject(new ModelFileMissing({ file: 'model.onnx' })))
  const [first, second] = [tab(name, broken), tab(name)]
  const error = await failureOf(open(first))
  expect(error).toBeInstanceOf(ModelFileMissing)
  expect((error as ModelFileMissing).params).toEqual({ file: 'model.onnx' })
  expect([first.state.where, first.current]).toEqual(['none', undefined])
  await open(second)
  expect(second.state.where).toBe('here')
})

test('an opening is given up when nobody waits for it any more, and not before', async () => {
  const name = ownName()
  let givenUp = 0
  let ready: () => void = () => undefined
  const held = new Promise<void>((resolve) => (ready = resolve))
  const opener = new FakeOpener(async ({ id }, signal) => {
    signal.addEventListener('abort', () => givenUp++)
    if (id === 'y') await held
    if (id === 'z') await aborted(signal)
    signal.throwIfAborted()
    return new FakeLanguageModel()
  })
  const [owner, second, third] = [tab(name, opener), tab(name), tab(name)]
  await open(owner, X)
  const stays = open(third, Y)
  await expect.poll(() => opener.opened, POLL).toEqual(['x', 'y'])
  const leave = new AbortController()
  const left = failureOf(second.open(Y, () => undefined, leave.signal))
  setTimeout(() => leave.abort(), 100)
  expect(await left).toMatchObject({ name: 'AbortError' })
  ready()
  expect((await answerOf(await stays, 'say «y»', { maxTokens: 9 })).text).toBe('y')
  expect(givenUp).toBe(0)
  const alone = new AbortController()
  const none = failureOf(third.open({ id: 'z' }, () => undefined, alone.signal))
  await expect.poll(() => opener.opened, POLL).toEqual(['x', 'y', 'z'])
  alone.abort()
  expect(await none).toMatchObject({ name: 'AbortError' })
  await expect.poll(() => givenUp, POLL).toBe(1)
  await open(second, X)
})

test('a model that is replaced while it is being opened is told as that, and not as a wish of this tab', async () => {
  const name = ownName()
  const opener = new FakeOpener(async ({ id }, signal) => {
    if (id === 'x') await aborted(signal)
    signal.throwIfAborted()
    return new FakeLanguageModel()
  })
  const [owner, second] = [tab(name, opener), tab(name)]
  const first = failureOf(open(owner, X))
  await expect.poll(() => opener.opened, POLL).toEqual(['x'])
  const model = await open(second, Y)
  expect(await first).toBeInstanceOf(ModelReplaced)
  expect((await answerOf(model, 'say «y»', { maxTokens: 9 })).text).toBe('y')
})

test('the tab that has the model is killed in the middle: what was begun is interrupted, what waited is answered by the next', async () => {
  const name = ownName()
  const owner = mortalTab(name)
  await owner.open('x')
  const [second, third] = [tab(name), tab(name)]
  const [model, other] = [await open(second), await open(third)]
  const pieces: GeneratedPiece[] = []
  const under = failureOf(answerOf(model, PROMPT, { maxTokens: 10_000 }, never(), (piece) => pieces.push(piece)))
  await expect.poll(() => pieces.length, POLL).toBeGreaterThan(3)
  const queued = answerOf(other, 'say «hello»', { maxTokens: 20 })
  const counted = model.countTokens('four')
  expect(await counted).toBe(4)
  owner.kill()
  expect(await under).toBeInstanceOf(Interrupted)
  expect((await queued).text).toBe('hello')
  expect((await answerOf(model, 'say «again»', { maxTokens: 20 })).text).toBe('again')
  expect([second.state.where, third.state.where].sort()).toEqual(['elsewhere', 'here'])
})

test('an owner that says nothing is waited for; when it is gone, the model is opened here', async () => {
  const name = ownName()
  let free: () => void = () => undefined
  await new Promise<void>((held) => {
    const hold = () => (held(), new Promise<void>((end) => (free = end)))
    void navigator.locks.request(`${name} owner`, hold)
  })
  const opener = new FakeOpener()
  const opened = open(tab(name, opener))
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(opener.opened).toEqual([])
  free()
  expect((await answerOf(await opened, 'say «yes»', { maxTokens: 9 })).text).toBe('yes')
})

test('three tabs are closed one after the other, and never are two models open', async () => {
  const name = ownName()
  const memory = { open: 0, most: 0 }
  const create = () => new FakeLanguageModel()
  const all = [1, 2, 3].map(() => tab(name, new FakeOpener(create, memory)))
  const models = []
  for (const each of all) models.push(await open(each))
  for (const [at, each] of all.entries()) {
    await expect.poll(() => each.state.where, POLL).toBe('here')
    const last = models.at(-1)!
    expect((await answerOf(last, `say «${at}»`, { maxTokens: 9 })).text).toBe(`${at}`)
    await each.close()
    await expect(answerOf(models[at]!, 'a', { maxTokens: 1 })).rejects.toBeInstanceOf(Interrupted)
  }
  expect(memory).toEqual({ open: 0, most: 1 })
})

test('a model that the next tab cannot open is told to whoever asks it, and to the interface', async () => {
  const name = ownName()
  const owner = mortalTab(name)
  await owner.open('x')
  const told: SharedState[] = []
  const broken = new FakeOpener(() => Promise.reject(new DeviceLost()))
  const second = tab(name, broken, { onState: (state) => told.push(state) })
  const model = await open(second)
  owner.kill()
  await expect
    .poll(() => second.state, POLL)
    .toMatchObject({ where: 'none', failure: expect.any(DeviceLost) as object })
  expect(told.map(({ where, progress }) => [where, progress !== undefined])).toEqual([
    ['elsewhere', false],
    ['here', false],
    ['here', true],
    ['none', false],
  ])
  expect(await failureOf(answerOf(model, 'a', { maxTokens: 1 }))).toBeInstanceOf(DeviceLost)
  const third = tab(name)
  await open(third)
  expect(third.state.where).toBe('here')
})

test('another model takes the place of the first in all tabs, wherever it was asked for', async () => {
  const name = ownName()
  const memory = { open: 0, most: 0 }
  const opener = new FakeOpener(() => new FakeLanguageModel(), memory)
  const [first, second, third] = [tab(name, opener), tab(name), tab(name)]
  const [own, before, bystander] = [await open(first), await open(second), await open(third)]
  const under = failureOf(answerOf(own, PROMPT, { maxTokens: 10_000 }))
  const after = await open(second, Y)
  expect(await under).toBeInstanceOf(Interrupted)
  for (const each of [own, before, bystander])
    expect(await failureOf(answerOf(each, 'a', { maxTokens: 1 }))).toBeInstanceOf(
      each === before ? Interrupted : ModelReplaced,
    )
  expect([first, second, third].map(({ state }) => state.where)).toEqual(['replaced', 'elsewhere', 'replaced'])
  expect((await answerOf(after, 'say «y»', { maxTokens: 9 })).text).toBe('y')
  expect(opener.opened).toEqual(['x', 'y'])
  expect(memory.most).toBe(1)
  await first.close()
  await expect.poll(() => second.state.where, POLL).toBe('here')
  expect((await answerOf(after, 'say «still»', { maxTokens: 9 })).text).toBe('still')
})

test('a tab that is killed in the middle of its answer does not hold up the others', async () => {
  const name = ownName()
  const scripted = new ScriptedModel('word '.repeat(5000), {
    beforePiece: () => new Promise((resolve) => setTimeout(resolve, 2)),
  })
  const owner = tab(name, new FakeOpener(() => scripted))
  const model = await open(owner)
  const visitor = mortalTab(name)
  await visitor.open('x')
  expect(await visitor.api.where()).toBe('elsewhere')
  await visitor.api.begin('a long answer')
  const next = answerOf(model, 'the next', { maxTokens: 2 })
  visitor.kill()
  expect((await next).end.generatedTokens).toBe(2)
  expect(scripted.brokenOff).toBe(1)
})

test('a piece that does not come makes no answer with a hole in it', async () => {
  const name = ownName()
  const [first, second] = [tab(name), tab(name)]
  await open(first)
  const model = await open(second)
  const post = BroadcastChannel.prototype.postMessage
  const lossy = vi.spyOn(BroadcastChannel.prototype, 'postMessage').mockImplementation(function (
    this: BroadcastChannel,
    message: { what: string; at?: number },
  ) {
    if (message.what !== 'piece' || message.at !== 2) post.call(this, message)
  })
  try {
    expect(await failureOf(answerOf(model, 'say «abcdef»', { maxTokens: 9 }))).toBeInstanceOf(Interrupted)
  } finally {
    lossy.mockRestore()
  }
  expect((await answerOf(model, 'say «abcdef»', { maxTokens: 9 })).text).toBe('abcdef')
})
