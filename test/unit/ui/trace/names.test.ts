import { afterEach, expect, test } from 'vitest'
import { formatMilliseconds, formatScore, formatShare, locale } from '../../../../src/i18n/i18n.svelte'
import { formatSigned, shareOf } from '../../../../src/ui/trace/figures'
import { FATES, fateName, fateText, skippedText, stageName, stageNote, whereText } from '../../../../src/ui/trace/names'
import { isCompound, pieceText, termText } from '../../../../src/ui/trace/spelling'
import { timeline } from '../../../../src/ui/trace/timeline'
import { questionTrace } from '../../../fixtures/question-trace'

afterEach(() => (locale.language = 'en'))

test('stages that are known are named in the language of the page, others as they call themselves', () => {
  expect(stageName('words')).toBe('Words')
  expect(stageName('question embedding')).toBe('Question to vector')
  expect(stageName('astrology')).toBe('astrology')
  expect(stageNote('astrology')).toBeUndefined()
  locale.language = 'ja'
  expect(stageName('lexicon')).toBe('類語')
})

test('why a stage did not run: known reasons are translated, others told as they are', () => {
  expect(skippedText({})).toBeUndefined()
  expect(skippedText({ skipped: 'no embedder' })).toBe('Not run: no embedding model is chosen')
  expect(skippedText({ skipped: 'the device was lost' })).toBe('Not run: the device was lost')
  expect(skippedText({ skipped: '' })).toBe('Not run')
})

test('a fate is told in one sentence that names the passage it gave way to', () => {
  expect(fateText({ name: 'evidence', rank: 3 }, 8)).toBe('Evidence 3')
  expect(fateText({ name: 'repetition', for: { document: 'd', ordinal: 0 } }, 8, 2)).toBe(
    'Fits only by a sentence that it shares with no. 2',
  )
  expect(fateText({ name: 'near duplicate' }, 8)).toContain('a better passage')
  expect(fateText({ name: 'limit' }, 8)).toBe('Others fit better: only the best 8 become evidence')
  locale.language = 'ja'
  expect(fateText({ name: 'near duplicate' }, 8, 4)).toBe('4 番とほぼ同じ文面')
})

test('every fate has a name of its own, in both languages', () => {
  for (const language of ['en', 'ja'] as const) {
    locale.language = language
    expect(new Set(FATES.map(fateName)).size).toBe(FATES.length)
  }
})

test('a passage is told by its pages, or by its number where there are none', () => {
  expect(whereText({ pages: [5], ordinal: 11 })).toBe('page 5')
  expect(whereText({ pages: [6, 5], ordinal: 11 })).toBe('page 5–6')
  expect(whereText({ pages: [], ordinal: 11 })).toBe('passage 12')
  expect(whereText({ pages: [5], ordinal: 11 }, false)).toBe('passage 12')
})

test('pieces and terms are spelt as a person writes them', () => {
  expect(['▁leave', 'ing', '休暇', '▁'].map(pieceText)).toEqual(['leave', '-ing', '休暇', 'space'])
  expect(['=年次有給休暇', '年次', '='].map(termText)).toEqual(['年次有給休暇', '年次', '='])
  expect(isCompound('=年次有給休暇')).toBe(true)
  expect(isCompound('年次')).toBe(false)
})

test('figures: two digits of a time, three of a score, signs that are seen', () => {
  expect(formatMilliseconds(0.4213)).toBe('0.42 ms')
  expect(formatMilliseconds(1234)).toBe('1,230 ms')
  expect([115.2, 0.03254, 1].map(formatScore)).toEqual(['115', '0.0325', '1.00'])
  expect([0.423, 0.0031, 0].map(formatShare)).toEqual(['42%', '0.3%', '0%'])
  expect([2.305, -0.8, 0].map(formatSigned)).toEqual(['+2.31', '−0.80', '0.00'])
})

test('a share of the greatest is none where there is nothing to compare', () => {
  expect([shareOf(5, 10), shareOf(-1, 10), shareOf(1, 0), shareOf(11, 10)]).toEqual([0.5, 0, 0, 1])
})

test('stages follow one another in the time of the search', () => {
  expect(timeline({ stages: questionTrace.stages, milliseconds: 10 }).slice(0, 4)).toEqual([
    { from: 0, share: 0.2 },
    { from: 0.2, share: 0.1 },
    { from: 0.3, share: 0 },
    { from: 0.3, share: 0.4 },
  ])
  // Clocks of browsers are coarse: the parts may add up to more than the whole.
  const coarse = timeline({
    stages: [
      { stage: 'words', milliseconds: 8 },
      { stage: 'fusion', milliseconds: 8 },
    ],
    milliseconds: 10,
  })
  expect(coarse).toEqual([
    { from: 0, share: 0.5 },
    { from: 0.5, share: 0.5 },
  ])
  expect(timeline({ stages: [{ stage: 'words', milliseconds: 0 }], milliseconds: 0 })).toEqual([{ from: 0, share: 0 }])
})
