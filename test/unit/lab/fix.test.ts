import { describe, expect, test } from 'vitest'
import type { Passage } from '../../../src/domain'
import { choosePassages } from '../../../src/lab/drafts/choose-passages'
import { allFixed, fixed, isFixable, isObvious } from '../../../src/lab/hygiene/fix'
import { hygieneReport } from '../../../src/lab/hygiene/hygiene'
import { choiceQuestion, openQuestion } from '../../fixtures/lab-questions'

describe('what can be put right by rule', () => {
  const questions = [
    openQuestion('1', { question: 'サーバーは何台ですか。', language: 'ja', answers: ['三台'] }),
    openQuestion('2', { question: 'サーバーの名前は何ですか。', language: 'ja', answers: ['桜'] }),
    openQuestion('3', { question: '古いサーバ、新しいサーバはどこですか。', language: 'ja', answers: ['地下'] }),
    choiceQuestion('4', { options: [' north ', 'so\u200buth', 'east', 'west'] }),
  ]

  test('is the usual spelling, stray white space and characters that nobody sees', () => {
    const findings = hygieneReport(questions).filter(isFixable)
    const righted = allFixed(questions, findings)
    expect(righted[2]!.question).toBe('古いサーバー、新しいサーバーはどこですか。')
    expect(righted[3]).toMatchObject({ options: ['north', 'south', 'east', 'west'] })
    expect(righted.slice(0, 2)).toEqual(questions.slice(0, 2))
    expect(hygieneReport(righted).filter(isFixable)).toEqual([])
  })

  test('is no other word: a long vowel or kana within it may be what tells two apart', () => {
    const two = [
      openQuestion('1', { question: 'ビルの高さは何メートルですか。', language: 'ja' }),
      openQuestion('2', { question: 'ビールの税率は何％ですか。', language: 'ja' }),
      openQuestion('3', { question: '生物を飼えますか。', language: 'ja' }),
      openQuestion('4', { question: '生物の授業はいつですか。', language: 'ja' }),
      openQuestion('5', { question: '生き物を飼えますか。', language: 'ja' }),
    ]
    const notations = hygieneReport(two).filter(({ kind }) => kind === 'notation')
    expect(notations.map(({ params }) => params['form'])).toEqual(['生き物'])
    expect(notations.map(isFixable)).toEqual([true])
    expect(notations.filter(isObvious)).toEqual([])
  })

  test('is taken away once', () => {
    const question = openQuestion('1', { question: '\u200bHello?' })
    const finding = hygieneReport([question]).find(({ kind }) => kind === 'symbols')!
    const once = fixed(question, finding)
    expect(once.question).toBe('Hello?')
    expect(fixed(once, finding)).toBe(once)
  })

  test('keeps the capital that a sentence begins with', () => {
    const all = [
      openQuestion('1', { question: 'Which email is it?' }),
      openQuestion('2', { question: 'Where does the email go?' }),
      openQuestion('3', { question: 'E-mail goes where?' }),
    ]
    const finding = hygieneReport(all).find(({ kind }) => kind === 'notation')!
    expect(fixed(all[2]!, finding).question).toBe('Email goes where?')
  })

  test('is nothing where the text has changed since, or a person has to say how', () => {
    const finding = hygieneReport(questions).find(({ kind }) => kind === 'notation')!
    const changed = { ...questions[2]!, question: 'まったく別の質問' }
    expect(fixed(changed, finding)).toBe(changed)
    expect(isFixable({ kind: 'symbols', field: { of: 'question' }, range: [0, 1], params: { form: '�' } })).toBe(false)
    expect(isFixable({ kind: 'duplicate', field: { of: 'question' }, params: { other: '1' } })).toBe(false)
  })
})

describe('the passages that questions are drafted from', () => {
  const passage = (document: string, ordinal: number, length = 200): Passage => ({
    id: `${document}/${ordinal}`,
    document,
    ordinal,
    kind: 'text',
    headingPath: [],
    text: 'x'.repeat(length),
    pieces: [{ at: 0, page: ordinal + 1, start: 0, length }],
    sentences: [[0, length]],
    overlap: 0,
    tokens: 9,
    language: 'en',
  })
  const long = Array.from({ length: 9 }, (_, ordinal) => passage('long', ordinal))
  const all = [...long, passage('brief', 0), passage('brief', 1, 20)]

  test('come from every document in turn, short ones left out, the same for the same seed', () => {
    const chosen = choosePassages(all, [], { count: 4, seed: 3 })
    expect(chosen.map(({ document }) => document)).toEqual(['long', 'brief', 'long', 'long'])
    expect(chosen.every(({ text }) => text.length > 20)).toBe(true)
    expect(choosePassages(all, [], { count: 4, seed: 3 })).toEqual(chosen)
    expect(choosePassages(all, [], { count: 99, seed: 3 })).toHaveLength(10)
  })

  test('are asked of last when a question rests on them already', () => {
    const asked = long
      .slice(0, 8)
      .map(({ ordinal }) =>
        choiceQuestion(String(ordinal), { evidence: [{ document: 'long', page: ordinal + 1, start: 5, end: 9 }] }),
      )
    expect(choosePassages(long, asked, { count: 1, seed: 1 })[0]!.ordinal).toBe(8)
  })

  test('of a document of short ones are those', () => {
    expect(choosePassages([passage('brief', 1, 20)], [], { count: 5, seed: 1 })).toHaveLength(1)
  })
})
