import { expect, test } from 'vitest'
import { leftOutFile, readQuestionFile, setFile, withFreeIds } from '../../../../src/app/lab/question-files'
import { questionFaults } from '../../../../src/app/lab/question-faults'
import { choiceQuestion, openQuestion, questionSet } from '../../../fixtures/lab-questions'

const set = questionSet(
  [
    choiceQuestion('1', { evidence: [{ document: 'a', page: 1, start: 2, end: 9 }], group: 'one', state: 'draft' }),
    openQuestion('2', { answers: [], format: 'json', language: 'ja', question: '「何日」, "何"\nですか' }),
  ],
  { name: 'A/B: "sets"?', attribution: 'us', licence: 'CC0', purpose: 'guard' },
)

test('a set that was saved comes back equal, its file named after it', async () => {
  const lines = setFile(set, 'jsonl')
  expect(lines.name).toBe('A B sets.jsonl')
  const { id, questions, ...head } = set
  expect(id).toBe('set')
  expect(readQuestionFile(lines.name, await lines.text())).toMatchObject({ set: head, questions, faults: [] })
  const table = setFile(set, 'csv')
  expect(readQuestionFile(table.name, await table.text())).toMatchObject({ questions, faults: [] })
  expect(readQuestionFile('without-extension', await table.text()).questions).toEqual(questions)
})

test('rows of a table that cannot be read are a table of their own, which is read once they are right', async () => {
  const text = 'id,question,option1,option2,right\n1,One?,a,b,A\n2,Two?,a,b,E\n3,Three?,a\n4,Four?,a,b,B\n'
  const read = readQuestionFile('table.csv', text)
  expect(read.questions.map(({ id }) => id)).toEqual(['1', '4'])
  expect(read.faults.map(({ params }) => [params['line'], params['reason']])).toEqual([
    [3, 'answer'],
    [4, 'syntax'],
  ])
  const rest = leftOutFile(read)
  expect(rest.name).toBe('table-left-out.csv')
  const righted = (await rest.text()).replace('b,E', 'b,B').replace('Three?,a', 'Three?,a,b,A')
  expect(readQuestionFile(rest.name, righted)).toMatchObject({ questions: [{ id: '2' }, { id: '3' }], faults: [] })
})

test('a quotation mark that is never closed takes the rows behind it along, and they are left out whole', async () => {
  const text = 'question,answer1\nOne?,1\n"Two?,2\nThree?,3\n'
  const read = readQuestionFile('table.csv', text)
  expect(read.questions).toHaveLength(1)
  expect(read.faults).toMatchObject([{ params: { line: 3, reason: 'syntax' } }])
  expect(read.leftOut).toEqual(['"Two?,2\nThree?,3'])
})

test('ids that are taken get a number behind them, each only once', () => {
  const ids = withFreeIds([choiceQuestion('1'), choiceQuestion('1-2'), choiceQuestion('3')], [choiceQuestion('1')])
  expect(ids.map(({ id }) => id)).toEqual(['1-2', '1-2-2', '3'])
})

test.each([
  [choiceQuestion('1'), []],
  [choiceQuestion('1', { question: ' ' }), ['question']],
  [choiceQuestion('1', { options: ['a'], answer: 0 }), ['options']],
  [choiceQuestion('1', { options: ['a', ' '], answer: 0 }), ['optionEmpty 1']],
  [choiceQuestion('1', { options: ['ＡＢ', 'ab'], answer: 2 }), ['optionTwice 1', 'right']],
  [choiceQuestion('1', { answer: -1 }), ['right']],
  [choiceQuestion(' '), ['id']],
  [choiceQuestion('taken'), ['idTaken']],
  [openQuestion('1', { answers: [] }), []],
  [openQuestion('1', { answers: ['one', ''] }), ['answerEmpty 1']],
])('what is wrong with question %#', (question, faults) => {
  expect(
    questionFaults(question, ['taken']).map((one) => [one.fault, ...('index' in one ? [one.index] : [])].join(' ')),
  ).toEqual(faults)
})
