import { describe, expect, test, vi } from 'vitest'
import { DeviceLost, InvalidRunSpec } from '../../../../src/errors'
import { runArms } from '../../../../src/lab/arms/run-arms'
import { rebuildPrompt } from '../../../../src/lab/arms/drill-down'
import { diffRuns } from '../../../../src/lab/arms/compare'
import { summarise, differenceBetween } from '../../../../src/lab/measures/summarise'
import type { Question } from '../../../../src/lab/question-set'
import type { Run } from '../../../../src/lab/run'
import { defaultSpec, type RunSpec } from '../../../../src/lab/run-spec'
import { eventsOf, labContext, resultsIn } from '../../../fixtures/lab-context'
import { choiceQuestion, openQuestion, questionSet } from '../../../fixtures/lab-questions'
import { ReadingModel } from '../../../fixtures/reading-model'
import { evidenceOf } from '../../answering/evidence'

// Hashing and resampling take a second together, and many times that on a busy machine.
vi.setConfig({ testTimeout: 60_000 })

const never = new AbortController().signal
const adapters = [{ adapter: 'adapter-style@1', strength: 1 }]

/** Each answer stands in the second passage found for its question. */
const questions: Question[] = Array.from({ length: 40 }, (_, at) =>
  choiceQuestion(`${at}`, {
    options: ['north', 'south', 'east', 'west'].map((way) => `${way} gate ${at}`),
    answer: at % 4,
    group: `${at}`,
    evidence: [{ document: 'document', page: at + 2, start: 0, end: 20 }],
  }),
)
const right = (question: Question) => (question.kind === 'choice' ? question.options[question.answer]! : '')
const found = (text: string) => {
  const at = questions.findIndex(({ question }) => question === text)
  const passage = (page: number, content: string) =>
    evidenceOf(content, 'en', { id: `document/${page}/0-80`, document: 'document' })
  return [
    passage(1, 'Of gates in general.'),
    passage(at + 2, `It is called ${right(questions[at]!)} by all.`),
    passage(99, 'Nothing.'),
  ]
}
const spec = (changes: Partial<RunSpec> = {}): RunSpec => ({ ...defaultSpec, ...changes })
const context = (model = new ReadingModel()) => labContext(questionSet(questions), model, found)
const accuracy = (events: Awaited<ReturnType<typeof eventsOf>>, arm: string, passages: number) =>
  summarise(resultsIn(events), questions).find(
    ({ condition }) => condition.arm === arm && condition.passages === passages,
  )?.measures.accuracy

describe('a run', () => {
  test('of what only the documents tell: the base guesses, and passages tell as soon as the right one is among them', async () => {
    const events = await eventsOf(runArms(spec({ passages: [0, 1, 2, 10] }), context(), never))
    const base = accuracy(events, 'base', 0)!
    expect(base.low).toBeLessThanOrEqual(0.25)
    expect(base.high).toBeGreaterThanOrEqual(0.25)
    expect(base.high).toBeLessThan(0.6)
    expect(accuracy(events, 'rag', 0)!.mean).toBe(base.mean)
    expect(accuracy(events, 'rag', 1)!.high).toBeLessThan(0.6)
    expect(accuracy(events, 'rag', 2)).toMatchObject({ mean: 1, low: 1, high: 1, count: 40 })
    const rows = summarise(resultsIn(events), questions)
    expect(rows.map(({ measures }) => measures.retrievalRecall?.mean)).toEqual([undefined, 0, 0, 1, 1])
    expect(rows.every(({ chance }) => chance === 0.25)).toBe(true)
    const gain = differenceBetween(
      resultsIn(events),
      'accuracy',
      { arm: 'base', shots: 0, passages: 0 },
      { arm: 'rag', shots: 0, passages: 2 },
    )
    expect(gain).toMatchObject({ count: 40, mean: 1 - base.mean })
    expect(gain!.low).toBeGreaterThan(0.4)
  })

  test('tells its plan first, then each result, then its end, and keeps them as they come', async () => {
    const ours = context()
    const events = await eventsOf(runArms(spec({ questions: 5 }), ours, never))
    expect(events.map(({ type }) => type)).toEqual(['planned', ...Array<string>(10).fill('result'), 'finished'])
    const run = [...ours.store.runs.values()][0]!
    expect(run).toMatchObject({ state: 'finished', planned: 10, done: 10 })
    expect(run.finished).toBeGreaterThanOrEqual(run.started)
    expect([...ours.store.results.values()]).toEqual(resultsIn(events))
    // One search a question, whatever the number of conditions.
    expect(ours.searches).toHaveLength(5)
  })

  test('wears adapters in the LoRA arms alone, one after the other arms', async () => {
    const model = new ReadingModel()
    const arms: RunSpec['arms'] = ['lora+rag', 'base', 'lora', 'rag', 'long-context']
    const events = await eventsOf(runArms(spec({ arms, adapters, questions: 3 }), context(model), never))
    const worn = model.scored.map(({ adapters: used }) => used)
    expect(worn).toEqual([...Array<undefined>(9).fill(undefined), ...Array<object>(6).fill(adapters)])
    expect(new Set(resultsIn(events).map(({ condition }) => condition.arm))).toEqual(new Set(arms))
    const long = resultsIn(events).find(({ condition }) => condition.arm === 'long-context')!
    expect(long.passages).toHaveLength(3)
  })

  test('shows examples of the train split only, more of them behind the same first ones, others for another seed', async () => {
    const model = new ReadingModel()
    const split = { seed: 2, testShare: 0.5 }
    const ours = context(model)
    const events = await eventsOf(
      runArms(spec({ arms: ['base'], shots: [0, 2, 5], seeds: [1, 2], split, questions: 4 }), ours, never),
    )
    const [planned] = events
    const train = new Set(planned!.type === 'planned' ? planned!.split.train : [])
    const results = resultsIn(events)
    expect(results).toHaveLength(4 * 3 * 2)
    for (const { condition, shots } of results) {
      expect(shots).toHaveLength(condition.shots)
      expect(shots.every((id) => train.has(id))).toBe(true)
    }
    const of = (shots: number, seed: number) =>
      results.find(({ condition }) => condition.shots === shots && condition.seed === seed)!.shots
    expect(of(5, 1).slice(0, 2)).toEqual(of(2, 1))
    expect(of(5, 2)).not.toEqual(of(5, 1))
    const example = questions.find(({ id }) => id === of(2, 1)[0])!
    const { prompt } = model.scored.find(({ prompt: one }) => one.includes(example.question))!
    expect(prompt.startsWith(`Question: ${example.question}\nAnswer: ${right(example)}\n\n`)).toBe(true)
    const rows = summarise(results, questions)
    expect(rows.find(({ condition }) => condition.shots === 5)?.measures.accuracy?.bySeed).toHaveLength(2)
  })
})

