import { expect, test } from 'vitest'
import { budgetText } from '../../../src/ui/chat/budget-text'
import { doubts } from '../../../src/ui/chat/doubts'
import { sentencePieces } from '../../../src/ui/chat/pieces'

const sentence = { text: 'Staff have 31 days.', marks: [], citations: [] }

test('a number that no passage holds is named; a sentence that is supported has nothing against it', () => {
  const [said] = doubts({ ...sentence, support: 'unsupported', unheldNumbers: [[11, 13]] })
  expect(said).toContain('31')
  expect(doubts({ ...sentence, support: 'supported' })).toEqual([])
  expect(doubts(sentence)).toEqual([])
  expect(doubts({ ...sentence, support: 'unchecked' })).toHaveLength(1)
})

test('what answers and what no passage holds are cut at their edges, also where they overlap', () => {
  const cut = sentencePieces(sentence.text, [[6, 18]], [[11, 13]])
  expect(cut.map(({ text }) => text)).toEqual(['Staff ', 'have ', '31', ' days', '.'])
  expect(cut.filter(({ unheld }) => unheld)).toEqual([{ text: '31', marked: true, unheld: true }])
})

test('the budget of a prompt in words', () => {
  const budget = {
    tokens: 1240,
    limit: 4096,
    answer: 512,
    passages: 6,
    neighbours: 0,
    leftOut: 2,
    turns: 2,
    summarised: false,
  }
  expect(budgetText(budget)).toBe('1,240 of 4,096 tokens: 6 passages, 2 turns')
  expect(budgetText({ ...budget, passages: 1, turns: 0, summarised: true })).toBe(
    '1,240 of 4,096 tokens: 1 passage, a summary',
  )
})
