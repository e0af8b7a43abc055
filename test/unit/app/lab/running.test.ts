import 'fake-indexeddb/auto'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { labContext, type LabSource } from '../../../../src/app/lab/context'
import { Running } from '../../../../src/app/lab/running.svelte'
import { removeRun, runFile, runTable, takeRunFile } from '../../../../src/app/lab/run-files'
import { isSnapshot, setOfRun } from '../../../../src/app/lab/snapshots'
import { DeviceLost } from '../../../../src/errors'
import { summarise } from '../../../../src/lab/measures/summarise'
import type { QuestionSet } from '../../../../src/lab/question-set'
import { defaultSpec, type RunSpec } from '../../../../src/lab/run-spec'
import { openDatabase, type Database } from '../../../../src/storage/database'
import { getRun, listQuestionSets, listRuns, resultsOf, saveQuestionSet } from '../../../../src/storage/lab'
import { labSource } from '../../../fixtures/lab-page'
import { choiceQuestion, openQuestion, questionSet } from '../../../fixtures/lab-questions'
import { ReadingModel } from '../../../fixtures/reading-model'

// Hashing and resampling take long on a busy machine.
vi.setConfig({ testTimeout: 60_000 })

const set = questionSet([choiceQuestion('1'), choiceQuestion('2'), choiceQuestion('3')])
const spec: RunSpec = { ...defaultSpec, arms: ['base', 'rag'] }
let db: Database
let databases = 0

beforeEach(async () => {
  db = await openDatabase({ name: `lab-running-${databases++}` })
})

const runningOf = (source: LabSource, more: { onend?: () => void; now?: () => number } = {}) =>
  new Running({ db, context: (wanted, name) => labContext(source, wanted, name), ...more })
const found = (question: string) => [
  `It is ${/thing (\d+)/.exec(question)?.[1] ?? ''} alpha ${/\d+/.exec(question)?.[0]}.`,
]

describe('a run', () => {
  test('is made to its end, shown as it goes and kept', async () => {
    const ended = vi.fn()
    const running = runningOf(labSource(db, new ReadingModel(), found), { onend: ended })
    const made = running.start(spec, set, 'First')
    expect(running.busy).toBe(true)
    await made
    expect(running).toMatchObject({ busy: false, done: 6, planned: 6, failure: undefined })
    expect(running.results).toHaveLength(6)
    expect(running.opened).toBe(running.run?.id)
    expect(ended).toHaveBeenCalledOnce()
    expect(await getRun(db, running.run!.id)).toMatchObject({ state: 'finished', name: 'First', done: 6 })
    expect(await resultsOf(db, running.run!.id)).toHaveLength(6)
  })

  test('is the only one: another is not begun beside it', async () => {
    const model = new ReadingModel()
    const running = runningOf(labSource(db, model, found))
    const first = running.start(spec, set, 'First')
    await running.start({ ...spec, arms: ['base'] }, set, 'Second')
    await first
    expect((await listRuns(db)).map(({ name }) => name)).toEqual(['First'])
  })

  test('that is stopped keeps what it has, and goes on from there', async () => {
    const model = new ReadingModel()
    const running = runningOf(labSource(db, model, found))
    model.beforeScore = (index) => {
      if (index === 2) running.stop()
    }
    await running.start(spec, set, 'First')
    expect(running).toMatchObject({ busy: false, done: 2, failure: undefined })
    const [stopped] = await listRuns(db)
    expect(stopped).toMatchObject({ state: 'stopped', done: 2 })
    model.beforeScore = () => undefined
    await running.resume(stopped!)
    expect(running).toMatchObject({ done: 6, blocked: undefined })
    expect(model.scored, 'nothing is asked twice').toHaveLength(6)
  })

  test('goes on after its set was changed and deleted: it has its own copy of the questions', async () => {
    const model = new ReadingModel()
    const running = runningOf(labSource(db, model, found))
    await saveQuestionSet(db, set)
    model.beforeScore = (index) => {
      if (index === 2) running.stop()
    }
    await running.start(spec, set, 'First')
    model.beforeScore = () => undefined
    await saveQuestionSet(db, { ...set, questions: set.questions.slice(1) })
    const [stopped] = await listRuns(db)
    await running.resume(stopped!)
    expect(running).toMatchObject({ done: 6, blocked: undefined })
  })

  test('whose documents, search or model have changed does not go on, and says what has', async () => {
    const model = new ReadingModel()
    const source = labSource(db, model, found)
    const running = runningOf(source)
    model.beforeScore = (index) => {
      if (index === 2) running.stop()
    }
    await running.start(spec, set, 'First')
    const [stopped] = await listRuns(db)
    const other = runningOf({ ...source, library: { chosen: [{ hash: 'document' }, { hash: 'new' }] } })
    await other.resume(stopped!)
    expect(other.busy).toBe(false)
    expect(other.blocked?.differences).toMatchObject([{ path: 'documents', other: ['document', 'new'] }])
    expect(await listRuns(db)).toHaveLength(1)
  })

  test('that loses the device is kept as failed with its reason', async () => {
    const model = new ReadingModel()
    model.beforeScore = (index) => {
      if (index === 3) throw new DeviceLost()
    }
    const running = runningOf(labSource(db, model, found))
    await running.start(spec, set, 'First')
    expect(running.failure).toBeInstanceOf(DeviceLost)
    expect(running).toMatchObject({ busy: false, done: 3 })
    expect(await listRuns(db)).toMatchObject([{ state: 'failed', failure: { key: 'deviceLost' } }])
  })

  test('without a model is not begun, and says so', async () => {
    const running = runningOf(labSource(db, undefined))
    await running.start(spec, set, 'First')
    expect(running.failure).toMatchObject({ key: 'modelUnusable', params: { reason: 'none' } })
    expect(running.busy).toBe(false)
    expect(await listRuns(db)).toEqual([])
  })

  test('tells how long it takes by the pace of all results but the first, which pays for what is loaded', async () => {
    let now = 0
    const model = new ReadingModel()
    const times: (number | undefined)[] = []
    const running = runningOf(labSource(db, model), { now: () => now })
    model.beforeScore = (index) => {
      now += index === 0 ? 60_000 : 2000
      times.push(running.secondsLeft)
    }
    await running.start({ ...spec, arms: ['base'] }, set, 'First')
    expect(times).toEqual([undefined, undefined, 2])
    expect(running.secondsLeft).toBeUndefined()
  })
})

