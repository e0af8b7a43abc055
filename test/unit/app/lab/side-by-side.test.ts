import 'fake-indexeddb/auto'
import { expect, test, vi } from 'vitest'
import { labContext, type LabSource } from '../../../../src/app/lab/context'
import { SideBySide } from '../../../../src/app/lab/side-by-side.svelte'
import { DeviceLost } from '../../../../src/errors'
import { runArms } from '../../../../src/lab/arms/run-arms'
import { defaultSpec, type RunSpec } from '../../../../src/lab/run-spec'
import { openDatabase } from '../../../../src/storage/database'
import { eventsOf, MemoryRunStore, resultsIn } from '../../../fixtures/lab-context'
import { labSource } from '../../../fixtures/lab-page'
import { ReadingModel } from '../../../fixtures/reading-model'

vi.setConfig({ testTimeout: 60_000 })

const QUESTION = 'How many days of paid leave do mechanics have?'
const spec: RunSpec = { ...defaultSpec, adapters: [{ adapter: 'adapter-style@1', strength: 0.5 }] }
const script = (prompt: string) =>
  prompt.includes('Passages') ? 'Mechanics have 27 days of paid leave [1].' : 'Perhaps 12 days.'
const found = () => ['Mechanics have 27 days of paid leave a year.']
const sourceOf = async (model: ReadingModel | undefined, changes: Partial<LabSource> = {}) =>
  labSource(await openDatabase({ name: `side-${crypto.randomUUID()}` }), model, found, changes)
const sideOf = (source: LabSource) => new SideBySide({ context: (set, name) => labContext(source, set, name) })
const states = ({ columns }: SideBySide) => columns.map(({ arm, state }) => `${arm}: ${state}`)

test('all four approaches answer one after the other, the same as a run does', async () => {
  const model = new ReadingModel(script)
  const source = await sourceOf(model)
  const side = sideOf(source)
  side.reference = '27 days'
  await side.ask(QUESTION, spec)
  expect(states(side)).toEqual(['base: done', 'rag: done', 'lora: done', 'lora+rag: done'])
  expect(side.columns[1]!.result).toMatchObject({ passages: ['document/1/0-80'], measures: { containsAnswer: 1 } })
  expect(side.columns[1]!.result!.sentences![0]!.citations[0]).toMatchObject({ marker: 1 })
  const worn = model.options.map(({ adapters }) => adapters?.[0]?.strength)
  expect(worn).toEqual([undefined, undefined, 0.5, 0.5])

  const set = { id: 's', name: '', purpose: 'questions' as const, licence: 'own', created: 0, questions: [side.asked!] }
  const context = { ...labContext(source, set, 'run'), store: new MemoryRunStore() }
  const run = resultsIn(
    await eventsOf(
      runArms({ ...spec, arms: ['base', 'rag', 'lora', 'lora+rag'] }, context, new AbortController().signal),
    ),
  )
  const plain = ({ measures, ...rest }: (typeof run)[0]) => ({
    ...rest,
    run: '',
    measures: { ...measures, milliseconds: 0 },
  })
  expect(side.columns.map(({ result }) => plain(result!))).toEqual(run.map(plain))
})

test('without an adapter the LoRA columns say so, and the others are asked', async () => {
  const model = new ReadingModel(script)
  const side = sideOf(await sourceOf(model))
  await side.ask(QUESTION, { ...spec, adapters: [] })
  expect(states(side)).toEqual(['base: done', 'rag: done', 'lora: without', 'lora+rag: without'])
})

test('without documents the approaches that read them fail with the reason, and the others are asked', async () => {
  const side = sideOf(await sourceOf(new ReadingModel(script), { library: { chosen: [] } }))
  await side.ask(QUESTION, spec)
  expect(states(side)).toEqual(['base: done', 'rag: failed', 'lora: done', 'lora+rag: failed'])
  expect(side.columns[1]!.failure).toEqual({ key: 'invalidRunSpec', params: { reason: 'documents' } })
})

test('stopped, what is answered stays; a new question leaves nothing of the old one', async () => {
  const model = new ReadingModel((prompt) => {
    if (prompt.includes('Passages')) side.stop()
    return script(prompt)
  })
  const side = sideOf(await sourceOf(model))
  await side.ask(QUESTION, spec)
  expect(states(side)).toEqual(['base: done', 'rag: stopped', 'lora: stopped', 'lora+rag: stopped'])
  expect(side.busy).toBe(false)
  const first = side.ask('Who is first?', { ...spec, adapters: [] })
  const second = side.ask(QUESTION, { ...spec, adapters: [] })
  await Promise.all([first, second])
  expect(side.asked!.question).toBe(QUESTION)
})

test('a device that is lost ends all columns that wait, with the reason', async () => {
  const model = new ReadingModel((prompt) => (prompt.includes('Passages') ? [new DeviceLost()] : 'x') as string)
  const side = sideOf(await sourceOf(model))
  await side.ask(QUESTION, spec)
  expect(states(side)).toEqual(['base: done', 'rag: failed', 'lora: failed', 'lora+rag: failed'])
  expect(side.columns[3]!.failure).toMatchObject({ key: 'deviceLost' })
})

test('without a model every column says so', async () => {
  const side = sideOf(await sourceOf(undefined))
  await side.ask(QUESTION, spec)
  expect(new Set(side.columns.map(({ failure }) => failure?.params['reason']))).toEqual(new Set(['none']))
})
