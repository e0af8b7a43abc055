import { describe, expect, test } from 'vitest'
import { InvalidVector } from '../../../../src/errors'
import { ExactVectorIndex } from '../../../../src/retrieval/vector/exact-index'
import { scalarEngine, simdEngine } from '../../../../src/retrieval/vector/kernels/engine'
import { quantize } from '../../../../src/retrieval/vector/quantize'
import type { QuantizedVectors, VectorSearchOptions } from '../../../../src/retrieval/vector/vector-index'
import { exhaustiveSearch } from '../../../fixtures/exhaustive-search'
import { Random } from '../../../fixtures/random'
import { ClusteredVectors, hardComponents, hardVectors, normal } from '../../../fixtures/vectors'

type Documents = Map<string, QuantizedVectors>

/** Compared here, since toEqual takes a second for what this does in a millisecond. */
function same(a: QuantizedVectors | undefined, b: QuantizedVectors | undefined): boolean {
  if (!a || !b) return a === b
  const equal = (x: ArrayLike<number>, y: ArrayLike<number>) =>
    x.length === y.length && Array.prototype.every.call(x, (value, at) => value === y[at])
  return (
    a.dimension === b.dimension &&
    equal(a.coarse, b.coarse) &&
    equal(a.fine, b.fine) &&
    equal(a.scales, b.scales) &&
    equal(a.residuals, b.residuals)
  )
}

/** The same documents in an index with SIMD and in one without. */
function indexesOf(dimension: number, documents: Documents) {
  const indexes = [new ExactVectorIndex(dimension, simdEngine), new ExactVectorIndex(dimension, scalarEngine)] as const
  for (const index of indexes) for (const [document, vectors] of documents) index.add(document, vectors)
  return indexes
}

/** Vectors cut into documents of up to `most` rows, under names whose order is not that of the rows. */
function cut(random: Random, vectors: Float32Array, dimension: number, most: number): Documents {
  const documents: Documents = new Map()
  for (let at = 0; at < vectors.length;) {
    const end = Math.min(vectors.length, at + random.integer(1, most) * dimension)
    documents.set(`${random.integer(0, 9999)}-${at}`, quantize(vectors.subarray(at, end), dimension))
    at = end
  }
  return documents
}

function expectExact(
  indexes: readonly ExactVectorIndex[],
  documents: Documents,
  query: Float32Array,
  options: VectorSearchOptions,
) {
  const [simd, scalar] = indexes.map((index) => index.search(query, options))
  expect(scalar).toEqual(simd)
  expect(indexes[1]!.candidates).toBe(indexes[0]!.candidates)
  const wanted = exhaustiveSearch(documents, query, options)
  expect(simd!.map(({ document, ordinal }) => `${document} ${ordinal}`)).toEqual(
    wanted.map(({ document, ordinal }) => `${document} ${ordinal}`),
  )
  wanted.forEach(({ score }, rank) => {
    expect(Math.abs(score - simd![rank]!.score)).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(score)))
  })
}

describe.each([16, 48, 384, 1024])('%i dimensions', (dimension) => {
  const random = new Random(dimension)
  const count = dimension > 100 ? 300 : 1000
  const sets: Record<string, Float32Array> = {
    clustered: new ClusteredVectors(random, dimension, 60).vectors(count),
    ...Object.fromEntries(
      Object.entries(hardComponents).map(([name, component]) => [
        name,
        hardVectors(random, component, count, dimension, 100),
      ]),
    ),
    // Lengths from one thousandth to a thousand, many components zero.
    uneven: Float32Array.from({ length: count * dimension }, (_, at) => {
      const row = Math.floor(at / dimension)
      return at % dimension === 0 || random.chance(0.1) ? normal(random) * 10 ** ((row % 7) - 3) : 0
    }),
  }
  test.each(Object.keys(sets))('%s: the hits of an exhaustive search in float64', (name) => {
    const documents = cut(random, sets[name]!, dimension, 40)
    const indexes = indexesOf(dimension, documents)
    const names = [...documents.keys()]
    for (let round = 0; round < 6; round++) {
      const from = random.integer(0, count - 1) * dimension
      const query = sets[name]!.slice(from, from + dimension).map(
        (value) => value + (0.3 / dimension ** 0.5) * normal(random),
      )
      expectExact(indexes, documents, query, { limit: random.pick([1, 10, 50]) })
      const chosen = names.filter(() => random.chance(0.2))
      expectExact(indexes, documents, query, { limit: 10, documents: chosen })
      expectExact(indexes, documents, query, { limit: 10, threshold: random.next() - 0.2 })
    }
  })
})

