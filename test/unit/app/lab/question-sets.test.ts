import 'fake-indexeddb/auto'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { Announcer } from '../../../../src/app/announcer.svelte'
import { Lab } from '../../../../src/app/lab/lab.svelte'
import { LabQuestions } from '../../../../src/app/lab/lab-questions.svelte'
import { countsOf } from '../../../../src/app/lab/question-sets.svelte'
import { Notices } from '../../../../src/app/notices.svelte'
import type { LanguageModel } from '../../../../src/engines/llm/language-model'
import type { Citation } from '../../../../src/domain'
import { openDatabase } from '../../../../src/storage/database'
import { commitDocument } from '../../../../src/storage/documents'
import { listQuestionSets, saveQuestionSet } from '../../../../src/storage/lab'
import { hashOf, prepare } from '../../../browser/storage/prepared'
import { choiceQuestion, openQuestion, questionSet } from '../../../fixtures/lab-questions'
import { ScriptedModel } from '../../../fixtures/scripted-model'

const block = (question: string, right: string) =>
  [`Q: ${question}`, `A: ${right}`, 'B: one thing', 'C: two things', 'D: three things'].join('\n')
const address = { document: hashOf('a'), page: 2, start: 0, end: 12 }

let count = 0
let notices: Notices
let shown: Citation[]
let model: LanguageModel | undefined

async function open() {
  const db = await openDatabase({ name: `lab-questions-${++count}` })
  await db.put('collections', { id: 'one', name: 'one', created: 0 })
  await commitDocument(db, prepare('a'))
  const lab = new Lab(db)
  notices = new Notices()
  shown = []
  const search = vi.fn(() => Promise.reject(new Error('not searched')))
  const questions = new LabQuestions({
    lab,
    notices,
    announcer: new Announcer(),
    model: () => model,
    search,
    show: (citation) => shown.push(citation),
  })
  await lab.load()
  return { db, lab, questions, sets: questions.sets, search }
}

beforeEach(() => {
  model = undefined
})

const described = { name: 'Mine', purpose: 'questions', licence: 'own' } as const
const press = () => notices.list.at(-1)!.action!.run()

describe('a question set', () => {
  test('is made, described anew, copied with its licence, and kept each time', async () => {
    const { db, sets } = await open()
    const made = await sets.create(described, [choiceQuestion('1')])
    expect(sets.open).toMatchObject({ ...described, id: made!.id })
    const guard = { name: 'Guard', purpose: 'guard', licence: 'CC BY 4.0', attribution: 'Someone' } as const
    await sets.describe(made!.id, guard)
    const copy = await sets.copy(sets.open!)
    expect(sets.open).toMatchObject({ ...guard, name: 'Guard (copy)', questions: [{ id: '1' }] })
    expect(copy!.id).not.toBe(made!.id)
    expect(await listQuestionSets(db)).toEqual([...sets.own])
    await sets.describe(made!.id, { ...guard, attribution: '' })
    expect(sets.own.find(({ id }) => id === made!.id)).not.toHaveProperty('attribution')
  })

  test('that was deleted comes back whole', async () => {
    const { db, sets } = await open()
    const made = await sets.create(described, [openQuestion('1')])
    await sets.remove(made!)
    expect(sets.open).toBeUndefined()
    expect(await listQuestionSets(db)).toEqual([])
    press()
    await vi.waitFor(async () => expect(await listQuestionSets(db)).toEqual([made]))
    expect(sets.own).toEqual([made])
  })

  test('comes with the app and is no one’s to change: a copy is', async () => {
    const { sets } = await open()
    await sets.loadBundled()
    expect(sets.bundled).toHaveLength(4)
    sets.openId = 'general-ja'
    expect(sets.isOwn).toBe(false)
    expect(await sets.put('general-ja', choiceQuestion('x'))).toBe(false)
    await sets.copy(sets.open!)
    expect(sets.isOwn).toBe(true)
    expect(sets.open!.questions).toEqual(sets.bundled.find(({ id }) => id === 'general-ja')!.questions)
  })

  test('changed here and elsewhere at once loses neither change', async () => {
    const { db, sets } = await open()
    const { id } = (await sets.create(described))!
    // Another tab, of which this one has not heard yet.
    await saveQuestionSet(db, { ...sets.open!, questions: [choiceQuestion('theirs')] })
    await Promise.all([sets.put(id, choiceQuestion('1')), sets.put(id, openQuestion('2'))])
    expect(sets.open!.questions.map((one) => one.id)).toEqual(['theirs', '1', '2'])
  })

  test('gives a deleted question back in its place', async () => {
    const { sets } = await open()
    const questions = ['1', '2', '3'].map((id) => choiceQuestion(id))
    const { id } = (await sets.create(described, questions))!
    await sets.removeQuestion(id, questions[1]!)
    expect(sets.open!.questions.map((one) => one.id)).toEqual(['1', '3'])
    press()
    await vi.waitFor(() => expect(sets.open!.questions).toEqual(questions))
  })

  test('is counted by state and kind', () => {
    const set = questionSet([
      choiceQuestion('1', { state: 'draft' }),
      choiceQuestion('2', { state: 'rejected' }),
      openQuestion('3'),
    ])
    expect(countsOf(set)).toEqual({ all: 3, choice: 2, open: 1, draft: 1, confirmed: 1, rejected: 1 })
  })
})

