import { expect, test } from 'vitest'
import { countTokens } from '../../../src/language/tokens'

// What XLM-R's tokenizer and the 24,000 piece model that the estimate was held against make of plain text: a word of English is
// one or two pieces, a Japanese character a little more than half of one.
test('is not below one token a word in English, nor below half a token a character in Japanese', () => {
  const english = 'Employees receive twenty days of paid leave in each calendar year after their probation has ended.'
  const japanese =
    '使用者は、その雇入れの日から起算して六箇月間継続勤務した労働者に対して、有給休暇を与えなければならない。'
  expect(countTokens(english)).toBeGreaterThanOrEqual(english.split(' ').length + 2)
  expect(countTokens(english)).toBeLessThanOrEqual(2 * english.split(' ').length)
  expect(countTokens(japanese)).toBeGreaterThanOrEqual(0.5 * japanese.length)
  expect(countTokens(japanese)).toBeLessThanOrEqual(japanese.length)
})

test('counts numbers, marks and characters of other planes, and only the enclosing two for nothing', () => {
  expect(countTokens('')).toBe(2)
  expect(countTokens(' \n\t')).toBe(2)
  expect(countTokens('2025')).toBe(5)
  expect(countTokens('、。!?')).toBe(6)
  expect(countTokens('😀')).toBeGreaterThan(2)
})

test('grows with the text', () => {
  const text = 'Section 3: 有給休暇 (paid leave) は、サーバーで1,234回。'
  for (let end = 1; end <= text.length; end++) {
    expect(countTokens(text.slice(0, end))).toBeGreaterThanOrEqual(countTokens(text.slice(0, end - 1)))
  }
})