test('the least favourable figures: a product of 1,024 greatest values fits into the kernels', () => {
  const dimension = 1024
  const vectors = new Float32Array(dimension * 4).fill(1)
  vectors.fill(-1, 0, dimension)
  vectors.fill(0.5, 2 * dimension, 2 * dimension + 512)
  const documents = new Map([['a', quantize(vectors, dimension)]])
  const indexes = indexesOf(dimension, documents)
  const query = new Float32Array(dimension).fill(1)
  expectExact(indexes, documents, query, { limit: 2 })
  expect(indexes[0].search(query, { limit: 1 })[0]).toMatchObject({
    ordinal: 1,
    score: expect.closeTo(1024, 3) as number,
  })
})

test('a query of one large component and many small ones', () => {
  const random = new Random(9)
  const documents = cut(random, hardVectors(random, hardComponents.isotropic, 1000, 256), 256, 30)
  const indexes = indexesOf(256, documents)
  const query = Float32Array.from({ length: 256 }, (_, at) => (at === 7 ? 1 : 1e-5 * normal(random)))
  for (const limit of [1, 10, 100]) expectExact(indexes, documents, query, { limit })
})

test('10,000 equal vectors come in the order of document and ordinal', () => {
  const one = hardVectors(new Random(2), hardComponents.isotropic, 1, 64)
  const equal = (count: number) =>
    quantize(
      Float32Array.from({ length: count * 64 }, (_, at) => one[at % 64]!),
      64,
    )
  const documents: Documents = new Map([
    ['b', equal(9000)],
    ['a', equal(1000)],
  ])
  const [index] = indexesOf(64, documents)
  const hits = index.search(one, { limit: 1003 })
  expect(hits.slice(0, 2)).toMatchObject([
    { document: 'a', ordinal: 0 },
    { document: 'a', ordinal: 1 },
  ])
  expect(hits.slice(999).map(({ document, ordinal }) => `${document}${ordinal}`)).toEqual(['a999', 'b0', 'b1', 'b2'])
})

test('more hits wanted than there are rows, and more than a scan keeps bounds of', () => {
  const random = new Random(4)
  const documents = cut(random, hardVectors(random, hardComponents.isotropic, 5000, 16), 16, 200)
  const indexes = indexesOf(16, documents)
  const query = hardVectors(random, hardComponents.isotropic, 1, 16)
  for (const limit of [4096, 4097, 100_000]) expectExact(indexes, documents, query, { limit })
  expect(indexes[0].search(query, { limit: 0 })).toEqual([])
})

test('documents come, go and are replaced; the others stay as they were', () => {
  const random = new Random(11)
  const dimension = 16
  const documents: Documents = new Map()
  const indexes = indexesOf(dimension, documents)
  const names = Array.from({ length: 30 }, (_, at) => `document ${at}`)
  for (let round = 0; round < 240; round++) {
    const name = random.pick(names)
    if (random.chance(0.4)) {
      documents.delete(name)
      for (const index of indexes) index.remove(name)
    } else {
      const count = random.chance(0.1) ? 0 : random.chance(0.05) ? random.integer(1000, 5000) : random.integer(1, 60)
      const vectors = quantize(hardVectors(random, hardComponents.isotropic, count, dimension), dimension)
      documents.set(name, vectors)
      for (const index of indexes) index.add(name, vectors)
    }
    if (round % 16 !== 0) continue
    const [index] = indexes
    expect(index.size).toBe([...documents.values()].reduce((sum, { scales }) => sum + scales.length, 0))
    for (const each of names) {
      expect(index.has(each)).toBe(documents.has(each))
      expect(same(index.snapshot(each), documents.get(each))).toBe(true)
    }
    const query = hardVectors(random, hardComponents.isotropic, 1, dimension)
    expectExact(indexes, documents, query, { limit: 5 })
    expectExact(indexes, documents, query, { limit: 5, documents: names.slice(0, 9) })
  }
})