describe('a run that ends before its end', () => {
  test('by an abort goes on where it was, asks nothing twice, and gives the same results', async () => {
    const whole = resultsIn(await eventsOf(runArms(spec(), context(), never)))
    const model = new ReadingModel()
    const ours = context(model)
    const controller = new AbortController()
    const stopped = (async () => {
      for await (const event of runArms(spec(), ours, controller.signal))
        if (event.type === 'result' && event.done === 7) controller.abort()
    })()
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError' })
    expect([...ours.store.runs.values()]).toMatchObject([{ state: 'stopped', done: 7, planned: 80 }])
    const events = await eventsOf(runArms(spec(), ours, never))
    expect(events[0]).toMatchObject({ type: 'planned', run: { done: 7 } })
    expect(model.scored).toHaveLength(80)
    const plain = (results: typeof whole) =>
      results.map(({ measures, ...rest }) => ({ ...rest, measures: { ...measures, milliseconds: 0 } }))
    expect(plain(resultsIn(events))).toEqual(plain(whole))
    expect([...ours.store.runs.values()]).toMatchObject([{ state: 'finished', done: 80 }])
  })

  test('by whoever listened to it is stopped too', async () => {
    const ours = context()
    for await (const event of runArms(spec(), ours, never)) if (event.type === 'result') break
    expect([...ours.store.runs.values()]).toMatchObject([{ state: 'stopped', done: 1 }])
  })

  test('by a lost device says why, keeps what it has, and can go on', async () => {
    const model = new ReadingModel()
    model.beforeScore = (index) => {
      if (index === 3) throw new DeviceLost()
    }
    const ours = context(model)
    await expect(eventsOf(runArms(spec(), ours, never))).rejects.toBeInstanceOf(DeviceLost)
    expect([...ours.store.runs.values()]).toMatchObject([{ state: 'failed', done: 3, failure: { key: 'deviceLost' } }])
    model.beforeScore = () => undefined
    await eventsOf(runArms(spec(), ours, never))
    const [run] = ours.store.runs.values()
    expect(run).toMatchObject({ state: 'finished', done: 80 })
    expect(run).not.toHaveProperty('failure')
  })

  test('a question that is too long is a result with its reason, tried again next time', async () => {
    const long = choiceQuestion('long', { question: `${'very '.repeat(60)}long?` })
    const model = new ReadingModel('', 80)
    const ours = labContext(questionSet([long, choiceQuestion('short')]), model)
    const once = spec({ arms: ['base'] })
    const events = await eventsOf(runArms(once, ours, never))
    expect(resultsIn(events)).toMatchObject([
      {
        question: 'long',
        measures: {},
        failure: { key: 'promptTooLong', params: { limit: expect.any(Number) as number } },
      },
      { question: 'short' },
    ])
    const [row] = summarise(resultsIn(events), [long, choiceQuestion('short')])
    expect(row).toMatchObject({ failures: 1, measures: { accuracy: { count: 1 } } })
    await eventsOf(runArms(once, ours, never))
    expect(model.scored).toHaveLength(1)
  })
})

