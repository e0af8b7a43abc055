import { describe, expect, test } from 'vitest'
import { hygieneReport, type Finding } from '../../../src/lab/hygiene/hygiene'
import { unclearReferences } from '../../../src/lab/hygiene/references'
import type { Question } from '../../../src/lab/question-set'
import { choiceQuestion, openQuestion } from '../../fixtures/lab-questions'

const ja = (id: string, question: string, answers: string[] = [id]): Question =>
  openQuestion(id, { question, answers, language: 'ja' })
const of = (kind: Finding['kind'], questions: Question[]): Finding[] =>
  hygieneReport(questions).filter((finding) => finding.kind === kind)

describe('notation', () => {
  test.each([
    ['サーバー', 'サーバ'],
    ['取り扱い', '取扱い'],
    ['会議', '會議'],
    ['データベース', 'ﾃﾞｰﾀﾍﾞｰｽ'],
    ['Wi-Fi', 'WiFi'],
    ['email', 'e-mail'],
    ['PDF', 'pdf'],
  ])('%s and %s are one word in two spellings', (preferred, form) => {
    const findings = of('notation', [
      ja('1', `${preferred}の数はいくつ？`),
      ja('2', `新しい${preferred}は？`),
      ja('3', `古い${form}は？`),
    ])
    expect(findings).toMatchObject([{ question: '3', params: { form } }])
    const [start, end] = findings[0]!.range!
    expect(`古い${form}は？`.slice(start, end)).toBe(form)
  })

  test('capitals at the beginning, and words that only look alike, are none', () => {
    const questions = ['The machine and the bench', 'Machine of us in the US', '人の手と人手', 'WHO is who'].map(
      (text, at) => ja(String(at), text),
    )
    expect(of('notation', questions)).toEqual([])
  })
})

test('a field in another language than its question is told; names and codes are not', () => {
  expect(
    of('language', [
      choiceQuestion('1', { options: ['ten days', '十日間の有給休暇'] }),
      ja('2', '表示 E-03 の意味は何ですか', ['Pump overload error', 'the pump is blocked by chips']),
      ja('3', '製造元はどこですか', ['Marram Equipment']),
    ]).map(({ question, field, params }) => [question, field, params['found']]),
  ).toEqual([
    ['1', { of: 'option', index: 1 }, 'ja'],
    ['2', { of: 'answer', index: 1 }, 'en'],
  ])
})

test('duplicates, contradictions and options that say the same', () => {
  const questions = [
    openQuestion('1', { question: 'How many days of paid leave are there in a year?', answers: ['27 days'] }),
    openQuestion('2', { question: 'How many days of paid leave are there in a year', answers: ['27 days'] }),
    openQuestion('3', { question: 'How many days of paid leave are there in a year?', answers: ['30 days'] }),
    choiceQuestion('4', { options: ['４日', '5日', '4 日', '6日'] }),
  ]
  expect(of('duplicate', questions)).toMatchObject([{ question: '2', params: { other: '1' } }])
  expect(of('contradiction', questions)).toMatchObject([
    { question: '3', params: { other: '1' } },
    { question: '3', params: { other: '2' } },
  ])
  expect(of('sameOption', questions)).toMatchObject([{ question: '4', field: { of: 'option', index: 2 } }])
})

test('what ends, begins or counts otherwise than the rest is inconsistent', () => {
  const questions = [1, 2, 3, 4, 5].map((id) => choiceQuestion(String(id)))
  questions[3] = choiceQuestion('4', { question: 'Tell the name of thing 4.' })
  questions[4] = choiceQuestion('5', { options: ['A. one', 'two', 'three'] })
  expect(of('inconsistent', questions)).toMatchObject([
    { question: '4', field: { of: 'question' }, params: { form: '。', usual: '？' } },
    { question: '5', field: { of: 'option', index: 0 }, params: { form: 'A.', usual: '' } },
  ])
  expect(of('optionCount', questions)).toMatchObject([{ question: '5', params: { count: 3, usual: 4 } }])
})

test('one letter that is right too often is told of the whole set', () => {
  const many = Array.from({ length: 24 }, (_, at) => choiceQuestion(String(at), { answer: at % 4 }))
  expect(of('unbalanced', many)).toEqual([])
  const all = many.map((question) => ({ ...question, answer: 1 }))
  expect(of('unbalanced', all)).toEqual([{ kind: 'unbalanced', params: { form: 'B', share: 100 } }])
})

test('white space, broken characters and markup are found where they stand', () => {
  const text = ' broken \ufffd and <br> &nbsp; **bold**\u200b'
  const found = of('symbols', [openQuestion('1', { question: text })])
  expect(found.map(({ params, range }) => [params['form'], text.slice(...range!)])).toEqual([
    ['�', '\ufffd'],
    ['␀', '\u200b'],
    ['␠', ' '],
    ['<>', '<br>'],
    ['<>', '&nbsp;'],
    ['**', '**'],
    ['**', '**'],
  ])
})

test.each([
  ['それは何日ですか。', ['それ']],
  ['この場合の上限はいくらですか。', ['この']],
  ['上記の手当はいくらですか。', ['上記']],
  ['みなも堂の定年は何歳で、それは延長できますか。', []],
  ['それぞれの部門の始業は何時ですか。', []],
  ['必要であればどうしますか。', []],
])('%s', (question, forms) => {
  expect(unclearReferences(question, 'ja').map(({ form }) => form)).toEqual(forms)
})

test.each([
  ['It opens when?', ['It']],
  ['According to the passage, who pays?', ['According to the passage']],
  ['How many days does the above document grant?', ['the above document']],
  ['Does the washer stop when it is empty?', []],
  ['Who wrote that?', []],
])('%s', (question, forms) => {
  expect(unclearReferences(question, 'en').map(({ form }) => form)).toEqual(forms)
})

test('a tidy set has no findings', () => {
  expect(hygieneReport(Array.from({ length: 6 }, (_, at) => openQuestion(`${at}`, { question: tidy[at]! })))).toEqual(
    [],
  )
})

const tidy = [
  'Who keeps the keys of the workshop?',
  'How many days of leave do members have?',
  'When is the filter changed?',
  'Which colour has the claim form?',
  'Where does the first aid box hang?',
  'What does an estimate cost?',
]
