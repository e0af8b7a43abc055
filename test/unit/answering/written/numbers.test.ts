import { expect, it, test } from 'vitest'
import { heldNumbers, numbersIn, unheldNumbers } from '../../../../src/answering/written/numbers'

test.each<[string, number[]]>([
  ['$1,450 on 3 April 2021', [1450, 3, 2021]],
  ['thirty days, twenty-five people, two thousand yen', [30, 25, 2000]],
  ['3万円、３．５％、1億2千', [30000, 3.5, 1e8, 2000]],
  ['二十五日以内、一九三四年、三万二千円、十日', [25, 1934, 32000, 10]],
  ['一般に、万一の場合、千葉で', []],
])('%s', (text, values) => {
  expect(numbersIn(text).map(({ value }) => value)).toEqual(values)
})

const unheld = (sentence: string, ...texts: string[]): string[] =>
  unheldNumbers(sentence, texts.map(heldNumbers)).map(([start, end]) => sentence.slice(start, end))

it('a number is held under any spelling', () => {
  expect(unheld('The rent is 1450 dollars.', 'The rent is $1,450.')).toEqual([])
  expect(unheld('Within 30 days.', 'within thirty days')).toEqual([])
  expect(unheld('休暇は10日です。', '十日の休暇を与える。')).toEqual([])
  expect(unheld('30,000円です。', '3万円を支給する。')).toEqual([])
  expect(unheld('第20条による。', '第２０条の2')).toEqual([])
  expect(unheld('Call E-04 about it.', 'E-04: sensor')).toEqual([])
})

it('others are told', () => {
  expect(unheld('The rent is $1,500 for 12 months.', 'The rent is $1,450 for twelve months.')).toEqual(['1,500'])
  expect(unheld('休暇は12日です。', '休暇は10日である。')).toEqual(['12'])
  expect(unheld('It was in 193.', 'in 1934')).toEqual(['193'])
})

it('the number of a list item, and "one", claim nothing', () => {
  expect(unheld('3. One of the rooms is free.', 'rooms')).toEqual([])
})
