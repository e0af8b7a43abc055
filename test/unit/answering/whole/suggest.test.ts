import { describe, expect, it } from 'vitest'
import { suggestWholeDocument, type WholeTask } from '../../../../src/answering/whole/suggest'
import { detectLanguage } from '../../../../src/language/detect'

const suggested: Record<WholeTask, string[]> = {
  summary: [
    'Summarise the handbook',
    'Can you summarize chapter 3?',
    'Give me a summary of the contract.',
    'What are the main points?',
    'What is this document about?',
    'TL;DR',
    'この文書を要約してください',
    '契約書の概要を教えて',
    'ポイントをまとめてください',
    'この資料はどんな内容ですか？',
  ],
  count: [
    'How many invoices are there?',
    'How many times does the word appear?',
    'How many suppliers are mentioned in the report?',
    'How many sections does the contract have?',
    'Count all the exceptions.',
    'How many employees are listed in total?',
    '請求書は全部で何件ありますか？',
    '違反の事例はいくつ記載されていますか？',
    '手当は何種類定められていますか？',
    '契約の総数は？',
  ],
  list: [
    'List all deadlines.',
    'Please list every person named in the minutes.',
    'Give me all the phone numbers in these documents.',
    'Give me a list of all suppliers.',
    'Which companies are mentioned?',
    '期限の一覧を作ってください',
    '手当をすべて挙げてください',
    '登場する人物をリストアップして',
    '罰則を列挙してください',
    '電話番号を全部抜き出してください',
  ],
}

const others = [
  'How many days of annual leave do I get?',
  'How many weeks of notice must I give?',
  'How much is the rent?',
  'Who is listed as the contact?',
  'What is the total price of the desk?',
  'When is the summons due?',
  'Where is the price list?',
  '有給休暇は何日ですか？',
  '定年は何歳ですか？',
  '賞与は年に何回支給されますか？',
  '休憩時間は何分ありますか？',
  'まとめて休暇を取ることはできますか？',
  '申請書はどこに提出しますか？',
]

describe.each(Object.entries(suggested))('%s', (task, questions) => {
  it.each(questions)('%s', (question) => {
    // "How many sections does the contract have" names a document that the pattern for a list of them would not.
    expect(suggestWholeDocument(question, detectLanguage(question))).toBe(task)
  })
})

describe('no suggestion', () => {
  it.each(others)('%s', (question) => {
    expect(suggestWholeDocument(question, detectLanguage(question))).toBeUndefined()
  })
})
