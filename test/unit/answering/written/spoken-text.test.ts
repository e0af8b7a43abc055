import { describe, expect, it, test } from 'vitest'
import { withoutLoop } from '../../../../src/answering/written/repetition'
import { saysNothingFound } from '../../../../src/answering/written/nothing-found'
import { SpokenText } from '../../../../src/answering/written/spoken-text'

function said(pieces: readonly string[], stops: string[] = [], thinking = false): string {
  const spoken = new SpokenText(stops, thinking)
  return pieces.map((piece) => spoken.take(piece)).join('') + spoken.end()
}

describe('what a model says', () => {
  test.each([
    ['<think>Hmm, [1] or [2]?</think>Ten days.', 'Ten days.'],
    ['Ten <think>really?</think>days.', 'Ten days.'],
    ['Ten days.<|im_end|>\n<|im_start|>user\nAnd then?', 'Ten days.'],
    ['Ten days.</s>', 'Ten days.'],
    ['a < b and b > a', 'a < b and b > a'],
    ['<think>it never comes to an end', ''],
    ['十日です。</think>', '十日です。'],
  ])('%s', (text, expected) => {
    expect(said([text])).toBe(expected)
    expect(said([...text])).toBe(expected)
  })

  it('is thought from the beginning where the template opened the block', () => {
    expect(said([...'I wonder.</think>\n\nTen days.'], [], true)).toBe('\n\nTen days.')
  })

  it('ends at a stop text, however it is cut', () => {
    const spoken = new SpokenText(['\nQuestion:'])
    expect(spoken.take('Ten days.\nQues')).toBe('Ten days.')
    expect(spoken.take('tion: and')).toBe('')
    expect(spoken.ended).toBe(true)
    expect(said(['Ten days.\nQuest', 's begin.'], ['\nQuestion:'])).toBe('Ten days.\nQuests begin.')
  })
})

test.each([
  ['The rent is due. '.repeat(2), false],
  ['the rent is due and the rent is due and '.repeat(3), true],
  [`有給休暇は${'十日、'.repeat(20)}`, true],
  ['1,000,000,000,000', false],
  ['-'.repeat(40), false],
  ['ha'.repeat(30), true],
])('a loop in %s: %s', (text, loops) => {
  const cut = withoutLoop(text)
  expect(cut !== undefined).toBe(loops)
  if (cut !== undefined) expect(cut.length).toBeLessThan(text.length / 2)
})

describe('that nothing was found', () => {
  const phrase = 'The documents do not say.'

  it.each([
    'The documents do not say.',
    'the documents do not say',
    'The provided passages do not contain any information about pensions.',
    'There is no information about pensions in the passages.',
    'The answer is not mentioned in the passages.',
    'I cannot find the answer in the text.',
    '文書には書かれていません。',
    '抜粋には年金についての記載がありません。',
    '申し訳ありませんが、その質問にはお答えできません。',
    '提供された文書に退職金に関する情報は含まれていません。',
  ])('%s', (sentence) => expect(saysNothingFound(sentence, phrase)).toBe(true))

  it.each([
    'The tenant does not pay for repairs.',
    'Employees may not bring dogs.',
    'No notice is required.',
    '届出は必要ありません。',
    '休日に出勤してはいけません。',
    '遅刻した理由を届け出なければ、賃金は支払われません。',
  ])('not: %s', (sentence) => expect(saysNothingFound(sentence, phrase)).toBe(false))
})
