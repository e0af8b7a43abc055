import { describe, expect, test } from 'vitest'
import { b, inverseDocumentFrequency, k1, saturation } from '../../../../src/retrieval/lexical/bm25'
import { segmentOf } from '../../../../src/retrieval/lexical/build'
import { LexicalIndex } from '../../../../src/retrieval/lexical/index'
import { Random } from '../../../fixtures/random'

type Counts = Record<string, number>

const indexOf = (documents: Record<string, Counts[]>): LexicalIndex => {
  const index = new LexicalIndex()
  for (const [document, passages] of Object.entries(documents)) {
    index.add(
      segmentOf(
        document,
        passages.map((counts) => new Map(Object.entries(counts))),
      ),
    )
  }
  return index
}

/** BM25 written out over plain objects: what the index has to agree with. */
function reference(documents: Record<string, Counts[]>, chosen: string[], terms: string[]) {
  const passages = chosen.flatMap((document) =>
    documents[document]!.map((counts, ordinal) => ({ document, ordinal, counts })),
  )
  const lengthOf = (counts: Counts) => Object.values(counts).reduce((sum, count) => sum + count, 0)
  const average = passages.reduce((sum, { counts }) => sum + lengthOf(counts), 0) / passages.length
  return passages
    .map(({ document, ordinal, counts }) => {
      let score = 0
      for (const term of terms) {
        const frequency = counts[term] ?? 0
        const containing = passages.filter((passage) => passage.counts[term]).length
        const idf = Math.log(1 + (passages.length - containing + 0.5) / (containing + 0.5))
        score += (idf * frequency * (k1 + 1)) / (frequency + k1 * (1 - b + (b * lengthOf(counts)) / average))
      }
      return { document, ordinal, score }
    })
    .filter(({ score }) => score > 0)
    .sort((one, other) => other.score - one.score)
}

describe.each(Array.from({ length: 40 }, (_, seed) => seed))('random library %i', (seed) => {
  const random = new Random(seed)
  const vocabulary = ['a', 'b', 'c', 'd', 'e', 'f', '休', '暇']
  const passageCounts = (): Counts =>
    Object.fromEntries(vocabulary.filter(() => random.chance(0.4)).map((term) => [term, random.integer(1, 5)]))
  const documents: Record<string, Counts[]> = {}
  for (let at = 0; at < random.integer(1, 6); at++) {
    documents[`d${at}`] = Array.from({ length: random.integer(0, 6) }, passageCounts)
  }
  const terms = Array.from({ length: random.integer(1, 5) }, () => random.pick(vocabulary))

  const expectSame = (index: LexicalIndex, chosen: string[]) => {
    const expected = reference(documents, chosen, terms)
    const { hits, passages } = index.search(terms, { documents: chosen, limit: 100 })
    expect(passages).toBe(chosen.reduce((sum, document) => sum + documents[document]!.length, 0))
    expect(hits.length).toBe(expected.length)
    hits.forEach((hit, at) => expect(hit.score).toBeCloseTo(expected[at]!.score, 9))
    for (const { document, ordinal, score } of hits) {
      const same = expected.find((each) => each.document === document && each.ordinal === ordinal)
      expect(score).toBeCloseTo(same!.score, 9)
    }
    expect(index.search(terms, { documents: chosen, limit: 2 }).hits).toEqual(hits.slice(0, 2))
  }

  test('scores are those of BM25 over the documents searched', () => {
    const index = indexOf(documents)
    expectSame(index, Object.keys(documents))
    expectSame(
      index,
      Object.keys(documents).filter((_, at) => at % 2 === 0),
    )
  })

  test('what was removed and added again leaves no trace', () => {
    const index = indexOf({ ...documents, gone: [{ a: 9, z: 1 }] })
    index.remove('gone')
    const [first] = Object.keys(documents)
    index.remove(first!)
    index.add(
      segmentOf(
        first!,
        documents[first!]!.map((counts) => new Map(Object.entries(counts))),
      ),
    )
    index.add(
      segmentOf(
        first!,
        documents[first!]!.map((counts) => new Map(Object.entries(counts))),
      ),
    )
    expect(index.has('gone')).toBe(false)
    expect(index.passages).toBe(Object.values(documents).flat().length)
    expect(index.documents.sort()).toEqual(Object.keys(documents).sort())
    expectSame(index, Object.keys(documents))
  })
})

