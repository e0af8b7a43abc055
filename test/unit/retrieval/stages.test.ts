import { describe, expect, test } from 'vitest'
import type { Evidence, Passage } from '../../../src/domain'
import type { LoadedCandidate } from '../../../src/retrieval/candidate'
import { diversify } from '../../../src/retrieval/diversify'
import { dropNearDuplicates } from '../../../src/retrieval/drop-near-duplicates'
import { likeness } from '../../../src/retrieval/likeness'
import { limitPerDocument } from '../../../src/retrieval/limit-per-document'
import { rerank, type Reranker } from '../../../src/retrieval/rerank'
import { textOf, widen } from '../../../src/retrieval/widen'
import { passage } from './passages'

const candidate = (document: string, ordinal: number, score: number, text: string, rest: Partial<Passage> = {}) =>
  ({
    document,
    ordinal,
    score,
    parts: new Map(),
    matches: [],
    passage: passage(document, ordinal, text, rest),
  }) satisfies LoadedCandidate

const places = (candidates: readonly LoadedCandidate[]) =>
  candidates.map(({ document, ordinal }) => `${document}${ordinal}`)

describe('likeness', () => {
  const like = likeness()
  test.each<[string, string, number]>([
    ['Paid leave', 'paid leaves', 1],
    ['有給休暇', '有給休暇', 1],
    ['Paid leave', '賃金', 0],
    ['', '', 0],
    ['alpha beta', 'alpha gamma', 1 / 3],
  ])('%s / %s', (one, other, expected) => expect(like(one, other)).toBeCloseTo(expected))
})

describe('near duplicates', () => {
  const boilerplate = 'This handbook does not constitute a contract of employment between company and employee.'
  test('within a document the better one stays, and the other says for which it went', () => {
    const result = dropNearDuplicates(
      [candidate('a', 0, 3, boilerplate), candidate('a', 7, 2, `${boilerplate} `), candidate('b', 0, 1, boilerplate)],
      likeness(),
    )
    expect(places(result.kept)).toEqual(['a0', 'b0'])
    expect(result.dropped).toEqual([
      { document: 'a', ordinal: 7, reason: 'near duplicate', for: { document: 'a', ordinal: 0 } },
    ])
  })

  test.each<[string, string]>([
    [
      'The deductible of the Standard plan is $2,000 each year.',
      'The deductible of the Standard plan is $1,000 each year.',
    ],
    [
      '第１級の手当は月額１０，０００円とし、賃金に加えて支払うものとする。',
      '第1級の手当は月額20,000円とし、賃金に加えて支払うものとする。',
    ],
  ])('clauses that differ by a number differ: %s', (one, other) => {
    expect(dropNearDuplicates([candidate('a', 0, 2, one), candidate('a', 1, 1, other)], likeness()).dropped).toEqual([])
  })

  test('rows of tables are left alone', () => {
    const rows = [
      candidate('a', 0, 2, 'Plan\tCost', { kind: 'table' }),
      candidate('a', 1, 1, 'Plan\tCost', { kind: 'table' }),
    ]
    expect(dropNearDuplicates(rows, likeness()).kept).toHaveLength(2)
  })
})

describe('a turn for each document', () => {
  const many = [1, 0.99, 0.985, 0.98, 0.975].map((score, at) => candidate('a', at, score, ''))
  test('the fourth passage of a document gives way to one as good of another', () => {
    expect(places(limitPerDocument([...many, candidate('b', 0, 0.975, '')], 2))).toEqual([
      'a0',
      'a1',
      'a2',
      'b0',
      'a3',
      'a4',
    ])
  })
  test('but not to one that is worse, nor where one document is searched', () => {
    expect(places(limitPerDocument([...many, candidate('b', 0, 0.5, '')], 2)).at(-1)).toBe('b0')
    expect(places(limitPerDocument(many, 1))).toEqual(['a0', 'a1', 'a2', 'a3', 'a4'])
  })
})

