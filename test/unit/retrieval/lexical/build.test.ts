import { expect, test } from 'vitest'
import { buildSegment, segmentOf } from '../../../../src/retrieval/lexical/build'
import { tokenizerFingerprint } from '../../../../src/retrieval/lexical/fingerprint'
import type { LexicalSegment } from '../../../../src/retrieval/lexical/segment'
import { passage, passagesOf } from '../passages'

const postings = ({ terms, offsets, ordinals, frequencies }: LexicalSegment, term: string) => {
  const at = terms.indexOf(term)
  if (at < 0) return []
  const indices = Array.from({ length: offsets[at + 1]! - offsets[at]! }, (_, index) => offsets[at]! + index)
  return indices.map((index) => [ordinals[index], frequencies[index]])
}

test('holds every term of every passage once, sorted, with its frequency', () => {
  const segment = buildSegment({ hash: 'h', name: '' }, passagesOf('h', ['leave and leave', '休暇 leave', 'nothing']))
  expect(segment.document).toBe('h')
  expect(segment.fingerprint).toBe(tokenizerFingerprint())
  expect(segment.terms).toEqual([...segment.terms].sort())
  expect(new Set(segment.terms).size).toBe(segment.terms.length)
  expect(segment.offsets.length).toBe(segment.terms.length + 1)
  expect(postings(segment, 'leav')).toEqual([
    [0, 2],
    [1, 1],
  ])
  expect(postings(segment, '休暇')).toEqual([[1, 1]])
  expect([...segment.lengths]).toEqual([2, 4, 1])
})

test('headings, title and name of the file are searched in front of each passage', () => {
  const segment = buildSegment({ hash: 'h', name: 'Northwind_Standard.pdf', title: '就業規則' }, [
    passage('h', 0, 'text', { headingPath: ['Benefits', 'Dental'] }),
    passage('h', 1, 'other'),
  ])
  expect(postings(segment, 'dental')).toEqual([[0, 1]])
  expect(postings(segment, 'northwind').map(([ordinal]) => ordinal)).toEqual([0, 1])
  expect(postings(segment, '就業').map(([ordinal]) => ordinal)).toEqual([0, 1])
  expect(postings(segment, 'pdf')).toEqual([])
})

test('a document without passages, a passage without terms, and a term repeated beyond sixteen bits', () => {
  expect(buildSegment({ hash: 'h', name: 'a.pdf' }, [])).toMatchObject({ terms: [], lengths: new Uint32Array(0) })
  expect([...buildSegment({ hash: 'h', name: '' }, passagesOf('h', ['。']))['lengths']]).toEqual([0])
  const segment = segmentOf('h', [new Map([['a', 70_000]])])
  expect(segment.frequencies[0]).toBe(0xffff)
  expect(segment.lengths[0]).toBe(70_000)
})
