import { describe, expect, test } from 'vitest'
import { InvalidQuestionSet } from '../../../../src/errors'
import type { Question, QuestionSet } from '../../../../src/lab/question-set'
import { readCsv, toCsv } from '../../../../src/lab/questions/csv'
import { readJsonLines, toJsonLines } from '../../../../src/lab/questions/jsonl'
import { choiceQuestion, openQuestion, questionSet } from '../../../fixtures/lab-questions'

const hard: Question[] = [
  choiceQuestion('1', {
    question: 'He said "no", then\nleft; why?',
    options: ['=SUM(A1)', "'-5", "''@x", ' spaced, '],
    answer: 2,
    evidence: [
      { document: 'a/b', page: 3, start: 0, end: 12 },
      { document: 'c', page: 1, start: 5, end: 6 },
    ],
    group: 'chapter 1',
    subject: '解剖学',
    specificity: 3.25,
    state: 'draft',
  }),
  openQuestion('二', { question: '有給休暇は何日ですか？', language: 'ja', answers: ['10日', '十日'], format: 'json' }),
  openQuestion('none', { answers: [], state: 'rejected' }),
]

describe('a question set in a file and back', () => {
  test('JSON Lines are the same set', () => {
    const set: QuestionSet = questionSet(hard, { attribution: 'us', purpose: 'guard' })
    const { id, questions, ...head } = set
    expect(readJsonLines(toJsonLines(set))).toEqual({ set: head, questions })
    expect(id).toBe('set')
  })

  test('a CSV file has the same questions, whatever stands in their texts', () => {
    expect(readCsv(toCsv(hard))).toEqual(hard)
    expect(readCsv(toCsv(hard).replaceAll(/\n(?=1|二|none|$)/g, '\r\n\r\n'))).toEqual(hard)
  })

  test('no cell of a CSV file begins a formula', () => {
    const cells = toCsv(hard).split(/[,\n]/)
    expect(cells.filter((cell) => /^"?[=+\-@]/.test(cell))).toEqual([])
  })

  test('public sets are read under their own names: letters for answers, q for the question', () => {
    const line = { set: 'mmlu', lang: 'en', q: 'The pleura', options: ['a', 'b', 'c', 'd'], answer: 'C' }
    const { questions } = readJsonLines(`${JSON.stringify(line)}\n\n`)
    expect(questions).toMatchObject([
      { id: '1', kind: 'choice', question: 'The pleura', answer: 2, state: 'confirmed' },
    ])
  })

  test('the language is that of the question where it is not told', () => {
    expect(
      readCsv('question,answer1\n休暇は何日ですか,10日\nHow many days?,ten\n').map(({ language }) => language),
    ).toEqual(['ja', 'en'])
  })
})

describe('a file that cannot be read names the line and the reason', () => {
  const good = JSON.stringify({ question: 'q?', answers: ['a'] })
  const row = (value: object) => JSON.stringify({ question: 'q?', ...value })
  test.each([
    ['', { reason: 'empty' }],
    [`${good}\n{"question": `, { line: 2, reason: 'syntax' }],
    ['[1]', { line: 1, reason: 'syntax' }],
    [`${good}\n\n${row({ question: '  ' })}`, { line: 3, reason: 'question' }],
    [row({ options: ['one'], answer: 0 }), { line: 1, reason: 'options' }],
    [row({ options: ['one', ' '], answer: 0 }), { line: 1, reason: 'options' }],
    [row({ options: ['one', 'two'], answer: 'C' }), { line: 1, reason: 'answer' }],
    [row({ options: ['one', 'two'], answer: '' }), { line: 1, reason: 'answer' }],
    [row({ answers: [1] }), { line: 1, reason: 'answers' }],
    [row({ answers: [], language: 'fr' }), { line: 1, reason: 'language', what: 'fr' }],
    [row({ answers: [], state: 'new' }), { line: 1, reason: 'state', what: 'new' }],
    [row({ answers: [], evidence: ['x/0/1-2'] }), { line: 1, reason: 'evidence', what: '"x/0/1-2"' }],
    [`${row({ id: 'a', answers: [] })}\n${row({ id: 'a', answers: [] })}`, { line: 2, reason: 'duplicate', what: 'a' }],
    ['{"fumikura":"question-set","version":9}', { reason: 'version' }],
  ])('%j', (text, params) => {
    expect(() => readJsonLines(text)).toThrow(new InvalidQuestionSet(params))
  })

  test('in a table too, where rows take several lines', () => {
    expect(() => readCsv('question,option1,option2,option3,right\nq,a,,c,B\n')).toThrow(
      new InvalidQuestionSet({ line: 2, reason: 'options' }),
    )
    expect(() => readCsv('id,text\n1,x\n')).toThrow(
      new InvalidQuestionSet({ line: 1, reason: 'columns', what: 'question' }),
    )
    expect(() => readCsv('question,option1,right\n"two\nlines",a,A\n')).toThrow(
      new InvalidQuestionSet({ line: 2, reason: 'options' }),
    )
    expect(() => readCsv('question,answer1\n"two\nlines",a\n\nq,b,c\n')).toThrow(
      new InvalidQuestionSet({ line: 5, reason: 'syntax' }),
    )
    expect(() => readCsv('question,answer1\nq,"b\n')).toThrow(new InvalidQuestionSet({ line: 2, reason: 'syntax' }))
  })
})
