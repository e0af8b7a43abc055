import { expect, test } from 'vitest'
import { InvalidRunFile } from '../../../../src/errors'
import { runArms } from '../../../../src/lab/arms/run-arms'
import { exportRun, importRun, type RunFile } from '../../../../src/lab/arms/run-file'
import { summarise } from '../../../../src/lab/measures/summarise'
import { defaultSpec } from '../../../../src/lab/run-spec'
import { eventsOf, labContext, resultsIn } from '../../../fixtures/lab-context'
import { choiceQuestion, questionSet } from '../../../fixtures/lab-questions'
import { ReadingModel } from '../../../fixtures/reading-model'

const set = questionSet([1, 2, 3, 4, 5, 6].map((id) => choiceQuestion(`${id}`)))

async function finished(): Promise<RunFile> {
  const context = labContext(set, new ReadingModel())
  const spec = { ...defaultSpec, arms: ['base' as const], seeds: [1, 2] }
  const events = await eventsOf(runArms(spec, context, new AbortController().signal))
  const last = events.at(-1)!
  if (last.type !== 'finished') throw new Error('no end')
  return { run: last.run, set, results: resultsIn(events) }
}

test('an exported run comes back as it was, to the same figures', async () => {
  const file = await finished()
  const read = await importRun(await exportRun(file))
  expect(read).toEqual(file)
  const figures = summarise(file.results, set.questions)
  expect(figures[0]!.measures.accuracy!.count).toBe(6)
  expect(summarise(read.results, read.set.questions)).toEqual(figures)
})

test('a file that was changed, is of another version or no run at all is refused with its reason', async () => {
  const file = await finished()
  const text = await exportRun(file)
  const refused = (changed: string, params: object) =>
    expect(importRun(changed)).rejects.toEqual(new InvalidRunFile(params as never))
  await refused(text.replace('"accuracy": 0', '"accuracy": 1'), { reason: 'changed' })
  await refused(text.slice(0, -200), {})
  await refused('{"fumikura":"question-set"}', {})
  await refused(text.replace('"version": 1', '"version": 2'), { reason: 'version' })
  const others = { ...file, set: questionSet(set.questions.slice(1)) }
  await refused(await exportRun(others), { reason: 'stamp' })
  const spec = { ...file.run.spec, temperature: 1 }
  await refused(await exportRun({ ...file, run: { ...file.run, spec } }), { reason: 'stamp' })
  const foreign = file.results.map((result) => ({ ...result, run: 'another' }))
  await refused(await exportRun({ ...file, results: foreign }), { reason: 'stamp' })
})
