import { describe, expect, it } from 'vitest'
import { extractAnswer } from '../../../src/answering/extract'
import type { Language } from '../../../src/domain'

const answer = (question: string, text: string, language: Language): string | undefined => {
  const found = extractAnswer(question, text, language)
  return found && text.slice(found.start, found.end)
}

describe('the likely answer', () => {
  it.each([
    ['橋は何年に完成しましたか？', '橋は1931年に着工し、1934年に完成した。', '1934年'],
    ['この橋を設計したのは誰ですか？', '橋は霧島文三が設計し、県が1934年に建設した。', '霧島文三'],
    ['工場はどこにありますか？', '同社は1961年に創業した。工場は北杜市にあり、本社は甲府にある。', '北杜市'],
    ['雑誌の名称は何ですか？', '会は毎年一回、『青い灯台』という名称の雑誌を出している。', '『青い灯台』'],
    ['会員は何人ですか？', '会は1990年に始まった。会員は２４８人で、年会費は3,000円である。', '２４８人'],
  ])('%s', (question, text, expected) => {
    expect(answer(question, text, 'ja')).toBe(expected)
  })

  it.each([
    [
      'When was the bridge finished?',
      'Work on the bridge began in 1931. It was finished in 1934 by the county.',
      '1934',
    ],
    ['Who designed the bridge?', 'The bridge was designed by Ada Kirwan and paid for by the county.', 'Ada Kirwan'],
    [
      'Where does the company have its factory?',
      'The company was founded in 1961. It has its factory in Port Ellery.',
      'Port Ellery',
    ],
    [
      'How many members does the club have?',
      'The club began in 1990. It has 248 members, who pay 30 pounds a year.',
      '248',
    ],
  ])('%s', (question, text, expected) => {
    expect(answer(question, text, 'en')).toBe(expected)
  })

  it('is not the number that a rule begins with', () => {
    const text = '４\u3000試用期間は、採用した日から3か月間とする。'
    expect(answer('試用期間は何か月ですか？', text, 'ja')).toMatch(/^3か月間?$/)
  })

  it('may be a number that a sentence begins with', () => {
    expect(answer('How many days is the limit?', '30 days is the limit.', 'en')).toMatch(/^30/)
    expect(answer('What percentage is paid in tax?', '3.5 % is paid in tax.', 'en')).toMatch(/^3\.5/)
  })

  it('leaves nothing to choose from in an empty text', () => {
    expect(extractAnswer('When?', '', 'en')).toBeUndefined()
    expect(extractAnswer('いつですか？', '。', 'ja')).toBeUndefined()
  })

  it('lies inside one sentence', () => {
    const text = 'The office is in Tarn. The depot is in Wick. Both open at nine.'
    const found = extractAnswer('Where is the depot?', text, 'en')
    expect(text.slice(found?.start, found?.end)).toBe('Wick')
  })
})
