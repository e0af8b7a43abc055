import { describe, expect, it } from 'vitest'
import { analyseQuestion, type AnswerType } from '../../../src/answering/question-type'

describe('the kind of answer asked for', () => {
  it.each<[string, AnswerType]>([
    ['賃金はいつ支払われますか？', 'date'],
    ['契約は何年何月に結ばれましたか', 'date'],
    ['社員は何人いますか？', 'number'],
    ['家賃はいくらですか？', 'number'],
    ['届出は誰にしますか？', 'person'],
    ['本社はどこにありますか？', 'place'],
    ['どの会社が製造しましたか？', 'organisation'],
    ['なぜ延期されたのですか？', 'reason'],
    ['どのように申請しますか？', 'manner'],
    ['振替休日とは何ですか？', 'definition'],
    ['AとBのどちらが長いですか？', 'choice'],
    ['副業はできますか？', 'yesno'],
    ['この制度は何という名称ですか？', 'other'],
  ])('%s: %s', (question, type) => {
    expect(analyseQuestion(question, 'ja').type).toBe(type)
  })

  it.each<[string, AnswerType]>([
    ['When does the lease begin?', 'date'],
    ['In what year was the bridge built?', 'date'],
    ['How many days of leave are there?', 'number'],
    ['What percentage is covered?', 'number'],
    ['Who signs the form?', 'person'],
    ['Where is the office?', 'place'],
    ['Which company made the engine?', 'organisation'],
    ['Why was it delayed?', 'reason'],
    ['How do I apply for leave?', 'manner'],
    ['What is coinsurance?', 'definition'],
    ['Is the rent paid in advance?', 'yesno'],
    ['What did the council decide?', 'other'],
  ])('%s: %s', (question, type) => {
    expect(analyseQuestion(question, 'en').type).toBe(type)
  })
})

describe('what else a question says about its answer', () => {
  it('has the unit that is counted', () => {
    expect(analyseQuestion('試用期間は何か月ですか？', 'ja').unit).toBe('か月')
    expect(analyseQuestion('何月何日に発表されたか？', 'ja').unit).toBe('日')
    expect(analyseQuestion('How many points did they win?', 'en').unit).toBe('point')
  })

  it('has the noun that names the answer', () => {
    expect(analyseQuestion('討伐隊の司令官は誰ですか？', 'ja').head?.text).toBe('司令官')
    expect(analyseQuestion('Which river crosses the town?', 'en').head?.text).toBe('river')
    expect(analyseQuestion('What is the capital of the province?', 'en').head?.text).toBe('capital')
  })

  it('has the particle or the preposition that goes with the question word', () => {
    expect(analyseQuestion('誰が設立しましたか？', 'ja').link).toBe('が')
    expect(analyseQuestion('In what country was it made?', 'en').link).toBe('in')
  })

  it('says whether the question word is the subject', () => {
    expect(analyseQuestion('Who built the tower?', 'en').subject).toBe(true)
    expect(analyseQuestion('Who did the mayor meet?', 'en').subject).toBe(false)
  })

  it('bears questions without a question word, and empty ones', () => {
    expect(analyseQuestion('保険料は？', 'ja').head?.text).toMatch(/料$/)
    expect(analyseQuestion('', 'ja')).toMatchObject({ words: [], asked: [0, 0] })
    expect(analyseQuestion('', 'en')).toMatchObject({ words: [], asked: [0, 0] })
  })
})