test('memory that grows keeps what is in it, and that of removed documents is used again', () => {
  const random = new Random(5)
  const index = new ExactVectorIndex(64)
  const vectors = quantize(hardVectors(random, hardComponents.isotropic, 3000, 64), 64)
  const add = () => Array.from({ length: 12 }, (_, at) => index.add(`${at}`, vectors))
  add()
  const { bytes } = index
  for (let at = 0; at < 12; at++) expect(same(index.snapshot(`${at}`), vectors)).toBe(true)
  for (let round = 0; round < 5; round++) add()
  for (let at = 0; at < 12; at += 2) index.remove(`${at}`)
  add()
  expect(index.bytes).toBeLessThanOrEqual(bytes * 1.3)
  expect(index.size).toBe(36_000)
})

test('when there is no more memory, what was there goes on', () => {
  const random = new Random(6)
  const engine = scalarEngine()
  let pages = 40
  const limited = {
    kernels: engine.kernels,
    memory: {
      get buffer() {
        return engine.memory.buffer
      },
      grow(more: number) {
        if (more > pages) throw new RangeError('no more memory')
        pages -= more
        engine.memory.grow(more)
      },
    },
  }
  const index = new ExactVectorIndex(16, () => limited)
  const small = quantize(hardVectors(random, hardComponents.isotropic, 100, 16), 16)
  const large = quantize(hardVectors(random, hardComponents.isotropic, 80_000, 16), 16)
  index.add('a', small)
  expect(() => index.add('a', large)).toThrow(RangeError)
  expect(same(index.snapshot('a'), small)).toBe(true)
  expect(index.search(hardVectors(random, hardComponents.isotropic, 1, 16), { limit: 3 })).toHaveLength(3)
})

test('what cannot be compared is refused, and nothing changes', () => {
  const index = new ExactVectorIndex(16)
  expect(index.search(new Float32Array(16).fill(1), { limit: 3 })).toEqual([])
  const vectors = quantize(
    Float32Array.from({ length: 32 }, (_, at) => at - 15.5),
    16,
  )
  index.add('a', vectors)
  expect(() => new ExactVectorIndex(20)).toThrow(InvalidVector)
  expect(() => index.add('b', quantize(new Float32Array(32).fill(1), 32))).toThrow(InvalidVector)
  expect(() => index.add('b', { ...vectors, scales: Float32Array.of(NaN, 1) })).toThrow(InvalidVector)
  for (const query of [new Float32Array(32).fill(1), new Float32Array(16), new Float32Array(16).fill(NaN)]) {
    expect(() => index.search(query, { limit: 1 })).toThrow(InvalidVector)
  }
  expect(index.size).toBe(2)
  expect(index.has('b')).toBe(false)
  index.remove('b')
  index.dispose()
  expect(index.size).toBe(0)
  expect(index.search(new Float32Array(16).fill(1), { limit: 3 })).toEqual([])
})

test('the certificate leaves few rows to score twice', () => {
  const random = new Random(8)
  const clusters = new ClusteredVectors(random, 384, 80)
  const index = new ExactVectorIndex(384)
  index.add('a', quantize(clusters.vectors(2000), 384))
  const query = new Float32Array(384)
  clusters.write(3, query)
  index.search(query, { limit: 10 })
  expect(index.candidates).toBeGreaterThanOrEqual(10)
  expect(index.candidates).toBeLessThan(60)
})
