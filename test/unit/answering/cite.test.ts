import { expect, test } from 'vitest'
import { citations } from '../../../src/answering/cite'
import type { Evidence } from '../../../src/domain'

const evidence: Evidence = {
  passage: {
    id: 'd/3/0-15',
    document: 'd',
    ordinal: 0,
    kind: 'text',
    headingPath: [],
    text: 'It begins here, and goes on there.',
    pieces: [
      { at: 0, page: 3, start: 0, length: 15 },
      { at: 16, page: 4, start: 0, length: 18 },
    ],
    sentences: [[0, 34]],
    overlap: 0,
    tokens: 9,
    language: 'en',
    pageLabels: { 3: 'iii' },
  },
  documentName: 'a.pdf',
  rank: 1,
  score: 1,
  termCoverage: 1,
  matches: [],
}

test('a citation names the page as it is printed, where that differs', () => {
  const cite = citations()
  expect(cite(evidence, 0, 15).pageLabel).toBe('iii')
  expect(cite(evidence, 16, 34).pageLabel).toBeUndefined()
})

test('the same characters have the same marker', () => {
  const cite = citations()
  expect([cite(evidence, 0, 15), cite(evidence, 16, 34), cite(evidence, 0, 15)].map(({ marker }) => marker)).toEqual([
    1, 2, 1,
  ])
})
