import { describe, expect, it, test } from 'vitest'
import { withoutMarks } from '../../../../src/answering/written/markers'
import { SentenceCutter, type WrittenSentence } from '../../../../src/answering/written/sentence-cutter'
import type { Language } from '../../../../src/domain'
import { Random } from '../../../fixtures/random'

describe('citation marks', () => {
  it.each<[string, number[][]]>([
    ['It is red [1].', [[1]]],
    ['It is red [1][2].', [[1], [2]]],
    ['It is red [1, 2].', [[1, 2]]],
    ['It is red [1、2].', [[1, 2]]],
    ['It is red [2-4].', [[2, 3, 4]]],
    ['It is red [1 and 3].', [[1, 3]]],
    ['It is red [^2].', [[2]]],
    ['It is red [Passage 2].', [[2]]],
    ['It is red ([3]).', [[3]]],
    ['赤い【1】。', [[1]]],
    ['赤い［１２］。', [[12]]],
    ['赤い[抜粋2]。', [[2]]],
    ['It is red 【1†source】.', [[1]]],
    ['It is red [99].', [[99]]],
  ])('%s', (written, numbers) => {
    const unmarked = withoutMarks(written)
    expect(unmarked.markers.map((marker) => marker.numbers)).toEqual(numbers)
    expect(unmarked.text).toMatch(/^(?:It is red\.|赤い。)$/u)
  })

  it.each(['In [2024] it rained.', 'An array[i] of [x].', '[sic] as written', '第[四]条'])('not in: %s', (written) => {
    expect(withoutMarks(written)).toMatchObject({ text: written, markers: [] })
  })

  it('keeps words apart and takes emphasis out', () => {
    expect(withoutMarks('red [1]and **blue** `x`').text).toBe('red and blue x')
    expect(withoutMarks('# Leave\nTen days.').text).toBe('Leave\nTen days.')
  })

  it('a range without end is no list of every passage', () => {
    expect(withoutMarks('All of it [1-300].').markers[0]?.numbers.length).toBeLessThan(30)
  })

  it('leads back to the text as written', () => {
    const written = 'One [1] two [2] **three**.'
    const { text, sourceOf } = withoutMarks(written)
    for (const word of ['One', 'two', 'three']) expect(sourceOf(text.indexOf(word))).toBe(written.indexOf(word))
  })
})

function cut(pieces: readonly string[], language: Language): { sentences: WrittenSentence[]; drafts: string[] } {
  const cutter = new SentenceCutter(language)
  const sentences: WrittenSentence[] = []
  const drafts: string[] = []
  for (const piece of pieces) {
    sentences.push(...cutter.take(piece))
    drafts.push(cutter.draft)
  }
  return { sentences: [...sentences, ...cutter.end()], drafts }
}

const told = (sentences: WrittenSentence[]): string[] =>
  sentences.map(({ text, numbers }) => `${text}${numbers.map((number) => `[${number}]`).join('')}`)

const answers: [string, Language, string[]][] = [
  [
    'Leave is 10 days [1]. It is paid [2][3].\nAsk Dr. Hale by 3.5 p.m. [1]',
    'en',
    ['Leave is 10 days.[1]', 'It is paid.[2][3]', 'Ask Dr. Hale by 3.5 p.m.[1]'],
  ],
  [
    'Leave is 10 days. [1] It is paid. [2] [3] Ask early.',
    'en',
    ['Leave is 10 days.[1]', 'It is paid.[2][3]', 'Ask early.'],
  ],
  ['Leave is 10 days.[1] It is paid.[2]', 'en', ['Leave is 10 days.[1]', 'It is paid.[2]']],
  ['[1] Leave is ten days. [2] It is paid.', 'en', ['Leave is ten days.[1]', 'It is paid.[2]']],
  ['So it is [1]. [2] More is added.', 'en', ['So it is.[1]', 'More is added.[2]']],
  ['- Gym [1]\n- Yoga [2]\n- Skiing [1, 3]', 'en', ['- Gym[1]', '- Yoga[2]', '- Skiing[1][3]']],
  ['休暇は10日です[1]。有給です【2】。', 'ja', ['休暇は10日です。[1]', '有給です。[2]']],
  ['休暇は10日です。[1]有給です。[2][3]', 'ja', ['休暇は10日です。[1]', '有給です。[2][3]']],
  ['「有給です。」と書かれています［１］。以上', 'ja', ['「有給です。」と書かれています。[1]', '以上']],
]

describe('a stream is cut into sentences with their numbers', () => {
  test.each(answers)('%s', (written, language, expected) => {
    expect(told(cut([written], language).sentences)).toEqual(expected)
  })

  test.each(answers)('wherever its pieces are cut: %s', (written, language, expected) => {
    for (let seed = 1; seed <= 40; seed++) {
      const random = new Random(seed)
      const pieces: string[] = []
      for (let at = 0; at < written.length;) {
        const length = random.integer(1, 6)
        pieces.push(written.slice(at, at + length))
        at += length
      }
      const { sentences, drafts } = cut(pieces, language)
      expect(told(sentences)).toEqual(expected)
      for (const draft of drafts) expect(draft).not.toMatch(/[[［【*]/u)
    }
  })

  it('gives a sentence when the next has begun', () => {
    const cutter = new SentenceCutter('en')
    expect(cutter.take('The rent is $1.')).toEqual([])
    expect(cutter.take('5 a day.')).toEqual([])
    expect(cutter.take(' [1]')).toEqual([])
    expect(cutter.take(' It')).toEqual([{ text: 'The rent is $1.5 a day.', numbers: [1] }])
    expect(cutter.draft).toBe('It')
  })
})