describe('what does not fit', () => {
  test('of passages is left out from the least relevant, and told', async () => {
    const model = new ReadingModel('', 60)
    const passage = (at: number) =>
      evidenceOf(`Passage ${at} tells much of gates and little else.`, 'en', { id: `d/${at}/0-9` })
    const ours = labContext(questionSet([choiceQuestion('1')]), model, () => [1, 2, 3, 4, 5, 6].map(passage))
    const events = await eventsOf(runArms(spec({ arms: ['rag', 'long-context'], passages: [6] }), ours, never))
    for (const { passages } of resultsIn(events)) {
      expect(passages.length).toBeGreaterThan(0)
      expect(passages.length).toBeLessThan(6)
      expect(passages).toEqual(['d/1/0-9', 'd/2/0-9', 'd/3/0-9', 'd/4/0-9'].slice(0, passages.length))
    }
    for (const { prompt } of model.scored) expect(await model.countTokens(prompt)).toBeLessThan(60)
  })
})

test('chat puts the same to the model in its own template', async () => {
  const model = new ReadingModel()
  await eventsOf(runArms(spec({ arms: ['rag'], form: 'chat', questions: 1 }), context(model), never))
  const [{ prompt, continuations }] = model.scored as [(typeof model.scored)[0]]
  expect(prompt).toMatch(
    /^<\|im_start\|>user\nOf gates in general\.[^]*Question: What is thing \d+ called\?<\|im_end\|>/,
  )
  expect(continuations.every((one) => !one.startsWith(' '))).toBe(true)
})

test('the prompt of a result is built again from what is kept of it, and what has changed since is told', async () => {
  const split = { seed: 2, testShare: 0.5 }
  const events = await eventsOf(runArms(spec({ arms: ['rag'], shots: [2], split, questions: 1 }), context(), never))
  const [result] = resultsIn(events)
  const last = events.at(-1)!
  const run = last.type === 'finished' ? last.run : undefined
  const evidence = found(questions.find(({ id }) => id === result!.question)!.question)
  expect(await rebuildPrompt(result!, run!, { questions }, evidence)).toMatchObject({ same: true })
  const changed = evidence.map((one) => ({ ...one, passage: { ...one.passage, text: 'Changed.' } }))
  expect(await rebuildPrompt(result!, run!, { questions }, changed)).toMatchObject({ same: false })
  expect(await rebuildPrompt(result!, run!, { questions }, [])).toBeUndefined()
})

describe('open questions', () => {
  const asked = openQuestion('leave', {
    question: 'How many days of paid leave do mechanics have?',
    answers: ['27 days'],
    evidence: [{ document: 'document', page: 2, start: 100, end: 140 }],
  })
  const unanswerable = openQuestion('insurance', {
    question: 'Which insurance company covers fire?',
    answers: [],
    group: 'x',
  })
  const passage = evidenceOf('Mechanics have 27 days of paid leave a year. They ask two days ahead.', 'en', {
    id: 'document/2/100-170',
    document: 'document',
  })

  test('are answered as the chat answers, cited and checked, and measured', async () => {
    const model = new ReadingModel((prompt) =>
      prompt.includes('Passages') ? 'Mechanics have 27 days of paid leave [1].' : 'Perhaps 12 days.',
    )
    const ours = labContext(questionSet([asked]), model, () => [passage])
    const [base, rag] = resultsIn(await eventsOf(runArms(spec(), ours, never)))
    expect(base).toMatchObject({
      text: 'Perhaps 12 days.',
      measures: { exactMatch: 0, containsAnswer: 0, correctRefusal: 1 },
    })
    expect(base!.sentences).toBeUndefined()
    expect(rag).toMatchObject({
      text: 'Mechanics have 27 days of paid leave.',
      passages: ['document/2/100-170'],
      measures: {
        containsAnswer: 1,
        citationPrecision: 1,
        citationRecall: 1,
        support: 1,
        correctRefusal: 1,
        retrievalRecall: 1,
        firstToken: 20,
      },
    })
    expect(rag!.measures.f1).toBeCloseTo((2 * 2) / (7 + 2))
    expect(rag!.measures.tokensPerSecond).toBeGreaterThan(0)
    expect(rag!.prompt).toMatch(/^[0-9a-f]{64}$/)
  })

  test('that nothing answers are to be refused, with passages by the gate and without by words', async () => {
    const model = new ReadingModel((prompt) => (prompt.includes('write only') ? 'The documents do not say.' : 'Acme.'))
    const ours = labContext(questionSet([unanswerable]), model, () => [passage])
    const [base, rag] = resultsIn(await eventsOf(runArms(spec(), ours, never)))
    expect(base!.measures).toMatchObject({ correctRefusal: 1 })
    expect(rag).toMatchObject({ refused: true, measures: { correctRefusal: 1 } })
    expect(base!.measures.f1).toBeUndefined()
  })

  test('with examples before them as turns, and a style and a format to keep', async () => {
    const model = new ReadingModel('{"days": 27}')
    const json = openQuestion('json', { question: 'How many days of paid leave?', answers: ['27'], format: 'json' })
    const others = ['a', 'b', 'c'].map((id) => openQuestion(id))
    const ours = labContext(questionSet([json, ...others]), model, () => [])
    const given = spec({ arms: ['base'], shots: [1], split: { seed: 4, testShare: 0.5 }, style: 'gozaru' })
    const results = resultsIn(await eventsOf(runArms(given, ours, never)))
    expect(results.every(({ shots }) => shots.length === 1)).toBe(true)
    expect(
      model.asked.every((messages) => messages.map(({ role }) => role).join() === 'system,user,assistant,user'),
    ).toBe(true)
    const shown = results.find(({ question }) => question === 'json')
    if (shown) expect(shown.measures.formatValidity).toBe(1)
  })
})

