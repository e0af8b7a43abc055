import { describe, expect, test } from 'vitest'
import { stem } from '../../../src/language/stem'
import { countTerms, questionTerms, terms } from '../../../src/language/terms'
import { Random } from '../../fixtures/random'

const termsOf = (text: string) => terms(text).map(({ term }) => term)
const asked = (text: string) => questionTerms(text).map(({ term }) => term)

test('Japanese: single characters, pairs, runs, hiragana in threes', () => {
  expect(termsOf('有給休暇は').sort()).toEqual(
    ['有', '給', '休', '暇', '有給', '給休', '休暇', '暇は', '=有給休暇'].sort(),
  )
  expect(termsOf('ひまわり')).toEqual(['ひまわ', 'まわり'])
  expect(termsOf('サーバー')).toEqual(expect.arrayContaining(['=サーバ', 'サー', 'バー']))
})

test('words: stems without stop words, numbers, tokens that mix both', () => {
  expect(termsOf('The planned benefits of an employee')).toEqual(['plan', 'benefit', 'employe'])
  expect(termsOf("the company's rules")).toEqual(['company', 'rul'])
  expect(termsOf('1,234.5 and 2025')).toEqual(['1234.5', '2025'])
  expect(termsOf('COVID-19')).toEqual(['covid-19', 'covid', '19'])
  expect(termsOf('2025年')).toEqual(['2025', '年'])
  expect(termsOf('mp3')).toEqual(['mp3', 'mp', '3'])
  expect(termsOf('Привет 한국어 été')).toEqual(['привет', '한국어', 'été'])
})

describe('different ways of writing are one', () => {
  test.each([
    ['サーバ', 'サーバー', '=サーバ'],
    ['ｶﾞｽ', 'ガス', '=ガス'],
    ['ＣＯＶＩＤ－１９', 'covid-19', 'covid-19'],
    ['髙橋', '高橋', '高橋'],
    ['ﬁled', 'files', 'fil'],
    ['planning', 'plans', 'plan'],
    ['policies', 'policy', 'policy'],
    ['国⺠', '国民', '国民'],
  ])('%s and %s', (one, other, term) => {
    expect(termsOf(one)).toContain(term)
    expect(termsOf(other)).toContain(term)
  })
})

test('offsets are those of the source', () => {
  const text = 'Ｂ２Ｂの㈱ｶﾞｽ会社、co\u00adops, the driver’s-side door'
  const at = (term: string) =>
    terms(text)
      .filter((each) => each.term === term)
      .map(({ start, end }) => text.slice(start, end))
  expect(at('b2b')).toEqual(['Ｂ２Ｂ'])
  expect(at('side')).toEqual(['side'])
  expect(at('=ガス')).toEqual(['ｶﾞｽ'])
  expect(at('株')).toEqual(['㈱'])
  expect(at('ス会')).toEqual(['ｽ会'])
  expect(at('coop')).toEqual(['co\u00adops'])
})

test('counting terms is counting the same terms', () => {
  const random = new Random(7)
  const bits = [
    '有給休暇',
    'は',
    'サーバー',
    'COVID-19',
    'leave',
    'planned',
    ' ',
    '、',
    '2025年',
    'ｶﾞｽ',
    '㈱',
    '𠮷野',
    'ひまわり',
    "employee's",
  ]
  for (let round = 0; round < 50; round++) {
    const text = Array.from({ length: 20 }, () => random.pick(bits)).join('')
    const counts = countTerms(text)
    const found = terms(text)
    expect([...counts.values()].reduce((sum, count) => sum + count, 0)).toBe(found.length)
    for (const { term, start, end } of found) {
      expect(counts.has(term)).toBe(true)
      expect(start).toBeLessThan(end)
    }
  }
})

test('question words are no terms of a question', () => {
  expect(asked('有給休暇は何日ですか')).toEqual(expect.arrayContaining(['有給', '休暇', '日']))
  expect(asked('有給休暇は何日ですか').filter((term) => /何|ですか/.test(term))).toEqual([])
  expect(asked('誰がどこでいつ申請しますか').filter((term) => /誰|どこ|いつ|ますか/.test(term))).toEqual([])
  expect(asked('What is the deductible and when does it apply?')).toEqual(['deductibl', 'apply'])
  expect(asked('')).toEqual([])
})

test.each([
  ['classes', 'class'],
  ['planned', 'plan'],
  ['services', 'servic'],
  ['service', 'servic'],
  ['quickly', 'quick'],
  ['class', 'class'],
  ['bus', 'bus'],
  ['red', 'red'],
  ['covering', 'cover'],
])('the stem of %s is %s', (word, expected) => {
  expect(stem(word)).toBe(expected)
})