describe('the form', () => {
  test('keeps a question only when nothing is wrong with it', async () => {
    const { questions, sets } = await open()
    await sets.create(described)
    questions.write()
    const form = questions.form!
    expect(form.told).toEqual([])
    expect(await questions.save()).toBe(false)
    expect(form.told.map(({ fault }) => fault)).toContain('question')
    form.text = '休暇は何日ですか。'
    expect(form.language).toBe('ja')
    form.options = ['10日', '11日']
    form.answer = 1
    form.addEvidence([address, address])
    expect(await questions.save()).toBe(true)
    expect(questions.form).toBeUndefined()
    expect(sets.open!.questions).toEqual([
      {
        kind: 'choice',
        id: '1',
        question: '休暇は何日ですか。',
        language: 'ja',
        evidence: [address],
        state: 'confirmed',
        options: ['10日', '11日'],
        answer: 1,
      },
    ])
  })

  test('changes a question in its place and loses nothing that it does not show', async () => {
    const { questions, sets } = await open()
    const draft = choiceQuestion('2', { specificity: 3.5, state: 'draft', group: 'chapter 1', subject: 'x' })
    await sets.create(described, [openQuestion('1'), draft, openQuestion('3', { format: 'json' })])
    questions.edit(draft)
    expect(questions.form!.changed).toBe(false)
    questions.form!.removeOption(0)
    expect(questions.form!.answer, 'the right one is gone').toBe(-1)
    questions.form!.answer = 2
    await questions.save()
    expect(sets.open!.questions[1]).toEqual({ ...draft, options: draft.options.slice(1), answer: 2 })
    questions.edit(sets.open!.questions[2]!)
    expect(questions.form!.question).toEqual(sets.open!.questions[2])
  })

  test('with changes stands in the way of what would lose them', async () => {
    const { questions, sets } = await open()
    const { id } = (await sets.create(described, [choiceQuestion('1'), choiceQuestion('2')]))!
    const [one, two] = sets.open!.questions
    questions.edit(one!)
    questions.form!.text = 'Something else?'
    questions.edit(two!)
    expect(questions.form!.original).toEqual(one)
    expect(questions.heldBack).toBe(true)
    expect(questions.openSet(undefined)).toBe(false)
    expect(sets.openId).toBe(id)
    questions.discard()
    questions.edit(two!)
    expect(questions.form!.original).toEqual(two)
    questions.form!.text = 'Lost with its set?'
    await sets.remove(sets.open!)
    expect(questions.openSet(undefined), 'a form whose set is gone stands in nobody’s way').toBe(true)
  })
})

test('the list shows those of a state and with words, and brings a hidden question into view', async () => {
  const { questions, sets } = await open()
  const many = Array.from({ length: 120 }, (_, at) =>
    choiceQuestion(`q${at}`, { state: at % 2 ? 'draft' : 'confirmed' }),
  )
  await sets.create(described, many)
  const { list } = questions
  expect([list.shown.length, list.more]).toEqual([50, 50])
  list.state = 'draft'
  list.words = 'ALPHA Q7'
  expect(list.found.map(({ id }) => id)).toEqual(['q7', 'q71', 'q73', 'q75', 'q77', 'q79'])
  expect(list.reveal('q118')).toBe(true)
  expect(list.shown.at(-1)!.id).toBe('q119')
  expect(list.reveal('nowhere')).toBe(false)
})

test('evidence opens its page, and says so when its document is gone', async () => {
  const { questions } = await open()
  await questions.show(address)
  expect(shown).toMatchObject([
    {
      document: address.document,
      documentName: 'a.pdf',
      quote: 'Page 2 of a.',
      spans: [{ page: 2, start: 0, end: 12 }],
    },
  ])
  await questions.show({ ...address, document: 'gone' })
  expect(shown).toHaveLength(1)
  expect(notices.list.at(-1)).toMatchObject({ kind: 'failure' })
})

