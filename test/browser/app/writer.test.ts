import { expect, test, vi } from 'vitest'
import { Announcer } from '../../../src/app/announcer.svelte'
import type { Search } from '../../../src/app/asking.svelte'
import { Conversation } from '../../../src/app/conversation.svelte'
import { Library } from '../../../src/app/library.svelte'
import { Notices } from '../../../src/app/notices.svelte'
import { Writer, type WriterOwner } from '../../../src/app/writer.svelte'
import type { Evidence } from '../../../src/domain'
import { catalogue, type LlmEntry } from '../../../src/engines/llm/catalogue'
import { DeviceLost, Interrupted, InvalidTemplate, ModelUnusable } from '../../../src/errors'
import { errorText } from '../../../src/i18n/i18n.svelte'
import type { Database } from '../../../src/storage/database'
import { commitDocument } from '../../../src/storage/documents'
import { getPassages } from '../../../src/storage/passages'
import { getSetting, getSummary, saveSummary } from '../../../src/storage/settings'
import { deleteTurn, saveTurn } from '../../../src/storage/turns'
import { tinyLlm } from '../../fixtures/tiny-llm'
import { ScriptedModel, type Script, type ScriptedOptions } from '../../fixtures/scripted-model'
import { temporaryDatabase, withCollections } from '../storage/fixtures'
import { prepare } from '../storage/prepared'

const [entry] = catalogue
const coverage = { passagesRead: 1, passagesSearched: 6, documentsRead: 1, documentsSearched: 1 }

/** A page's worth of parts around a model that says what it is told to. */
async function open(script: Script | string, options: ScriptedOptions = {}, owner: Partial<WriterOwner> = {}) {
  const db = await temporaryDatabase()
  await withCollections(db, 'one')
  await commitDocument(db, prepare('a'))
  const model = new ScriptedModel(script, options)
  const close = vi.fn(() => Promise.resolve())
  const writer = new Writer(db, { open: () => Promise.resolve({ model, passedOver: [] }), close, ...owner })
  await writer.load()
  const [announcer, notices] = [new Announcer(), new Notices()]
  const library = new Library(db, () => Promise.reject(new Interrupted()), notices, announcer)
  await library.load()
  const conversation = new Conversation({
    db,
    library,
    understand: (turn) => Promise.resolve({ text: turn.question }),
    search: await searchOf(db),
    answerer: (told, wish) => writer.answerer(told, wish),
    wholeReader: (task, documents) => writer.wholeReader(task, documents),
    announcer,
    notices,
  })
  await conversation.load()
  return { db, model, writer, close, conversation, library }
}

/** Finds the first passage, whatever is asked. */
async function searchOf(db: Database): Promise<Search> {
  const [passage] = await getPassages(db, (await db.getAllKeys('documents'))[0]!)
  const evidence: Evidence[] = [
    { passage: passage!, documentName: 'a.pdf', rank: 1, score: 9, termCoverage: 1, matches: [] },
  ]
  return () => Promise.resolve({ evidence, coverage })
}

test('without a model answers are quoted; with one it writes, signed with its name; put aside, they are quoted again', async () => {
  const { writer, conversation, close } = await open('Something is said [1].')
  await writer.setStrict(false)
  await conversation.ask('What is said?')
  expect(conversation.turns.at(-1)?.answer?.answerer).toBe('quote')
  await writer.model.choose(entry)
  expect(writer.ready?.id).toBe('scripted')
  await conversation.ask('What is said?')
  const written = conversation.turns.at(-1)!.answer!
  expect(written).toMatchObject({
    answerer: 'Scripted model',
    model: 'scripted',
    sentences: [{ text: 'Something is said.' }],
  })
  expect(written.prompt).toMatchObject({ limit: 4096, passages: 1 })
  expect(written.generation?.tokensPerSecond).toBeGreaterThan(0)
  await conversation.ask('What is said?', { by: 'quote' })
  expect(conversation.turns.at(-1)?.answer?.answerer).toBe('quote')
  await writer.model.choose(undefined)
  expect(close).toHaveBeenCalled()
  await conversation.ask('What is said?')
  expect(conversation.turns.at(-1)?.answer?.answerer).toBe('quote')
})