describe('a spec that cannot be run is refused before anything is done', () => {
  test.each<[string, Partial<RunSpec>]>([
    ['arms', { arms: [] }],
    ['adapters', { arms: ['lora'] }],
    ['passages', { passages: [11] }],
    ['passages', { passages: [] }],
    ['seeds', { seeds: [1, 1] }],
    ['seeds', { seeds: [] }],
    ['split', { split: { seed: 1, testShare: 0 } }],
    ['shots', { shots: [5] }],
  ])('%s', async (reason, changes) => {
    const ours = context()
    const started = eventsOf(runArms(spec(changes), ours, never))
    await expect(started).rejects.toMatchObject({ key: 'invalidRunSpec', params: { reason } })
    await expect(started).rejects.toBeInstanceOf(InvalidRunSpec)
    expect(ours.store.runs.size).toBe(0)
  })

  test('drafts and rejected questions are not asked', async () => {
    const set = questionSet([choiceQuestion('1', { state: 'draft' }), choiceQuestion('2', { state: 'rejected' })])
    await expect(eventsOf(runArms(spec(), labContext(set, new ReadingModel()), never))).rejects.toMatchObject({
      params: { reason: 'questions' },
    })
  })

  test('a run that is under way already', async () => {
    const ours = context()
    const first = runArms(spec(), ours, never)
    await first.next()
    await expect(runArms(spec(), ours, never).next()).rejects.toMatchObject({ params: { reason: 'running' } })
    await first.return({} as Run)
    expect([...ours.store.runs.values()]).toMatchObject([{ state: 'stopped' }])
    await expect(runArms(spec(), ours, never).next()).resolves.toMatchObject({ done: false })
  })
})

describe('what a run is', () => {
  const runOf = async (changes: Partial<RunSpec>, more: Partial<ReturnType<typeof context>> = {}): Promise<Run> => {
    const ours = { ...context(), ...more }
    const events = runArms(spec({ arms: ['base'], questions: 1, ...changes }), ours, never)
    for await (const event of events) if (event.type === 'finished') return event.run
    throw new Error('no end')
  }

  test('follows from everything that made it: another question, document, revision or setting is another run', async () => {
    const first = await runOf({})
    expect((await runOf({})).id).toBe(first.id)
    const others = [
      await runOf({ temperature: 0.5 }),
      await runOf({}, { revision: '2' }),
      await runOf({}, { documents: ['document', 'other'] }),
      await runOf({}, { index: 'terms-2' }),
      await runOf({}, { set: questionSet(questions.slice(1)) }),
    ]
    expect(new Set([first, ...others].map(({ id }) => id)).size).toBe(6)
    expect((await runOf({}, { set: questionSet(questions, { name: 'other name', created: 9 }) })).id).toBe(first.id)
    const paths = others.map((other) => diffRuns(first, other).map(({ path }) => path))
    expect(paths).toEqual([['spec.temperature'], ['model.revision'], ['documents'], ['index'], ['set']])
    expect(diffRuns(first, others[0]!)).toEqual([{ path: 'spec.temperature', one: 0, other: 0.5 }])
    expect(diffRuns(first, await runOf({}))).toEqual([])
  })
})
