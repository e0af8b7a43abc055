import { expect, test } from 'vitest'
import { sameQuestions } from '../../../../src/lab/arms/compare'
import { choiceQuestion, openQuestion } from '../../../fixtures/lab-questions'

test('two sets have a question in common where it asks the same under one id, whatever else is noted of it', () => {
  const [choice, open] = [choiceQuestion('1', { answer: 1 }), openQuestion('2', { answers: ['ten'] })]
  const noted = { ...choice, group: 'another', state: 'draft' as const }
  expect([...sameQuestions([choice, open], [noted, open])]).toEqual(['1', '2'])
  expect([...sameQuestions([choice], [{ ...choice, answer: 2 }])]).toEqual([])
  expect([...sameQuestions([open], [{ ...open, question: 'Something else?' }])]).toEqual([])
  expect([...sameQuestions([open], [{ ...open, id: '1' }, choice])]).toEqual([])
})
