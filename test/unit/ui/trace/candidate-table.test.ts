import { expect, test } from 'vitest'
import {
  countFates,
  isSame,
  numbered,
  scoringStages,
  sortCandidates,
  type SortColumn,
} from '../../../../src/ui/trace/candidate-table'
import { questionTrace } from '../../../fixtures/question-trace'

const candidates = numbered(questionTrace.candidates)
const order = (column: SortColumn, reversed = false) =>
  sortCandidates(candidates, { column, reversed }).map(({ number }) => number)

test('a candidate goes by its place in the order of the fusion', () => {
  expect(candidates.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7])
  expect(order({ by: 'number' }, true)).toEqual([7, 6, 5, 4, 3, 2, 1])
})

test('by the score of a stage: best first, those without a score last in either direction', () => {
  expect(order({ by: 'stage', stage: 'words' })).toEqual([1, 3, 2, 4, 6, 7, 5])
  expect(order({ by: 'stage', stage: 'words' }, true)).toEqual([7, 6, 4, 2, 3, 1, 5])
  expect(order({ by: 'stage', stage: 'astrology' })).toEqual([3, 1, 2, 4, 5, 6, 7])
})

test('by what became of them: evidence by its rank, then the others in the order they were sorted out', () => {
  expect(order({ by: 'fate' })).toEqual([2, 1, 3, 4, 5, 6, 7])
})

test('sorting leaves the candidates as they are', () => {
  const before = candidates.map(({ number }) => number)
  order({ by: 'fate' }, true)
  expect(candidates.map(({ number }) => number)).toEqual(before)
})

test('there is a column for every stage that scored, in the order they ran, known to the page or not', () => {
  expect(scoringStages(questionTrace)).toEqual(['words', 'lexicon', 'astrology', 'fusion'])
  const unheard = { ...questionTrace, stages: questionTrace.stages.filter(({ stage }) => stage !== 'astrology') }
  expect(scoringStages(unheard)).toEqual(['words', 'lexicon', 'fusion', 'astrology'])
})

test('fates are counted', () => {
  expect(Object.fromEntries(countFates(questionTrace.candidates))).toEqual({
    evidence: 2,
    repetition: 1,
    'near duplicate': 1,
    'document limit': 1,
    limit: 1,
    removed: 1,
  })
})

test('two columns are the same when they are of the same stage', () => {
  expect(isSame({ by: 'fate' }, { by: 'fate' })).toBe(true)
  expect(isSame({ by: 'stage', stage: 'words' }, { by: 'stage', stage: 'words' })).toBe(true)
  expect(isSame({ by: 'stage', stage: 'words' }, { by: 'stage', stage: 'fusion' })).toBe(false)
  expect(isSame({ by: 'number' }, { by: 'fate' })).toBe(false)
})
