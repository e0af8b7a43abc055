import { describe, expect, it } from 'vitest'
import { analyseQuestion } from '../../../src/answering/question-type'
import { findShapes, type Shape } from '../../../src/answering/shapes'

const found = (text: string, shape: Shape) => findShapes(text, [shape]).map(({ start, end }) => text.slice(start, end))

describe('forms of answers', () => {
  it.each<[Shape, string, string[]]>([
    ['frequency', 'Reviews are held annually, and tools checked every six weeks.', ['annually', 'every six weeks']],
    ['frequency', 'Twice a year, or once per quarter at most.', ['Twice a year', 'once per quarter']],
    ['frequency', '考課は毎年2回、点検は６か月ごと、集会は隔週で行う。', ['毎年2回', '６か月ごと', '隔週']],
    [
      'deadline',
      'Apply at least ten days before, by the end of March.',
      ['at least ten days before', 'by the end of March'],
    ],
    ['deadline', '退職日の30日前までに、または7日以内に出す。', ['30日前まで', '7日以内']],
    ['phone', 'Call 020 7946 0000 or 1-800-555-0188, ext. 204.', ['020 7946 0000', '1-800-555-0188, ext. 204']],
    ['phone', '電話は03-1234-5678、内線 12。', ['03-1234-5678', '内線 12']],
    ['email', 'Write to privacy@contoso.com.', ['privacy@contoso.com']],
    ['money', 'The fee is $1,450.50, in Japan 3,000円.', ['$1,450.50', '3,000円']],
    ['address', '本社は長野県上田市中央1丁目2番3号にある。', ['長野県上田市中央1丁目2番3号']],
  ])('%s: %s', (shape, text, expected) => {
    expect(found(text, shape)).toEqual(expect.arrayContaining(expected))
  })

  it.each<[string, 'en' | 'ja', Shape[]]>([
    ['How often are tools checked?', 'en', ['frequency']],
    ['By when must I apply?', 'en', ['deadline']],
    ['How much is the fee?', 'en', ['money']],
    ['Who do I contact about keys?', 'en', ['phone', 'email']],
    ['What did the council decide?', 'en', []],
    ['点検は年に何回ですか？', 'ja', ['frequency']],
    ['何日前までに届け出ますか？', 'ja', ['deadline']],
    ['会議で何を決めましたか？', 'ja', []],
  ])('wanted by %s', (question, language, expected) => {
    expect(analyseQuestion(question, language).shapes).toEqual(expected)
  })
})
