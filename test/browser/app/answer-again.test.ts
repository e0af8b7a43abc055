import { expect, test, vi } from 'vitest'
import { Announcer } from '../../../src/app/announcer.svelte'
import type { Search } from '../../../src/app/asking.svelte'
import { Conversation } from '../../../src/app/conversation.svelte'
import { Library } from '../../../src/app/library.svelte'
import { Notices } from '../../../src/app/notices.svelte'
import { Understanding } from '../../../src/app/understanding.svelte'
import { Writer } from '../../../src/app/writer.svelte'
import type { AnswerAdapter, Evidence } from '../../../src/domain'
import { catalogue } from '../../../src/engines/llm/catalogue'
import { AdapterUnusable, EvidenceGone, Interrupted } from '../../../src/errors'
import { commitDocument, removeFromCollection } from '../../../src/storage/documents'
import { getPassages } from '../../../src/storage/passages'
import { getSummary } from '../../../src/storage/settings'
import { deleteTurn, listTurns } from '../../../src/storage/turns'
import { ScriptedModel, type Script, type ScriptedOptions } from '../../fixtures/scripted-model'
import { temporaryDatabase, withCollections } from '../storage/fixtures'
import { hashOf, prepare } from '../storage/prepared'

const [entry] = catalogue
const coverage = { passagesRead: 1, passagesSearched: 6, documentsRead: 1, documentsSearched: 1 }
const gozaru: AnswerAdapter = { adapter: 'adapter-gozaru@1', name: 'Gozaru', kind: 'style', strength: 0.5 }
const used = [{ adapter: 'adapter-gozaru@1', strength: 0.5 }]

/** Says another thing where it wears an adapter. */
const dressed: Script = (_prompt, _messages, options) =>
  options?.adapters ? 'So it is, de gozaru [1].' : 'So it is [1].'

/** A page's worth of parts, on which an adapter is on, around a model that says what it is told to. */
async function open(script: Script = dressed, options: ScriptedOptions = {}) {
  const db = await temporaryDatabase()
  await withCollections(db, 'one')
  await commitDocument(db, prepare('a'))
  const model = new ScriptedModel(script, { effect: 'exact', ...options })
  const owner = { open: () => Promise.resolve({ model, passedOver: [] }), close: () => Promise.resolve() }
  const on: { adapters: AnswerAdapter[] } = { adapters: [gozaru] }
  const writer = new Writer(db, owner, { adapters: () => on.adapters })
  await writer.load()
  await writer.setStrict(false)
  await writer.model.choose(entry)
  const [announcer, notices] = [new Announcer(), new Notices()]
  const library = new Library(db, () => Promise.reject(new Interrupted()), notices, announcer)
  await library.load()
  const [passage] = await getPassages(db, hashOf('a'))
  const evidence: Evidence[] = [
    { passage: passage!, documentName: 'a.pdf', rank: 1, score: 9, termCoverage: 1, matches: [[0, 4]] },
  ]
  const search = vi.fn<Search>(() => Promise.resolve({ evidence, coverage }))
  const understanding = new Understanding(db, () => writer.ready)
  const conversation = new Conversation({
    db,
    library,
    understand: ({ question, language }, turns, signal) => understanding.standalone(question, language, turns, signal),
    search,
    answerer: (told, wish) => writer.answerer(told, wish),
    wholeReader: (task, documents) => writer.wholeReader(task, documents),
    announcer,
    notices,
  })
  await conversation.load()
  const last = () => conversation.turns.at(-1)!
  return { db, model, writer, conversation, notices, search, on, last }
}

test('the same question is answered again from the same passages and the same prompt: only the adapter differs', async () => {
  const { db, conversation, model, search, last } = await open()
  await conversation.ask('What is on the page?')
  expect(last().answer).toMatchObject({ answerer: 'Scripted model', adapters: [gozaru] })
  await conversation.answerAgain(last(), [])
  expect(search, 'nothing is searched anew').toHaveBeenCalledOnce()
  expect(model.asked).toHaveLength(2)
  expect(model.asked[1]).toEqual(model.asked[0])
  expect(model.options.map(({ adapters }) => adapters)).toEqual([used, undefined])
  const [alternative] = last().alternatives!
  expect(alternative?.answer?.sentences[0]?.text).toBe('So it is.')
  expect(alternative?.answer).not.toHaveProperty('adapters')
  expect(alternative?.answer?.prompt).toEqual(last().answer?.prompt)
  expect(alternative?.answer?.generation?.generatedTokens).toBeGreaterThan(0)
  expect(alternative?.answer?.sentences[0]?.citations).toEqual(last().answer?.sentences[0]?.citations)
  expect(conversation.asking).toBeUndefined()
  expect(await listTurns(db, 'one'), 'kept in the history').toEqual([last()])
})