test('a device that is lost in the middle keeps what was said, and the next question is answered', async () => {
  let lost = true
  const { writer, conversation } = await open(() =>
    lost ? ['The first sentence is here. And the sec', new DeviceLost()] : 'All is well [1].',
  )
  await writer.setStrict(false)
  await writer.model.choose(entry)
  await conversation.ask('What is said?')
  const turn = conversation.turns.at(-1)!
  expect(turn.answer?.sentences[0]?.text).toBe('The first sentence is here.')
  expect(conversation.failures.get(turn.id)).toBeInstanceOf(DeviceLost)
  expect(errorText(conversation.failures.get(turn.id)!)).toMatch(/in the middle of the answer.*Ask again/)
  lost = false
  await conversation.ask('What is said?')
  expect(conversation.turns.at(-1)?.answer?.sentences[0]?.text).toBe('All is well.')
})

test('an answer that is cut off because its model is gone says so, and not that a file was', async () => {
  const { writer, conversation } = await open(() => ['The first sentence is here. And', new Interrupted()])
  await writer.setStrict(false)
  await writer.model.choose(entry)
  await conversation.ask('What is said?')
  const turn = conversation.turns.at(-1)!
  expect(turn.answer?.sentences[0]?.text).toBe('The first sentence is here.')
  expect(errorText(conversation.failures.get(turn.id)!)).toMatch(/^The answer was cut off/)
})

test('what the model’s own tokenizer would take for its marks does not come into a prompt out of a question', async () => {
  const { writer, conversation, model } = await open('Something is said [1].', { controlTokens: ['<odd mark>'] })
  await writer.setStrict(false)
  await writer.model.choose(entry)
  await conversation.ask('What is <odd mark>said?')
  const prompts = JSON.stringify(model.asked)
  expect(prompts).toContain('said?')
  expect(prompts).not.toContain('<odd mark>')
})

test('stopped in the middle of a sentence, what was read of it stays', async () => {
  const stopping: { stop?: () => void } = {}
  const { writer, conversation } = await open('One two three four five six seven eight nine ten.', {
    beforePiece: (index) => (index === 8 ? stopping.stop?.() : undefined),
  })
  stopping.stop = () => conversation.stop()
  await writer.setStrict(false)
  await writer.model.choose(entry)
  await conversation.ask('What is said?')
  const turn = conversation.turns.at(-1)!
  expect(turn.stopped).toBe(true)
  expect(turn.answer?.answerer).toBe('Scripted model')
  expect(turn.answer?.sentences.at(-1)?.text).toMatch(/^One two .*…$/)
})

test('earlier turns are told, and what no longer fits goes into a summary that is kept until one of them is removed', async () => {
  const things = ['apples', 'rivers', 'clocks', 'roads', 'letters', 'lamps', 'houses', 'birds']
  const long = things.map((thing) => `Much is said of ${thing} there, and at length.`).join(' ')
  const script: Script = (prompt) => (prompt.includes('keep notes') ? 'They spoke of things.' : long)
  const { db, writer, conversation, model } = await open(script, { contextTokens: 900 })
  await writer.setStrict(false)
  await writer.model.choose(entry)
  for (let count = 0; count < 4; count++) await conversation.ask(`Question number ${count} of many?`)
  await vi.waitFor(async () => expect(await getSummary(db, 'one')).toMatchObject({ text: 'They spoke of things.' }))
  const last = model.asked.at(-1)!
  expect(last.map(({ content }) => content).join('\n')).toContain('They spoke of things.')
  await deleteTurn(db, conversation.turns[0]!.id)
  expect(await getSummary(db, 'one')).toBeUndefined()
})

test('a summary of a turn that is gone is not kept', async () => {
  const { db, conversation } = await open('')
  await conversation.ask('What is said?')
  const [turn] = conversation.turns
  await saveTurn(db, turn!)
  const summary = { collection: 'one', turns: [turn!.id], text: 'said' }
  await saveSummary(db, { ...summary, turns: [turn!.id, 'gone'] })
  expect(await getSummary(db, 'one')).toBeUndefined()
  await saveSummary(db, summary)
  expect(await getSummary(db, 'one')).toEqual(summary)
})

test('every passage is read for a list, without a search, and the answer says so', async () => {
  const { db, writer, conversation, model } = await open('- A thing [1]')
  await writer.model.choose(entry)
  const passages = await getPassages(db, (await db.getAllKeys('documents'))[0]!)
  await conversation.ask('List all things.', { whole: 'list' })
  const turn = conversation.turns.at(-1)!
  expect(turn.answer?.coverage).toMatchObject({ passagesRead: passages.length, passagesSearched: passages.length })
  expect(turn.answer?.answerer).toBe('Scripted model')
  expect(conversation.evidence.get(turn.id)).toBeUndefined()
  expect(model.asked.length).toBeGreaterThan(0)
})

