import 'fake-indexeddb/auto'
import { expect, test } from 'vitest'
import { Advice, ADVISER_OPTIONS, ADVISER_QUESTIONS } from '../../../../src/app/lab/advice.svelte'
import { OwnRun } from '../../../../src/app/lab/own-run.svelte'
import type { Result, Run } from '../../../../src/lab/run'
import { defaultSpec } from '../../../../src/lab/run-spec'
import { openDatabase, type Database } from '../../../../src/storage/database'
import { keepRun } from '../../../../src/storage/lab'
import { setSetting } from '../../../../src/storage/settings'
import { askedTexts } from '../../../../src/ui/lab/advice/texts'

let databases = 0
const open = () => openDatabase({ name: `lab-advice-${databases++}` })

async function loaded(db: Database): Promise<Advice> {
  const advice = new Advice(db)
  await advice.load()
  return advice
}

test('answers change the advice at once, are kept, and can be cleared', async () => {
  const db = await open()
  const advice = await loaded(db)
  advice.answer('style', 'style')
  advice.answer('data', 'hundreds')
  advice.answer('updates', 'never')
  expect(advice.recommend([]).approach).toBe('lora+rag')
  advice.answer('speed', 'short')
  advice.answer('accuracy', 'rough')
  expect(advice.recommend([])).toMatchObject({ approach: 'lora', basis: 'advice' })
  const again = await loaded(db)
  expect(again.answers).toEqual(advice.answers)
  again.clear()
  expect(Object.values((await loaded(db)).answers)).toEqual(Array(6).fill('unknown'))
})

test('a kept answer that there no longer is counts as unknown', async () => {
  const db = await open()
  await setSetting(db, 'labAdvice', { updates: 'hourly', style: 'facts' } as never)
  const { answers } = await loaded(db)
  expect(answers).toMatchObject({ updates: 'unknown', style: 'facts' })
})

test('every question and every answer has words of its own', () => {
  for (const question of ADVISER_QUESTIONS) {
    const texts = askedTexts(question)
    const all = [texts.question, ...ADVISER_OPTIONS[question].map((option) => texts.of(option))]
    expect(new Set(all).size).toBe(all.length)
    expect(texts.of(ADVISER_OPTIONS[question].at(-1)!)).toBe('I do not know')
  }
})

const runOf = (id: string, started: number, state: Run['state'] = 'finished'): Run => ({
  ...{ id, name: id, set: 'set', spec: defaultSpec, started, state, planned: 12, done: 12 },
  stamp: {} as Run['stamp'],
})
/** Twelve questions, of which `right` were answered rightly. */
const resultsOf = (run: string, right: number): Result[] =>
  Array.from({ length: 12 }, (_, at) => ({
    run,
    key: `rag/0/3/1/${at}`,
    condition: { arm: 'rag', shots: 0, passages: 3, seed: 1 },
    question: `${at}`,
    measures: { accuracy: Number(at < right) },
    shots: [],
    passages: [],
  }))

test('the newest finished run counts until another is chosen, or none', async () => {
  const db = await open()
  await keepRun(db, runOf('old', 1), resultsOf('old', 3))
  await keepRun(db, runOf('new', 2), resultsOf('new', 12))
  const lab = { db, runs: [runOf('under way', 3, 'running'), runOf('new', 2), runOf('old', 1)] }
  const own = new OwnRun(lab)
  const mean = async () => {
    await own.read()
    return own.summaries[0]?.measures.accuracy?.mean
  }
  expect(own.finished.map(({ id }) => id)).toEqual(['new', 'old'])
  expect(await mean()).toBe(1)
  own.chosen = 'old'
  expect(await mean()).toBe(0.25)
  own.chosen = 'deleted since'
  expect(await mean()).toBe(1)
  own.chosen = ''
  expect(await mean()).toBeUndefined()
})

test('a table that was asked for earlier does not take the place of the one chosen since', async () => {
  const db = await open()
  await keepRun(db, runOf('old', 1), resultsOf('old', 3))
  await keepRun(db, runOf('new', 2), resultsOf('new', 12))
  const own = new OwnRun({ db, runs: [runOf('new', 2), runOf('old', 1)] })
  const first = own.read()
  own.chosen = 'old'
  await Promise.all([own.read(), first])
  expect(own.summaries[0]?.measures.accuracy?.mean).toBe(0.25)
})
