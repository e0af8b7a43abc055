import { expect, test } from 'vitest'
import { ExactVectorIndex } from '../../../../src/retrieval/vector/exact-index'
import { createEngine, scalarEngine, simdEngine } from '../../../../src/retrieval/vector/kernels/engine'
import { quantize } from '../../../../src/retrieval/vector/quantize'
import type { QuantizedVectors } from '../../../../src/retrieval/vector/vector-index'
import { VoyVectorIndex } from '../../../../src/retrieval/vector/voy-index'
import { loadVoyModule } from '../../../../src/retrieval/vector/voy-module'
import { exhaustiveSearch } from '../../../fixtures/exhaustive-search'
import { Random } from '../../../fixtures/random'
import { hardComponents, hardVectors } from '../../../fixtures/vectors'

const DIMENSION = 384

function library(random: Random): Map<string, QuantizedVectors> {
  return new Map(
    Array.from({ length: 12 }, (_, at): [string, QuantizedVectors] => [
      `document ${at}`,
      quantize(hardVectors(random, hardComponents.outliers, random.integer(1, 90), DIMENSION, 10), DIMENSION),
    ]),
  )
}

const places = (hits: readonly { document: string; ordinal: number }[]) =>
  hits.map(({ document, ordinal }) => `${document} ${ordinal}`)

test('this browser runs the SIMD kernels, and they find what the scalar ones and an exhaustive search find', () => {
  const { kernels } = createEngine()
  expect(kernels.scan.toString()).toContain('[native code]')
  const random = new Random(1)
  const documents = library(random)
  const indexes = [simdEngine, scalarEngine].map((engine) => new ExactVectorIndex(DIMENSION, engine))
  for (const index of indexes) for (const [name, vectors] of documents) index.add(name, vectors)
  for (let round = 0; round < 20; round++) {
    const query = hardVectors(random, hardComponents.outliers, 1, DIMENSION)
    const [simd, scalar] = indexes.map((index) => index.search(query, { limit: 10 }))
    expect(scalar).toEqual(simd)
    expect(places(simd!)).toEqual(places(exhaustiveSearch(documents, query, { limit: 10 })))
  }
})

test('memory that grows here keeps what is in it', () => {
  const random = new Random(2)
  const index = new ExactVectorIndex(64)
  const vectors = quantize(hardVectors(random, hardComponents.isotropic, 3000, 64), 64)
  index.add('0', vectors)
  const before = index.bytes
  for (let at = 1; at < 8; at++) index.add(`${at}`, vectors)
  expect(index.bytes).toBeGreaterThan(before)
  const kept = index.snapshot('0')!
  expect(kept.coarse.every((value, at) => value === vectors.coarse[at])).toBe(true)
  expect(kept.fine.every((value, at) => value === vectors.fine[at])).toBe(true)
})

test('voy-search, loaded from our own origin, finds the same', async () => {
  const random = new Random(3)
  const documents = library(random)
  const index = new VoyVectorIndex(DIMENSION, await loadVoyModule())
  for (const [name, vectors] of documents) index.add(name, vectors)
  const query = hardVectors(random, hardComponents.outliers, 1, DIMENSION)
  expect(places(index.search(query, { limit: 10 }))).toEqual(places(exhaustiveSearch(documents, query, { limit: 10 })))
})