test('a model that cannot be opened says why, and answers are quoted', async () => {
  const { writer, conversation } = await open(
    '',
    {},
    { open: () => Promise.reject(new ModelUnusable({ detail: 'no' })) },
  )
  await writer.model.choose(entry)
  expect(writer.model.failure).toBeInstanceOf(ModelUnusable)
  expect(writer.ready).toBeUndefined()
  await conversation.ask('What is said?')
  expect(conversation.turns.at(-1)?.answer?.answerer).toBe('quote')
})

test('a build that was passed over is told of', async () => {
  const model = new ScriptedModel('')
  const opened = { model, passedOver: [{ reason: 'differs' as const }] }
  const { writer } = await open('', {}, { open: () => Promise.resolve(opened) })
  await writer.model.choose(entry)
  expect(writer.model.opened).toMatchObject({ plan: { device: 'wasm' }, fallback: { reason: 'differs' } })
})

test('a model of one’s own is remembered with its entry, and forgotten', async () => {
  const { db, writer } = await open('')
  await writer.add(tinyLlm)
  await writer.model.choose(tinyLlm)
  const next = new Writer(db, {
    open: () => Promise.resolve({ model: new ScriptedModel(''), passedOver: [] }),
    close: () => Promise.resolve(),
  })
  await next.load()
  expect(next.own).toEqual([tinyLlm])
  await vi.waitFor(() => expect(next.model.state).toBe('ready'))
  await writer.forget('tiny-llm@1')
  expect(await getSetting(db, 'ownLlms')).toBeUndefined()
})

test('a prompt text of one’s own is checked, kept, used, and given up; one that is no use any more is left out', async () => {
  const { db, writer, conversation, model } = await open('Yes [1].')
  const { texts } = writer
  await expect(texts.set('en', 'open.user', 'Question: {question}')).rejects.toThrow(InvalidTemplate)
  await texts.set('en', 'open.user', 'MINE {passages} {question}')
  expect((await getSetting(db, 'templates'))?.en).toEqual({ 'open.user': 'MINE {passages} {question}' })
  await writer.setStrict(false)
  await writer.model.choose(entry)
  await conversation.ask('What is said?')
  expect(model.asked.at(-1)?.at(-1)?.content).toMatch(/^MINE /)
  await texts.reset('en', 'open.user')
  expect(texts.isOwn('en', 'open.user')).toBe(false)
  await db.put('settings', { en: { 'open.user': 'nothing', gone: 'x' } }, 'templates')
  await texts.load()
  expect(texts.isOwn('en', 'open.user')).toBe(false)
})

test('a narrow model comes with the page: opened without being asked for, asked only when wished for, and with its own texts', async () => {
  const narrow: LlmEntry = {
    ...entry!,
    servedFrom: 'models/starter/tiny/',
    narrow: { passages: 4, passageTokens: 120 },
    templates: {
      en: { 'strict.system': '', passage: '[{number}] {text}', 'strict.user': '{passages}\n\nQuestion: {question}' },
      ja: {},
    },
  }
  const brought: string[] = []
  const db = await temporaryDatabase()
  await withCollections(db, 'one')
  await commitDocument(db, prepare('a'))
  const model = new ScriptedModel('Something is said [1].', {})
  const owner: WriterOwner = { open: () => Promise.resolve({ model, passedOver: [] }), close: () => Promise.resolve() }
  const served = {
    first: () => narrow,
    bring: ({ id }: LlmEntry) => Promise.resolve(void brought.push(id)),
  }
  const writer = new Writer(db, owner, { served })
  await writer.load()
  await expect.poll(() => writer.ready?.id).toBe('scripted')
  expect(brought).toEqual([narrow.id])
  expect(writer.general).toBeUndefined()
  const told = { collection: 'one', turns: [] }
  expect(writer.answerer(told).name).toBe('quote')
  expect(writer.answerer(told, { by: 'model' }).name).toBe('Scripted model')
  expect(writer.wholeReader('summary', [])).toBeUndefined()
  const { evidence } = await (
    await searchOf(db)
  )({ question: '', documents: [], limit: 1 }, new AbortController().signal)
  const request = { question: 'What is said?', language: 'en' as const, evidence, coverage }
  const { signal } = new AbortController()
  for await (const event of writer.answerer(told, { by: 'model' }).answer(request, signal)) void event
  expect(model.asked.at(-1)).toEqual([
    { role: 'user', content: expect.stringMatching(/^\[1\] [^"]+\n\nQuestion: What is said\?$/) as string },
  ])
  await writer.model.choose(undefined)
  const again = new Writer(db, owner, { served })
  await again.load()
  expect(again.model.chosen).toBeUndefined()
})
