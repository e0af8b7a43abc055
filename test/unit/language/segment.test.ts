import { describe, expect, test } from 'vitest'
import type { Language } from '../../../src/domain'
import { sentences } from '../../../src/language/segment'
import { Random } from '../../fixtures/random'

const cut = (text: string, language: Language) =>
  sentences(text, language).map(([start, end]) => text.slice(start, end))

describe('English', () => {
  test.each<[string, string[]]>([
    ['One. Two! Three? Four', ['One.', 'Two!', 'Three?', 'Four']],
    ['See Fig. 3 and Eq. 4. Then go on.', ['See Fig. 3 and Eq. 4.', 'Then go on.']],
    ['Smith et al. (2019) agree. So do we.', ['Smith et al. (2019) agree.', 'So do we.']],
    ['Dr. J. R. Smith met Mrs. Lee. They spoke.', ['Dr. J. R. Smith met Mrs. Lee.', 'They spoke.']],
    ['It costs $3.50 at most. No. 5 is sold out.', ['It costs $3.50 at most.', 'No. 5 is sold out.']],
    ['Did you go? No. They did.', ['Did you go?', 'No.', 'They did.']],
    ['The U.S. Senate met at 5 p.m. on Monday.', ['The U.S. Senate met at 5 p.m. on Monday.']],
    ['He lives in the U.S. The house is old.', ['He lives in the U.S.', 'The house is old.']],
    ['Made by Acme Inc. The firm is small.', ['Made by Acme Inc.', 'The firm is small.']],
    ['Fruit, e.g. Apples, i.e. Malus.', ['Fruit, e.g. Apples, i.e. Malus.']],
    ['"Really?" he asked. "Yes." She left.', ['"Really?" he asked.', '"Yes."', 'She left.']],
    [
      'It was found.[12] The rest was lost (in 1912). End.',
      ['It was found.[12]', 'The rest was lost (in 1912).', 'End.'],
    ],
    ['Wait... what? Go to example.com or v1.2.3 now.', ['Wait... what?', 'Go to example.com or v1.2.3 now.']],
  ])('%s', (text, expected) => {
    expect(cut(text, 'en')).toEqual(expected)
  })
})

describe('Japanese', () => {
  test.each<[string, string[]]>([
    ['行く。帰る！なぜ？はい', ['行く。', '帰る！', 'なぜ？', 'はい']],
    ['無い。「次の文」である。', ['無い。', '「次の文」である。']],
    ['彼は「もう行く。さようなら。」と言った。終わり。', ['彼は「もう行く。さようなら。」と言った。', '終わり。']],
    ['「はい。」彼女は笑った。', ['「はい。」', '彼女は笑った。']],
    ['本則（附則を除く。）による。次条。', ['本則（附則を除く。）による。', '次条。']],
    ['値は３．１４である．次に示す．', ['値は３．１４である．', '次に示す．']],
    ['誰ですか?それは私です!そう。', ['誰ですか?', 'それは私です!', 'そう。']],
    ['Yahoo! ニュースを見た。', ['Yahoo! ニュースを見た。']],
    ['第1条　この規則は、次による。 2　前項。', ['第1条　この規則は、次による。', '2　前項。']],
    ['閉じない「括弧。次の文。', ['閉じない「括弧。', '次の文。']],
  ])('%s', (text, expected) => {
    expect(cut(text, 'ja')).toEqual(expected)
  })

  test('a quotation as long as a story is cut inside', () => {
    const story = `「${'昔々ある所に。'.repeat(60)}」`
    expect(cut(story, 'ja').length).toBe(60)
  })
})

test('a line break ends a sentence; the number of a list item does not make one', () => {
  expect(cut('• apples\n• pears\n1. First.\n2.\nSecond item\n(a) Third. (b) Fourth.', 'en')).toEqual([
    '• apples',
    '• pears',
    '1. First.',
    '2.\nSecond item',
    '(a) Third.',
    '(b) Fourth.',
  ])
  expect(cut('1. 目的\n2. 適用。３．遵守', 'ja')).toEqual(['1. 目的', '2. 適用。', '３．遵守'])
})

test.each(Array.from({ length: 200 }, (_, seed) => seed))(
  'random text %i: ascending, trimmed, nothing lost',
  (seed) => {
    const random = new Random(seed)
    const bits = [
      'a',
      'Dr.',
      ' ',
      '\n',
      '。',
      '「',
      '」',
      '.',
      '!',
      '？',
      '）',
      '（',
      '1.',
      '日本',
      'ｶﾞ',
      '𠮷',
      '\t',
      '"',
      '…',
      '　',
    ]
    const text = Array.from({ length: random.integer(0, 60) }, () => random.pick(bits)).join('')
    const ranges = sentences(text, random.pick(['en', 'ja'] as const))
    let at = 0
    for (const [start, end] of ranges) {
      expect(text.slice(at, start).trim()).toBe('')
      expect(start).toBeLessThan(end)
      expect(text.slice(start, end)).toBe(text.slice(start, end).trim())
      at = end
    }
    expect(text.slice(at).trim()).toBe('')
  },
)
