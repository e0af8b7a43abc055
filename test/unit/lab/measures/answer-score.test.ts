import { describe, expect, it } from 'vitest'
import { cutAround, sample, seededRandom } from '../../../eval/qa'
import { answerTokens, meanScore, scoreAnswer } from '../../../../src/lab/measures/answer-score'
import { countTokens } from '../../../../src/language/tokens'

describe('scoring as SQuAD and JaQuAD do', () => {
  it('leaves articles, case and marks out in English', () => {
    expect(answerTokens('The  U.S. dollar, a', 'en')).toEqual(['us', 'dollar'])
    expect(scoreAnswer('the Norman Conquest!', ['Norman conquest'], 'en')).toEqual({ exact: 1, f1: 1 })
  })

  it('compares characters in Japanese, of whichever width', () => {
    expect(scoreAnswer('「１２３年」', ['123年'], 'ja')).toEqual({ exact: 1, f1: 1 })
    expect(scoreAnswer('東京都', ['東京'], 'ja')).toEqual({ exact: 0, f1: 0.8 })
  })

  it('takes the best of several answers, and counts repeated tokens once each', () => {
    expect(scoreAnswer('in 1954', ['spring of 1954', '1954'], 'en').f1).toBeCloseTo(2 / 3)
    expect(scoreAnswer('no no no', ['no'], 'en').f1).toBeCloseTo(0.5)
  })

  it('gives nothing for an empty prediction unless nothing is right', () => {
    expect(scoreAnswer('', ['x'], 'en')).toEqual({ exact: 0, f1: 0 })
    expect(scoreAnswer('', [''], 'ja')).toEqual({ exact: 1, f1: 1 })
    expect(meanScore([])).toEqual({ exact: 0, f1: 0 })
  })
})

describe('cutting a context around the answer', () => {
  const context = Array.from({ length: 300 }, (_, at) => `word${at}`).join(' ')
  const start = context.indexOf('word150')
  const example = {
    title: '',
    question: '',
    context,
    answers: ['word150'],
    gold: [start, start + 7] as [number, number],
    paragraph: 0,
  }

  it('keeps the answer, stays within the limit and uses it', () => {
    for (let seed = 0; seed < 20; seed++) {
      const cut = cutAround(example, 128, seededRandom(seed))
      expect(cut.context.slice(...cut.gold)).toBe('word150')
      expect(countTokens(cut.context)).toBeLessThanOrEqual(128)
      expect(countTokens(cut.context)).toBeGreaterThan(115)
    }
  })

  it('leaves a short context whole', () => {
    expect(cutAround({ ...example, context: 'word150', gold: [0, 7] }, 128, seededRandom(1)).context).toBe('word150')
  })
})

it('samples the same items for the same seed', () => {
  const items = [1, 2, 3, 4, 5, 6, 7, 8]
  expect(sample(items, 4, 1)).toEqual(sample(items, 4, 1))
  expect(new Set(sample(items, 8, 1)).size).toBe(8)
})