describe('evidence that is searched', () => {
  test('is chosen by its sentences; those that follow each other are one place', async () => {
    const { questions, search, db } = await open()
    const [passage] = await db.getAll('passages')
    const sentences: [number, number][] = [
      [0, 5],
      [5, 9],
      [9, 12],
    ]
    const found = { passage: { ...passage!, sentences }, documentName: 'a.pdf', rank: 1, score: 1 }
    search.mockResolvedValue({ evidence: [{ ...found, termCoverage: 1, matches: [] }], coverage: {} } as never)
    const { evidence } = questions
    evidence.words = ' page '
    await evidence.search()
    expect(search.mock.calls[0]).toMatchObject([{ question: 'page', documents: [hashOf('a')] }, expect.anything()])
    for (const at of [0, 1, 2]) evidence.choose(passage!.id, at, true)
    evidence.choose(passage!.id, 1, false)
    expect(evidence.addresses.map(({ start, end }) => [start, end])).toEqual([
      [0, 5],
      [9, 12],
    ])
    evidence.choose(passage!.id, 1, true)
    expect(evidence.take()).toEqual([{ document: hashOf('a'), page: 1, start: 0, end: 12 }])
    expect(evidence.addresses).toEqual([])
  })

  test('that cannot be searched says why', async () => {
    const { questions } = await open()
    questions.evidence.words = 'page'
    await questions.evidence.search()
    expect(questions.evidence.state).toBe('idle')
    expect(questions.evidence.failure?.key).toBe('unexpected')
  })
})

describe('drafting', () => {
  const from = { documents: [{ hash: hashOf('a'), name: 'a.pdf' }], passages: 3 }
  /** Asks for the page that the passage is of; of the first passage also for what is not in it. */
  const writer = () =>
    new ScriptedModel((prompt) => {
      const page = /Page (\d) of a|(\d)頁目/.exec(prompt)?.[1] ?? ''
      return [block(`Which page of the record tells ${page}?`, `${page}頁目`), block('Which year?', '1999')].join(
        '\n\n',
      )
    })

  test('keeps what each passage gave as drafts, and says why others were dropped', async () => {
    const { questions, sets, db } = await open()
    const { id } = (await sets.create(described))!
    model = writer()
    await questions.drafting.start(id, from)
    const { drafting } = questions
    expect([drafting.ended, drafting.done, drafting.of, drafting.running]).toEqual(['finished', 3, 3, false])
    expect(sets.open!.questions).toHaveLength(3)
    for (const { state, evidence } of sets.open!.questions) {
      expect(state).toBe('draft')
      expect(evidence[0]!.document).toBe(hashOf('a'))
    }
    expect(drafting.results.flatMap(({ dropped }) => dropped.map(({ reason }) => reason))).toContain('notInPassage')
    expect((await listQuestionSets(db))[0]!.questions).toEqual(sets.open!.questions)
    await questions.drafting.start(id, from)
    expect(sets.open!.questions, 'what it asks already is not asked again').toHaveLength(3)
    expect(drafting.results[0]!.dropped.map(({ reason }) => reason)).toContain('known')
  })

  test('that is stopped keeps what had come', async () => {
    const { questions, sets } = await open()
    const { id } = (await sets.create(described))!
    const first = new ScriptedModel(
      (prompt) =>
        block(`Which page of the record tells ${/(\d)頁目/.exec(prompt)![1]}?`, `${/(\d)頁目/.exec(prompt)![1]}頁目`),
      { beforePiece: () => void (questions.drafting.done > 0 && questions.drafting.stop()) },
    )
    model = first
    await questions.drafting.start(id, from)
    expect([questions.drafting.ended, questions.drafting.done]).toEqual(['stopped', 1])
    expect(sets.open!.questions).toHaveLength(1)
  })

  test('by a model that is lost tells why, and keeps what had come', async () => {
    const { questions, sets } = await open()
    const { id } = (await sets.create(described))!
    let asked = 0
    model = new ScriptedModel((prompt) =>
      ++asked > 3
        ? [new Error('device lost')]
        : block(`Which page of the record tells ${/(\d)頁目/.exec(prompt)![1]}?`, `${/(\d)頁目/.exec(prompt)![1]}頁目`),
    )
    await questions.drafting.start(id, from)
    expect(questions.drafting.failure?.key).toBe('unexpected')
    expect(sets.open!.questions).toHaveLength(1)
  })

  test('without a model does not begin', async () => {
    const { questions, sets } = await open()
    const { id } = (await sets.create(described))!
    await questions.drafting.start(id, from)
    expect([questions.drafting.hasModel, questions.drafting.ended]).toEqual([false, undefined])
  })
})