test('a narrow model, which quotations are preferred to, is asked again without adapters too', async () => {
  const { writer, conversation, on, last } = await open()
  await writer.model.choose({ ...entry!, narrow: { passages: 4, passageTokens: 120 } })
  expect(writer.usual).toBe('model')
  await conversation.ask('What is on the page?')
  await conversation.answerAgain(last(), [])
  await expect
    .poll(() => last().alternatives)
    .toMatchObject([{ answer: { model: 'scripted', sentences: [{ text: 'So it is.' }] } }])
  on.adapters = []
  expect(writer.usual).toBe('quote')
  await conversation.ask('What is on the page?')
  expect(last().answer?.answerer).toBe('quote')
})

test('the turn keeps its place while its question is answered again, and later turns are not told', async () => {
  const seen: string[][] = []
  const parts = await open(dressed, {
    beforePiece: () => void seen.push(parts.conversation.turns.map(({ question }) => question)),
  })
  const { conversation, model } = parts
  await conversation.ask('What is on the first page?')
  await conversation.ask('What is on the second page?')
  seen.length = 0
  await conversation.answerAgain(conversation.turns[0]!, [])
  expect(seen[0]).toEqual(['What is on the first page?', 'What is on the second page?'])
  expect(model.asked.at(-1)).toEqual(model.asked[0])
})

test('stopped, it keeps what was said and the answer that there was; stopped before that, it leaves nothing', async () => {
  const at = { piece: Infinity }
  const parts = await open(dressed, {
    beforePiece: (index) => (index === at.piece ? parts.conversation.stop() : undefined),
  })
  const { conversation, last } = parts
  await conversation.ask('What is on the page?')
  at.piece = 3
  await conversation.answerAgain(last(), [])
  expect(last().alternatives).toMatchObject([{ stopped: true, answer: { model: 'scripted' } }])
  expect(last().alternatives?.[0]?.answer?.sentences[0]?.text).toMatch(/^So.*…$/)
  expect(last()).toMatchObject({ answer: { adapters: [gozaru] } })
  expect(last().stopped).toBeUndefined()
  at.piece = 0
  await conversation.answerAgain(last(), [])
  expect(last().alternatives).toHaveLength(1)
})

test('what was stopped says with which adapters it was begun', async () => {
  const parts = await open(dressed, {
    beforePiece: (index) => (index === 3 ? parts.conversation.stop() : undefined),
  })
  await parts.conversation.ask('What is on the page?')
  expect(parts.last()).toMatchObject({ stopped: true, answer: { model: 'scripted', adapters: [gozaru] } })
})

test('an adapter that turns out not to fit costs its answer and no other', async () => {
  const refusing: Script = (prompt, messages, options) =>
    options?.adapters?.[0]?.strength === 1
      ? [new AdapterUnusable({ adapter: 'gozaru', detail: 'shape' })]
      : dressed(prompt, messages, options)
  const { conversation, last, db } = await open(refusing)
  await conversation.ask('What is on the page?')
  await conversation.answerAgain(last(), [{ ...gozaru, strength: 1 }])
  const [failed] = last().alternatives!
  expect(failed).not.toHaveProperty('answer')
  expect(conversation.failures.get(failed!.id)).toBeInstanceOf(AdapterUnusable)
  expect(conversation.failures.get(last().id)).toBeUndefined()
  expect((await listTurns(db, 'one'))[0]?.answer?.adapters).toEqual([gozaru])
})

