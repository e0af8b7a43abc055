import { expect, test, vi } from 'vitest'
import type { Answerer } from '../../../src/answering/answerer'
import { Announcer } from '../../../src/app/announcer.svelte'
import type { Search } from '../../../src/app/asking.svelte'
import { Conversation } from '../../../src/app/conversation.svelte'
import { Library } from '../../../src/app/library.svelte'
import { Notices } from '../../../src/app/notices.svelte'
import type { AnswerSentence } from '../../../src/domain'
import { Interrupted } from '../../../src/errors'
import type { Database } from '../../../src/storage/database'
import { commitDocument } from '../../../src/storage/documents'
import { listTurns } from '../../../src/storage/turns'
import { deferred, temporaryDatabase, withCollections } from '../storage/fixtures'
import { prepare } from '../storage/prepared'

const coverage = { passagesRead: 1, passagesSearched: 6, documentsRead: 1, documentsSearched: 2 }
const find: Search = async () => ({ evidence: [], coverage })

const sentence = (text: string): AnswerSentence => ({ text, marks: [], citations: [] })

/** Says each of `texts`, waiting for `gate` before the last one. */
function speaker(texts: string[], gate?: Promise<unknown>): Answerer {
  return {
    name: 'speaker',
    async *answer(request, signal) {
      const sentences: AnswerSentence[] = []
      for (const [index, text] of texts.entries()) {
        if (index === texts.length - 1) await gate
        signal.throwIfAborted()
        sentences.push(sentence(text))
        yield { type: 'sentence', sentence: sentence(text) }
      }
      const rest = { refused: false, nearest: [], coverage: request.coverage, answerer: 'speaker', elapsed: 1 }
      yield { type: 'answer', answer: { sentences, ...rest } }
    },
  }
}

async function open(db: Database, answerer: Answerer, search: Search = find) {
  const [announcer, notices] = [new Announcer(), new Notices()]
  const library = new Library(db, () => Promise.reject(new Interrupted()), notices, announcer)
  await library.load()
  const conversation = new Conversation({
    db,
    library,
    understand: (turn) => Promise.resolve({ text: turn.question }),
    search,
    answerer: () => answerer,
    announcer,
    notices,
  })
  await conversation.load()
  return { conversation, library, announcer, notices }
}

async function database(): Promise<Database> {
  const db = await temporaryDatabase()
  await withCollections(db, 'one', 'two')
  await commitDocument(db, prepare('a'))
  await commitDocument(db, prepare('b'))
  return db
}

test('a question is answered, announced sentence by sentence, and kept', async () => {
  const db = await database()
  const { conversation, announcer } = await open(db, speaker(['二十七日です。', '繰り越せます。']))
  await conversation.ask('  有給休暇は何日ですか。 ')
  expect(conversation.asking).toBeUndefined()
  expect(conversation.turns[0]).toMatchObject({
    question: '有給休暇は何日ですか。',
    language: 'ja',
    answer: { sentences: [{ text: '二十七日です。' }, { text: '繰り越せます。' }], coverage },
  })
  expect(announcer.messages.map((message) => message.text)).toEqual([
    '二十七日です。',
    '繰り越せます。',
    'Answer finished, 0 citations.',
  ])
  expect(announcer.messages[0]?.lang).toBe('ja')

  const { conversation: reloaded } = await open(db, speaker([]))
  expect(reloaded.turns).toEqual(conversation.turns)
})

test('sentences are shown as they come, and stopping keeps them', async () => {
  const db = await database()
  const gate = deferred<void>()
  const { conversation } = await open(db, speaker(['First.', 'Second.'], gate.promise))
  const asked = conversation.ask('What?')
  await vi.waitFor(() => expect(conversation.asking?.sentences).toHaveLength(1))
  conversation.stop()
  gate.resolve()
  await asked
  const [turn] = await listTurns(db, 'one')
  expect(turn).toMatchObject({ stopped: true, answer: { sentences: [{ text: 'First.' }], coverage } })
})

test('a question stopped before anything came is kept without an answer', async () => {
  const db = await database()
  const search: Search = (_request, signal) =>
    new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  const { conversation } = await open(db, speaker([]), search)
  const asked = conversation.ask('What?')
  await vi.waitFor(() => expect(conversation.asking).toBeDefined())
  conversation.stop()
  await asked
  expect(await listTurns(db, 'one')).toMatchObject([{ question: 'What?', stopped: true }])
  expect(conversation.turns[0]?.answer).toBeUndefined()
})

test('the newest question wins', async () => {
  const db = await database()
  const gate = deferred<void>()
  const { conversation } = await open(db, speaker(['One.', 'Two.'], gate.promise))
  const first = conversation.ask('first?')
  await vi.waitFor(() => expect(conversation.asking?.sentences).toHaveLength(1))
  const second = conversation.ask('second?')
  gate.resolve()
  await Promise.all([first, second])
  expect(conversation.turns.map((turn) => [turn.question, turn.stopped ?? false])).toEqual([
    ['first?', true],
    ['second?', false],
  ])
})

test('a failure says so, and the question can be asked again', async () => {
  const db = await database()
  let dead = true
  const search: Search = async () => {
    if (dead) throw new Interrupted()
    return { evidence: [], coverage }
  }
  const { conversation } = await open(db, speaker(['Yes.']), search)
  await conversation.ask('What?')
  const [turn] = conversation.turns
  expect(conversation.failures.get(turn!.id)).toBeInstanceOf(Interrupted)
  dead = false
  await conversation.ask(turn!.question)
  expect(conversation.turns.at(-1)?.answer?.sentences).toHaveLength(1)
})

test('a question looks only at the documents whose box is ticked, and needs one', async () => {
  const db = await database()
  const looked: string[][] = []
  const search: Search = async ({ documents }) => {
    looked.push(documents)
    return { evidence: [], coverage }
  }
  const { conversation, library } = await open(db, speaker(['Yes.']), search)
  const [a, b] = library.documents.map((document) => document.hash)
  await library.choose([a!], false)
  await conversation.ask('What?')
  expect(looked).toEqual([[b]])
  expect(conversation.turns[0]?.documents).toEqual([b])

  await library.choose([b!], false)
  expect(conversation.ready).toBe(false)
  await conversation.ask('And now?')
  expect(conversation.turns).toHaveLength(1)
})

test('each collection has its own history', async () => {
  const db = await database()
  const { conversation, library } = await open(db, speaker(['Yes.']))
  await conversation.ask('What?')
  await library.select('two')
  await conversation.refresh()
  expect(conversation.turns).toEqual([])
  await library.select('one')
  await conversation.refresh()
  expect(conversation.turns).toHaveLength(1)
})

test('a question that was removed comes back with undo', async () => {
  const db = await database()
  const { conversation, notices } = await open(db, speaker(['Yes.']))
  await conversation.ask('What?')
  const [turn] = conversation.turns
  await conversation.remove(turn!)
  expect(conversation.turns).toEqual([])
  expect(await listTurns(db, 'one')).toEqual([])
  notices.list.at(-1)?.action?.run()
  await vi.waitFor(() => expect(conversation.turns).toEqual([turn]))
})
