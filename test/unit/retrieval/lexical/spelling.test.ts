import { expect, test } from 'vitest'
import { nearestTerm, withinOneEdit } from '../../../../src/retrieval/lexical/spelling'

test.each([
  ['health', 'helth', true],
  ['servis', 'servic', true],
  ['shuold', 'should', true],
  ['gender', 'gendr', true],
  ['same', 'same', true],
  ['health', 'heath', true],
  ['health', 'wealthy', false],
  ['plan', 'planned', false],
  ['abcd', 'badc', false],
  ['', 'a', true],
])('%s and %s: %s', (one, other, expected) => {
  expect(withinOneEdit(one, other)).toBe(expected)
  expect(withinOneEdit(other, one)).toBe(expected)
})

test('the term with most passages wins, then the first of the alphabet; others do not come into it', () => {
  const passages: Record<string, number> = { stand: 3, stanz: 5, stann: 5, brand: 9, stan8: 9, gone: 0, stanc: 0 }
  const nearest = (term: string) => nearestTerm(term, Object.keys(passages), (candidate) => passages[candidate] ?? 0)
  expect(nearest('stanc')).toBe('stann')
  expect(nearest('stan')).toBeUndefined()
  expect(nearest('有給休暇日')).toBeUndefined()
  expect(nearest('xtand')).toBeUndefined()
})