describe('the context of a run', () => {
  test('is the page as it is: its model, its documents, its search in the ways of the preset', async () => {
    const source = labSource(db, new ReadingModel(), found)
    const context = labContext(source, set, 'A name')
    expect(context).toMatchObject({
      name: 'A name',
      revision: '7',
      documents: ['document'],
      index: source.searching.fingerprint,
    })
    const { evidence } = await context.retrieve(
      { text: 'thing 1', language: 'en' },
      { id: 'own', meaning: false, reranking: true, query: 'several', fusion: 'reciprocal rank' },
      4,
      new AbortController().signal,
    )
    expect(evidence).toHaveLength(1)
    expect(source.searches).toEqual([
      {
        request: { question: 'thing 1', documents: ['document'], limit: 4 },
        ways: {
          ...{ meaning: false, reranking: true, fusion: 'reciprocal rank' },
          switches: { severalQueries: true, hypotheticalAnswer: false },
        },
      },
    ])
  })

  test('asks a narrow model the way the chat does: few short passages, no neighbours, from the documents alone', () => {
    const model = new ReadingModel()
    const plain = labSource(db, model)
    expect(labContext(plain, set, '').source).toBeDefined()
    const narrow = { passages: 2, passageTokens: 60 }
    const source = { ...plain, writer: { manner: { ...plain.writer.manner!, narrow, controlTokens: ['<x>'] } } }
    const context = labContext(source, set, '')
    expect(context.source).toBeUndefined()
    expect(context.manner).toEqual({ ...narrow, alwaysStrict: true, controlTokens: ['<x>'] })
  })
})

describe('files of runs', () => {
  const mixed: QuestionSet = questionSet([
    choiceQuestion('1'),
    openQuestion('2', { question: '=2+2 is how many days?', answers: ['4 days'] }),
  ])
  const make = async () => {
    const running = runningOf(labSource(db, new ReadingModel('It is 4 days [1].'), found))
    await running.start(spec, mixed, 'A/B: "mixed"')
    return (await listRuns(db))[0]!
  }

  test('bring a run back to the same figures after it was deleted, into another library too', async () => {
    const run = await make()
    const before = await resultsOf(db, run.id)
    const file = await runFile(db, run)
    expect(file.name).toMatch(/^[^/:"]+\.json$/)
    await removeRun(db, run)
    expect([await listRuns(db), await resultsOf(db, run.id), await listQuestionSets(db)]).toEqual([[], [], []])
    const other = await openDatabase({ name: `lab-running-${databases++}` })
    const back = await takeRunFile(other, file)
    expect(back).toEqual(run)
    const after = await resultsOf(other, run.id)
    expect(summarise(after, mixed.questions)).toEqual(summarise(before, mixed.questions))
    expect(await setOfRun(other, back)).toMatchObject({ id: 'set', questions: mixed.questions })
    expect((await listQuestionSets(other)).every(isSnapshot), 'no set of the person is touched').toBe(true)
    expect(await (await runFile(other, back)).text()).toBe(await file.text())
  })

  test('that were changed are refused, and nothing of them is kept', async () => {
    const run = await make()
    const text = await (await runFile(db, run)).text()
    await removeRun(db, run)
    const changed = new Blob([
      text.replace('"accuracy": 0', '"accuracy": 1').replace('"accuracy": 1,', '"accuracy": 2,'),
    ])
    await expect(takeRunFile(db, changed)).rejects.toMatchObject({
      key: 'invalidRunFile',
      params: { reason: 'changed' },
    })
    expect([await listRuns(db), await listQuestionSets(db)]).toEqual([[], []])
  })

  test('as a table have a row for each result, and no cell that a spreadsheet would compute', async () => {
    const table = await (await runTable(db, await make())).text()
    const [head, ...rows] = table.trim().split('\n')
    expect(head).toMatch(/^\ufeff?question,text,kind,arm,shots,passages,seed,right,answer,refused,accuracy/)
    expect(rows).toHaveLength(4)
    expect(table).not.toMatch(/(^|,)=2\+2/m)
    expect(table).toContain("'=2+2 is how many days?")
  })

  test('of two runs over one set leave its questions until the last one goes', async () => {
    const run = await make()
    const running = runningOf(labSource(db, new ReadingModel('x'), found))
    await running.start({ ...spec, arms: ['base'] }, mixed, 'Other')
    await removeRun(db, run)
    expect(await setOfRun(db, running.run!)).toBeDefined()
    await removeRun(db, running.run!)
    expect(await listQuestionSets(db)).toEqual([])
  })
})