describe('diversity', () => {
  test('of two as good, the one that says something else comes first; the best stays the best; none is lost', () => {
    const candidates = [
      candidate('a', 0, 1, 'paid leave of ten days'),
      candidate('a', 1, 0.9, 'paid leave of ten days again'),
      candidate('a', 2, 0.88, 'wages on Friday'),
    ]
    expect(places(diversify(candidates, likeness()))).toEqual(['a0', 'a2', 'a1'])
    expect(diversify([], likeness())).toEqual([])
  })
  test('a clear difference in score counts more', () => {
    const candidates = [
      candidate('a', 0, 1, 'paid leave'),
      candidate('a', 1, 0.9, 'paid leave'),
      candidate('a', 2, 0.5, 'wages'),
    ]
    expect(places(diversify(candidates, likeness()))).toEqual(['a0', 'a1', 'a2'])
  })
})

describe('reranking', () => {
  const byLength: Reranker = {
    id: 'length',
    score: (_question, texts) => Promise.resolve(texts.map((text) => text.length)),
  }
  const signal = new AbortController().signal

  test('orders the first twenty by the new scores and leaves the rest behind them; fused scores still fall', async () => {
    const candidates = Array.from({ length: 22 }, (_, at) => candidate('a', at, 1 - at / 100, 'x'.repeat(at + 1)))
    const ordered = await rerank('q', candidates, byLength, signal)
    expect(ordered.map(({ ordinal }) => ordinal)).toEqual([...Array.from({ length: 20 }, (_, at) => 19 - at), 20, 21])
    expect(ordered[0]!.reranked).toEqual({ score: 20, rank: 1 })
    expect(ordered[20]!.reranked).toBeUndefined()
    expect(ordered.map(({ score }) => score)).toEqual(candidates.map(({ score }) => score))
  })

  test('headings are read with the passage; a wrong number of scores is an error', async () => {
    const read: string[] = []
    const spy: Reranker = { id: 'spy', score: (_question, texts) => (read.push(...texts), Promise.resolve([])) }
    const one = [candidate('a', 0, 1, 'Ten days.', { headingPath: ['Rules', 'Leave'] })]
    await expect(rerank('q', one, spy, signal)).rejects.toThrow(RangeError)
    expect(read).toEqual(['Rules\nLeave\nTen days.'])
  })
})

describe('neighbours for a prompt', () => {
  const pages = [
    passage('d', 0, 'Title page.', { headingPath: [], tokens: 5 }),
    passage('d', 1, 'Leave is granted. It is paid.', { headingPath: ['Leave'], tokens: 10 }),
    passage('d', 2, 'It is paid. It lasts ten days.', { headingPath: ['Leave'], tokens: 10, overlap: 1 }),
    passage('d', 3, 'Ask in time.', { headingPath: ['Leave'], tokens: 5 }),
  ]
  const source = { passage: (_document: string, ordinal: number) => Promise.resolve(pages[ordinal]) }
  const evidence = (ordinal: number, rank: number): Evidence => ({
    passage: pages[ordinal]!,
    documentName: 'd',
    rank,
    score: 1,
    termCoverage: 1,
    matches: [],
  })

  test('those under the same heading join, in reading order, shared sentences told once', async () => {
    const [one] = await widen([evidence(2, 1)], source, 100)
    expect(one!.passages.map(({ ordinal }) => ordinal)).toEqual([1, 2, 3])
    expect(textOf(one!)).toBe('Leave is granted. It is paid.\nIt lasts ten days.\nAsk in time.')
    expect(textOf((await widen([evidence(0, 1)], source, 100))[0]!)).toBe('Title page.')
  })

  test('no passage is told twice, and the evidence stays where there is no room for more', async () => {
    const both = await widen([evidence(1, 1), evidence(3, 2)], source, 100)
    expect(both.flatMap(({ passages }) => passages.map(({ ordinal }) => ordinal))).toEqual([1, 2, 3])
    const tight = await widen([evidence(1, 1), evidence(3, 2)], source, 16)
    expect(tight.map(({ passages }) => passages.map(({ ordinal }) => ordinal))).toEqual([[1], [3]])
  })
})