test('an answer is removed alone, and comes back where that was a slip', async () => {
  const { conversation, last, notices, db } = await open()
  await conversation.ask('What is on the page?')
  await conversation.answerAgain(last(), [])
  await conversation.answerAgain(last(), [{ ...gozaru, strength: 1 }])
  const [first, second] = last().alternatives!
  await conversation.removeAlternative(last(), first!)
  expect(last().alternatives?.map(({ id }) => id)).toEqual([second!.id])
  expect((await listTurns(db, 'one'))[0]?.alternatives).toHaveLength(1)
  notices.list.at(-1)?.action?.run()
  await vi.waitFor(() => expect(last().alternatives?.map(({ id }) => id)).toEqual([first!.id, second!.id]))
  await conversation.removeAlternative(last(), first!)
  await conversation.removeAlternative(last(), second!)
  expect(last(), 'the last one leaves nothing').not.toHaveProperty('alternatives')
})

test('a turn that is removed while it is answered again does not come back', async () => {
  const parts = await open(dressed, {
    beforePiece: async () => {
      if (parts.model.asked.length === 2) await deleteTurn(parts.db, parts.id)
    },
  }).then((opened) => ({ ...opened, id: '' }))
  await parts.conversation.ask('What is on the page?')
  parts.id = parts.last().id
  await parts.conversation.answerAgain(parts.last(), [])
  expect(await listTurns(parts.db, 'one')).toEqual([])
})

test('passages that are gone are not replaced by others', async () => {
  const { db, conversation, last, model } = await open((prompt, messages, options) =>
    options?.adapters ? 'It is nice there.' : dressed(prompt, messages, options),
  )
  await conversation.ask('What is on the page?')
  const turn = last()
  expect(turn.evidence).toMatchObject([{ document: hashOf('a'), documentName: 'a.pdf', matches: [[0, 4]] }])
  await removeFromCollection(db, hashOf('a'), 'one')
  const [left] = await listTurns(db, 'one')
  expect(left, 'the answer quoted nothing of it and stays; the way back to the passage goes').toBeDefined()
  expect(JSON.stringify(left)).not.toContain(hashOf('a'))
  // Another tab may still show the turn as it was.
  await conversation.answerAgain(turn, [])
  expect(model.asked).toHaveLength(1)
  expect([...conversation.failures.values()]).toEqual([expect.any(EvidenceGone)])
})

test('questions are rewritten and turns summarised without adapters, and answering again keeps no summary', async () => {
  const things = ['apples', 'rivers', 'clocks', 'roads', 'letters', 'lamps', 'houses', 'birds']
  const long = things.map((thing) => `Much is said of ${thing} there, and at length.`).join(' ')
  const script: Script = (prompt) =>
    prompt.includes('keep notes') ? 'They spoke of things.' : prompt.includes('rewrite a question') ? 'And what?' : long
  const { db, conversation, model } = await open(script, { contextTokens: 900 })
  for (let count = 0; count < 4; count++) await conversation.ask(`Question number ${count} of many?`)
  await conversation.ask('And for it?')
  const asked = model.asked.map(([system], at) => ({ system: system!.content, adapters: model.options[at]!.adapters }))
  const helpers = asked.filter(({ system }) => /keep notes|rewrite a question/.test(system))
  expect(new Set(helpers.map(({ system }) => /keep notes|rewrite/.exec(system)?.[0]))).toEqual(
    new Set(['keep notes', 'rewrite']),
  )
  expect(helpers.filter(({ adapters }) => adapters)).toEqual([])
  expect(asked.filter((one) => !helpers.includes(one)).every(({ adapters }) => adapters)).toBe(true)
  const kept = await getSummary(db, 'one')
  expect(kept).toBeDefined()
  await conversation.answerAgain(conversation.turns[2]!, [])
  expect(await getSummary(db, 'one')).toEqual(kept)
})

test('what is read from beginning to end is written with the adapters too', async () => {
  const { conversation, model, last } = await open(() => '- A thing [1]')
  await conversation.ask('List all things.', { whole: 'list' })
  expect(model.options[0]?.adapters).toEqual(used)
  expect(last().answer?.adapters).toEqual([gozaru])
  expect(last(), 'it was not found, so it is not found again').not.toHaveProperty('evidence')
})

test('the trace says by whom and with what the question was answered', async () => {
  const { conversation, last, search } = await open()
  const trace = { version: 1, question: 'x' } as never
  search.mockImplementationOnce(async (request, signal) => ({ ...(await search(request, signal)), trace }))
  await conversation.ask('What is on the page?')
  expect(conversation.traces.get(last().id)?.answered).toMatchObject({
    answerer: 'Scripted model',
    model: 'scripted',
    adapters: [gozaru],
    generation: { firstToken: 20 },
  })
})
