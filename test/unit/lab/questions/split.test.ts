import { expect, test } from 'vitest'
import { groupOf, type Question } from '../../../../src/lab/question-set'
import { nearDuplicates, textLikeness } from '../../../../src/lab/questions/duplicates'
import { splitQuestions } from '../../../../src/lab/questions/split'
import { choiceQuestion, openQuestion } from '../../../fixtures/lab-questions'
import { Random } from '../../../fixtures/random'

const subjects = 'the kettle|the oven|a red lamp|our window|the old clock|her bicycle|my garden|a green door'.split('|')
const inDocuments = subjects.flatMap((subject, document) =>
  ['Who bought', 'Where stands'].map((verb, at) =>
    openQuestion(`${document}-${at}`, {
      question: `${verb} ${subject}?`,
      answers: [`${subject} ${at} ${document}`],
      evidence: [{ document: `document ${document}`, page: 1, start: 10 * at, end: 10 * at + 5 }],
    }),
  ),
)

test('no document is on both sides of a split, and nothing is lost', () => {
  const { train, test: tested, leaks } = splitQuestions(inDocuments, { seed: 3, testShare: 0.5 })
  expect([...train, ...tested].sort()).toEqual(inDocuments.map(({ id }) => id).sort())
  const documents = (ids: string[]) => new Set(inDocuments.filter(({ id }) => ids.includes(id)).map(groupOf))
  expect([...documents(train)].filter((one) => documents(tested).has(one))).toEqual([])
  expect(documents(tested).size).toBe(4)
  expect(leaks).toEqual([])
})

test('a split is decided by its seed, not by the order of the questions', () => {
  const split = (seed: number) => new Set(splitQuestions(inDocuments, { seed, testShare: 0.5 }).test)
  expect(new Set(splitQuestions(inDocuments.toReversed(), { seed: 3, testShare: 0.5 }).test)).toEqual(split(3))
  expect([4, 5, 6].some((seed) => [...split(seed)].some((id) => !split(3).has(id)))).toBe(true)
})

test('of one group all is tested, and nothing is left to learn from', () => {
  const one = [choiceQuestion('1', { group: 'g' }), choiceQuestion('2', { group: 'g' })]
  expect(splitQuestions(one, { seed: 1, testShare: 0.1 })).toMatchObject({ train: [], test: ['1', '2'] })
})

test('the same question in other marks and widths on both sides is a leak; so is the same evidence', () => {
  const evidence = [{ document: 'd', page: 2, start: 5, end: 20 }]
  const pairs = [
    openQuestion('a', { question: '有給休暇は何日ですか。', answers: ['１０日'], group: '1' }),
    openQuestion('b', { question: '有給休暇は、何日ですか？', answers: ['10日'], group: '2' }),
    openQuestion('c', { question: 'When does it open?', answers: ['nine'], group: '1', evidence }),
    openQuestion('d', { question: 'Opening hours', answers: ['at 9'], group: '2', evidence }),
    openQuestion('e', { question: 'Who keeps the keys?', answers: ['Imogen'], group: '2' }),
  ]
  const { leaks } = splitQuestions(pairs, { seed: 1, testShare: 0.5 })
  const told = leaks.map(({ train, test, by }) => [[train, test].sort().join(), by])
  expect(told).toEqual([
    ['a,b', 'wording'],
    ['c,d', 'evidence'],
  ])
})

test('the same question is a leak too with its options in another order, or with none', () => {
  const options = ['1990', '1991', '1992', '1993']
  const year = choiceQuestion('a', { question: 'When was the mill built?', options, answer: 1, group: '1' })
  const leaksOf = (...others: Question[]) =>
    [1, 2, 3, 4].flatMap((seed) => splitQuestions([year, ...others], { seed, testShare: 0.5 }).leaks).length
  const reversed = { ...year, id: 'b', group: '2', options: options.toReversed(), answer: 2 }
  expect(leaksOf(reversed)).toBeGreaterThan(0)
  expect(leaksOf(openQuestion('b', { question: year.question, answers: ['in 1991'], group: '2' }))).toBeGreaterThan(0)
  expect(leaksOf({ ...reversed, answer: 0 }), 'another mill').toBe(0)
  expect(leaksOf(openQuestion('b', { question: 'Who built the inn?', answers: ['1991'], group: '2' }))).toBe(0)
})

test('near duplicates are those of comparing every pair', () => {
  const random = new Random(5)
  const words = ['leave', 'days', 'paid', 'machine', '休暇', '有給', 'filter', 'the']
  const texts = Array.from({ length: 70 }, () =>
    Array.from({ length: random.integer(0, 6) }, () => random.pick(words)).join(' '),
  )
  for (const threshold of [0.5, 0.8, 1]) {
    const exhaustive = texts.flatMap((one, at) =>
      texts.flatMap((other, then) => {
        return then > at && textLikeness(one, other) >= threshold ? [`${at} ${then}`] : []
      }),
    )
    expect(exhaustive.length).toBeGreaterThan(3)
    const found = nearDuplicates(texts, threshold).map(({ one, other }) => `${one} ${other}`)
    expect(found.sort()).toEqual(exhaustive.sort())
  }
})
