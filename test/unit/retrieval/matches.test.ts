import { describe, expect, test } from 'vitest'
import { questionTerms } from '../../../src/language/terms'
import { matches, shownTerms } from '../../../src/retrieval/matches'

const shown = (question: string, text: string, weight = 5, substitutes = new Map<string, string>()) => {
  const weights = new Map(questionTerms(question).map(({ term }) => [term, weight]))
  return matches(text, shownTerms(question, weights, substitutes)).map(([start, end]) => text.slice(start, end))
}

describe('what is shown of a question in a passage', () => {
  test.each<[string, string, string[]]>([
    ['How many days of leave?', 'Leave: 20 Days. The leaves fall.', ['Leave', 'Days', 'leaves']],
    ['年次有給休暇は何日ですか', '有給の休暇は10日とする。社員は…', ['有給', '休暇', '日']],
    ['会社の休暇', '社員は休暇を会社に届ける', ['休暇', '会社']],
    ['サーバーの名前', 'このｻｰﾊﾞの名前', ['ｻｰﾊﾞ', '名前']],
    ['税は何ですか', '住民税は別に定める', ['税']],
    ['COVID-19の対応', 'ＣＯＶＩＤ－１９対応', ['ＣＯＶＩＤ－１９対応']],
  ])('%s', (question, text, expected) => {
    expect(shown(question, text)).toEqual(expected)
  })

  test('hiragana where it is rare enough to be a word', () => {
    expect(shown('どこにひまわり', 'このひまわりは', 5)).toEqual(['ひまわり'])
    expect(shown('どこにひまわり', 'このひまわりは', 1)).toEqual([])
  })

  test('the word that stood in for a misspelt one', () => {
    expect(shown('helth', 'Your health plan', 5, new Map([['helth', 'health']]))).toEqual(['health'])
  })

  test('ranges ascend and neither overlap nor touch', () => {
    const text = '年次有給休暇の有給休暇日数と休暇'
    const found = matches(text, shownTerms('年次有給休暇の日数', new Map(), new Map()))
    found.forEach(([start, end], at) => {
      expect(start).toBeLessThan(end)
      expect(start).toBeGreaterThan(found[at - 1]?.[1] ?? -1)
    })
  })
})