describe('the review', () => {
  test('goes from draft to draft as each is judged, and back again', async () => {
    const { questions, sets } = await open()
    await sets.create(
      described,
      ['1', '2', '3'].map((id) => choiceQuestion(id, { state: 'draft', evidence: [address] })),
    )
    const { review } = questions
    expect([review.current?.id, review.place]).toEqual(['1', 1])
    review.go(1)
    await review.judge('confirmed')
    expect(review.current?.id).toBe('3')
    await review.judge('rejected')
    expect(review.current?.id).toBe('1')
    expect(sets.open!.questions.map(({ state }) => state)).toEqual(['draft', 'confirmed', 'rejected'])
    await review.takeBack()
    expect(review.current?.id).toBe('3')
    expect(sets.open!.questions.map(({ state }) => state)).toEqual(['draft', 'confirmed', 'draft'])
    review.go(-9)
    expect(review.place).toBe(1)
  })

  test('shows the passage that a draft rests on, and none when that is gone', async () => {
    const { questions } = await open()
    const draft = choiceQuestion('1', { evidence: [address] })
    expect(await questions.review.sourceOf(draft)).toMatchObject({
      documentName: 'a.pdf',
      passage: { ordinal: 1 },
      start: 0,
      end: 12,
    })
    expect(await questions.review.sourceOf(choiceQuestion('2'))).toBeUndefined()
    const gone = choiceQuestion('3', { evidence: [{ ...address, document: 'gone' }] })
    expect(await questions.review.sourceOf(gone)).toBeUndefined()
  })
})

describe('files', () => {
  const file = (name: string, ...parts: BlobPart[]) => new File(parts, name)
  const good = JSON.stringify({ id: '1', question: 'How many?', answers: ['two'] })

  test('without faults become a set at once; into an open one only at a word, under free ids', async () => {
    const { questions, sets } = await open()
    await questions.files.read([file('facts.jsonl', good)])
    expect(sets.open).toMatchObject({ name: 'facts', purpose: 'questions', questions: [{ id: '1' }] })
    await questions.files.read([file('more.jsonl', good)], sets.open)
    expect(sets.own).toHaveLength(1)
    await questions.files.joinSet(questions.files.files[0]!, sets.openId!)
    expect(sets.open!.questions.map(({ id }) => id)).toEqual(['1', '1-2'])
    expect(questions.files.files).toEqual([])
  })

  test('with faults wait, every fault told by its line, and nothing is lost', async () => {
    const { questions, sets } = await open()
    const bad = `${good}\n{"question": \n${JSON.stringify({ question: ' ', options: ['one'], state: 'new' })}\n${good}\n`
    await questions.files.read([file('bad.jsonl', bad)])
    expect(sets.own).toEqual([])
    const [read] = questions.files.files
    expect(read!.faults.map(({ params }) => [params['line'], params['reason']])).toEqual([
      [2, 'syntax'],
      [3, 'question'],
      [3, 'state'],
      [3, 'options'],
      [4, 'duplicate'],
    ])
    expect(read!.questions).toHaveLength(1)
    expect([...read!.questions.map(() => good), ...read!.leftOut]).toEqual(bad.trim().split('\n'))
    await questions.files.makeSet(read!)
    expect(sets.open!.questions).toHaveLength(1)
  })

  test('that hold no questions are refused with the reason', async () => {
    const { questions } = await open()
    await questions.files.read([file('empty.csv', 'a,b\n1,2\n'), file('empty.jsonl', '\n')])
    expect(questions.files.failures.map(({ name, error }) => [name, error.params['reason']])).toEqual([
      ['empty.csv', 'columns'],
      ['empty.jsonl', 'empty'],
    ])
  })

  test('that a Western Excel wrote are read', async () => {
    const { questions, sets } = await open()
    // Each letter with an accent would be half of a kanji in Shift_JIS.
    const bytes = new Uint8Array([...'Who is Ren\xe9e?,Zo\xebl'].map((letter) => letter.charCodeAt(0)))
    await questions.files.read([file('zoe.csv', 'question,answer1\r\n', bytes)])
    expect(sets.open!.questions).toMatchObject([{ question: 'Who is Renée?', answers: ['Zoël'], language: 'en' }])
  })

  test('that a Japanese Excel wrote are read', async () => {
    const { questions, sets } = await open()
    // "question,answer1" and 「何日」,「十日」 in Shift_JIS.
    const bytes = new Uint8Array([0x89, 0xbd, 0x93, 0xfa, 0x2c, 0x8f, 0x5c, 0x93, 0xfa])
    await questions.files.read([file('日数.csv', 'question,answer1\r\n', bytes)])
    expect(sets.open!.questions).toMatchObject([{ question: '何日', answers: ['十日'], language: 'ja' }])
  })
})