test('equal scores come in the order of the documents, then of the passages', () => {
  const index = indexOf({ one: [{ a: 1 }, { a: 1 }], two: [{ a: 1 }] })
  const order = (documents: string[]) =>
    index.search(['a'], { documents, limit: 9 }).hits.map(({ document, ordinal }) => `${document} ${ordinal}`)
  expect(order(['one', 'two'])).toEqual(['one 0', 'one 1', 'two 0'])
  expect(order(['two', 'one', 'two'])).toEqual(['two 0', 'one 0', 'one 1'])
})

test('coverage is the share of term weight held; a term of no passage weighs most', () => {
  const { hits, weights } = indexOf({ one: [{ rare: 1, common: 1 }, { common: 1 }, { common: 3 }] }).search(
    ['rare', 'common', 'xyz'],
    { limit: 9 },
  )
  const [rare, common, absent] = [weights.get('rare')!, weights.get('common')!, weights.get('xyz')!]
  expect(absent).toBeGreaterThan(rare)
  expect(rare).toBeGreaterThan(common)
  expect(hits[0]!.coverage).toBeCloseTo((rare + common) / (rare + common + absent))
  expect(hits[1]!.coverage).toBeCloseTo(common / (rare + common + absent))
})

test('nothing to find: no terms, no documents, unknown documents, no hits wanted', () => {
  const index = indexOf({ one: [{ a: 1 }], empty: [] })
  expect(index.search([], { limit: 5 }).hits).toEqual([])
  expect(index.search(['a'], { documents: [], limit: 5 })).toMatchObject({ hits: [], passages: 0 })
  expect(index.search(['a'], { documents: ['other', 'empty'], limit: 5 })).toMatchObject({ hits: [], passages: 0 })
  expect(index.search(['a'], { limit: 0 }).hits).toEqual([])
  expect(new LexicalIndex().search(['a'], { limit: 5 })).toMatchObject({ hits: [], passages: 0 })
  index.remove('never there')
})

test('a misspelt term finds what it was meant to, at half the weight', () => {
  const index = indexOf({ one: [{ transplant: 1 }, { health: 2 }], two: [{ other: 1 }] })
  const meant = index.search(['transplant'], { limit: 1 })
  const slip = index.search(['transplnat'], { limit: 1 })
  expect(slip.substitutes).toEqual(new Map([['transplnat', 'transplant']]))
  expect(slip.hits[0]!.ordinal).toBe(0)
  expect(slip.hits[0]!.score).toBeCloseTo(meant.hits[0]!.score / 2)
  expect(slip.hits[0]!.coverage).toBeLessThan(0.5)
  expect(index.search(['transplnat'], { documents: ['two'], limit: 1 }).hits).toEqual([])
})

test('weight falls with frequency and is never negative; saturation grows to k1 + 1', () => {
  expect(inverseDocumentFrequency(10, 0)).toBeGreaterThan(inverseDocumentFrequency(10, 1))
  expect(inverseDocumentFrequency(10, 10)).toBeGreaterThan(0)
  expect(saturation(1, 10, 10)).toBeCloseTo(1)
  expect(saturation(1, 20, 10)).toBeLessThan(1)
  expect(saturation(1e9, 10, 10)).toBeCloseTo(k1 + 1)
})

test('a question without terms finds nothing, and nothing of it is covered', () => {
  const index = indexOf({ a: [{ leave: 2 }, { days: 1 }] })
  const { hits, measure } = index.search([], { limit: 5 })
  expect(hits).toEqual([])
  expect(measure({ document: 'a', ordinal: 0 })).toEqual({ score: 0, coverage: 0 })
})
