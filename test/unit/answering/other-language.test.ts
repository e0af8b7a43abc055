import { describe, expect, it } from 'vitest'
import { refuses } from '../../../src/answering/gate'
import { likeShare } from '../../../src/answering/other-language'
import { readPassages } from '../../../src/answering/passages'
import { analyseQuestion } from '../../../src/answering/question-type'
import type { Evidence } from '../../../src/domain'
import { evidenceOf } from './evidence'

const text = '賃金は月末に支払う。自動車で通勤する者は届け出る。'
const question = analyseQuestion('May I come to work by car?', 'en')
const found = (changes: Partial<Evidence>): Evidence => ({
  ...evidenceOf(text, 'ja', { termCoverage: 0 }),
  matches: [[10, 13]],
  ...changes,
})
const read = (one: Evidence) => readPassages(question, [one], new AbortController().signal)

describe('a passage in the other language', () => {
  it('is not refused for sharing no words, if it means the same', () => {
    expect(refuses(question, read(found({ meaningCoverage: 0.6 })))).toBe(false)
    expect(refuses(question, read(found({ meaningCoverage: 0.3 })))).toBe(true)
    expect(refuses(question, read(found({})))).toBe(true)
  })

  it('is answered with the sentence that holds what means the same', () => {
    const [passage] = read(found({ meaningCoverage: 0.6 }))
    expect(passage!.reading.text.slice(...passage!.reading.sentences[passage!.sentence]!)).toContain('自動車')
  })
})

it('meaning lends nothing to a passage in the language of the question', () => {
  const english = { ...evidenceOf('Cake is served on Fridays.', 'en', { termCoverage: 0 }), meaningCoverage: 0.9 }
  expect(refuses(question, readPassages(question, [english], new AbortController().signal))).toBe(true)
})

it('the share of a sentence counts characters of matches', () => {
  expect(
    likeShare(
      found({
        matches: [
          [0, 2],
          [10, 13],
        ],
      }),
      0,
      10,
    ),
  ).toBeCloseTo(2 / 5)
  expect(likeShare(found({ matches: [] }), 0, 10)).toBe(0)
})
