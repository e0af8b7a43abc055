import { expect, test } from 'vitest'
import { detectLanguage, isWordless } from '../../../src/language/detect'

test.each([
  ['', 'en'],
  ['12,345 — 67 %', 'en'],
  ['How many days of leave do I get?', 'en'],
  ['What does 有給休暇 mean in the rules of employment?', 'en'],
  ['年次有給休暇', 'ja'],
  ['ｶﾞｽ料金', 'ja'],
  ['Northwind Health Plus の自己負担はいくらですか', 'ja'],
  ['JavaScriptのPromise.allSettledとPromise.allの違い', 'ja'],
] as const)('%s is %s', (text, language) => {
  expect(detectLanguage(text)).toBe(language)
})

test('a long Japanese text that begins with an English cover is Japanese', () => {
  expect(
    detectLanguage(
      'Copyright and licence notice. '.repeat(200) + 'この規則は、労働者の就業に関する事項を定める。'.repeat(2000),
    ),
  ).toBe('ja')
})

test.each([
  ['', true],
  ['S-8946', true],
  ['03-1234-5678', true],
  ['35 %, 20 km', true],
  ['PDF/A-2b', true],
  ['help@example.com', true],
  ['10 days', false],
  ['Monday.', false],
  ['Form S-8946 is used.', false],
  ['様式S-8946', false],
  ['10日', false],
] as const)('%s is written alike in both languages: %s', (text, wordless) => {
  expect(isWordless(text)).toBe(wordless)
})
