import { describe, expect, it } from 'vitest'
import { expandQuery, mergeResults, type QueryResult } from '../../../src/answering/query'
import { defaultTemplates } from '../../../src/answering/templates/templates'
import type { Language } from '../../../src/domain'
import { DeviceLost } from '../../../src/errors'
import { ScriptedModel, type Script } from '../../fixtures/scripted-model'
import { evidenceOf } from './evidence'

const both = { severalQueries: true, hypotheticalAnswer: true }
const question = 'How many days of leave do I get?'

const expand = (
  script: Script | string | undefined,
  switches = both,
  asked = question,
  language: Language = 'en',
  signal = new AbortController().signal,
) => {
  const model = script === undefined ? undefined : new ScriptedModel(script)
  return expandQuery(asked, language, switches, model, defaultTemplates[language], signal)
}

const queriesOnly = { severalQueries: true, hypotheticalAnswer: false }

describe('what else to search for', () => {
  it('is nothing without a model, or with both switches off', async () => {
    expect(await expand(undefined)).toEqual({ queries: [] })
    const model = new ScriptedModel('x')
    const off = { severalQueries: false, hypotheticalAnswer: false }
    await expandQuery(question, 'en', off, model, defaultTemplates.en, new AbortController().signal)
    expect(model.asked).toEqual([])
  })

  it('other wordings, one a line, however the model lists them', async () => {
    const said =
      'Here are three ways:\n1. What is the annual vacation entitlement?\n2) "How long is paid time off?"\n- how many days of leave do I get\n- How much holiday is there?\n- One too many?'
    expect((await expand(said, queriesOnly)).queries).toEqual([
      'What is the annual vacation entitlement?',
      'How long is paid time off?',
      'How much holiday is there?',
    ])
    expect(
      (
        await expand(
          '・年休は何日？\n・How many days?\n「有給の日数は？」',
          queriesOnly,
          '有給休暇は何日ですか？',
          'ja',
        )
      ).queries,
    ).toEqual(['年休は何日？', '有給の日数は？'])
  })

  it('an answer as it might stand in a document', async () => {
    const only = { severalQueries: false, hypotheticalAnswer: true }
    expect(await expand('<think>Hm.</think>Employees get\n20 days of annual leave.', only)).toEqual({
      queries: [],
      hypothetical: 'Employees get 20 days of annual leave.',
    })
    const long = await expand('Employees get many days of annual leave each year without end. '.repeat(30), only)
    expect(long.hypothetical?.length).toBeLessThan(200)
    expect(await expand('', only)).toEqual({ queries: [] })
  })

  it('a model that fails costs only its help, and says why', async () => {
    const expansion = await expand(() => [new DeviceLost()])
    expect(expansion).toMatchObject({ queries: [], failure: { key: 'deviceLost' } })
  })

  it('stops when it is aborted', async () => {
    await expect(expand('x', both, question, 'en', AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' })
  })
})

describe('results of several searches', () => {
  const coverage = { passagesRead: 2, passagesSearched: 40, documentsRead: 1, documentsSearched: 3 }
  const [a, b, c] = ['a', 'b', 'c'].map((name) => evidenceOf(`Text ${name}.`, 'en', { name, termCoverage: 0.6 })) as [
    ReturnType<typeof evidenceOf>,
    ReturnType<typeof evidenceOf>,
    ReturnType<typeof evidenceOf>,
  ]
  const result = (...evidence: (typeof a)[]): QueryResult => ({
    evidence: evidence.map((one, at) => ({ ...one, rank: at + 1, score: 10 - at })),
    coverage,
  })
  const names = ({ evidence }: QueryResult): string[] => evidence.map(({ documentName }) => documentName)

  it('are merged by reciprocal rank', () => {
    const merged = mergeResults([result(a, b), result(b, c), result(b, a)], 10)
    expect(names(merged)).toEqual(['b', 'a', 'c'])
    expect(merged.evidence[0]?.score).toBeCloseTo(1 / 62 + 2 / 61)
    expect(merged.evidence.map(({ rank }) => rank)).toEqual([1, 2, 3])
    expect(merged.coverage).toEqual({ ...coverage, passagesRead: 3, documentsRead: 3 })
    expect(names(mergeResults([result(a, b), result(c)], 2))).toEqual(['a', 'c'])
  })

  it('keep what the question itself found of a passage, and claim nothing of the others', () => {
    const merged = mergeResults([result(a), result({ ...a, termCoverage: 1 }, { ...b, meaningCoverage: 0.9 })], 10)
    expect(merged.evidence.map(({ termCoverage }) => termCoverage)).toEqual([0.6, 0])
    expect(merged.evidence[1]?.meaningCoverage).toBeUndefined()
  })

  it('of one search are left as they are', () => {
    const only = result(a, b)
    expect(mergeResults([only], 10)).toBe(only)
    expect(() => mergeResults([], 10)).toThrow(RangeError)
  })
})
