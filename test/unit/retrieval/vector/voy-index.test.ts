import { readFileSync } from 'node:fs'
import { expect, test, vi } from 'vitest'
import { InvalidVector } from '../../../../src/errors'
import { quantize } from '../../../../src/retrieval/vector/quantize'
import type { QuantizedVectors } from '../../../../src/retrieval/vector/vector-index'
import { VoyVectorIndex } from '../../../../src/retrieval/vector/voy-index'
import { VoyTree } from '../../../../src/retrieval/vector/voy-tree'
import { exhaustiveSearch } from '../../../fixtures/exhaustive-search'
import { Random } from '../../../fixtures/random'
import { hardComponents, hardVectors } from '../../../fixtures/vectors'

const module = new WebAssembly.Module(readFileSync('node_modules/voy-search/voy_search_bg.wasm'))
const isotropic = (random: Random, count: number, dimension: number) =>
  hardVectors(random, hardComponents.isotropic, count, dimension)
const places = (hits: readonly { document: string; ordinal: number }[]) =>
  hits.map(({ document, ordinal }) => `${document} ${ordinal}`)

test.each([64, 768])('%i dimensions: the hits and scores of an exhaustive search, after every change', (dimension) => {
  const random = new Random(dimension)
  const index = new VoyVectorIndex(dimension, module)
  const documents = new Map<string, QuantizedVectors>()
  for (let round = 0; round < 16; round++) {
    const name = `document ${random.integer(0, 7)}`
    if (random.chance(0.3)) {
      documents.delete(name)
      index.remove(name)
    } else {
      const vectors = quantize(isotropic(random, random.integer(1, 20), dimension), dimension)
      documents.set(name, vectors)
      index.add(name, vectors)
    }
    const query = isotropic(random, 1, dimension)
    const searches = [
      { limit: 5 },
      { limit: 3, documents: ['document 1', 'document 2'] },
      { limit: 500, threshold: 0.01 },
    ]
    for (const options of searches) {
      const hits = index.search(query, options)
      const wanted = exhaustiveSearch(documents, query, options)
      expect(places(hits)).toEqual(places(wanted))
      wanted.forEach(({ score }, rank) => expect(hits[rank]!.score).toBeCloseTo(score, 12))
    }
  }
  for (const [name, vectors] of documents) expect(index.snapshot(name)?.scales).toEqual(vectors.scales)
})

test('the library traps on 40 equal vectors; behind the index they are 40 hits', () => {
  const quiet = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  const one = isotropic(new Random(1), 1, 64)
  const equal = Float32Array.from({ length: 40 * 64 }, (_, at) => one[at % 64]!)
  const entries = Array.from({ length: 40 }, (_, at): [string, Float32Array] => [`${at}`, one])
  expect(() => new VoyTree(module, entries)).toThrow(WebAssembly.RuntimeError)
  quiet.mockRestore()
  const index = new VoyVectorIndex(64, module)
  index.add('b', quantize(equal, 64))
  index.add('a', quantize(one, 64))
  expect(index.size).toBe(41)
  expect(places(index.search(one, { limit: 100 }))).toEqual([
    'a 0',
    ...Array.from({ length: 40 }, (_, at) => `b ${at}`),
  ])
})

test('vectors that are equal in one component only are put aside, and found all the same', () => {
  const quiet = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  const random = new Random(3)
  const flat = isotropic(random, 50, 64).map((value, at) => (at % 64 < 32 ? 0 : value))
  const documents = new Map([
    ['good', quantize(isotropic(random, 50, 64), 64)],
    ['flat', quantize(flat, 64)],
    ['late', quantize(isotropic(random, 20, 64), 64)],
  ])
  const index = new VoyVectorIndex(64, module)
  for (const [name, vectors] of documents) {
    index.add(name, vectors)
    const query = isotropic(random, 1, 64)
    const present = new Map([...documents].filter(([each]) => index.has(each)))
    expect(places(index.search(query, { limit: 10 }))).toEqual(places(exhaustiveSearch(present, query, { limit: 10 })))
  }
  expect(quiet, 'the library has complained').toHaveBeenCalled()
  quiet.mockRestore()
})

test('two indexes take turns in the library without disturbing each other', () => {
  const random = new Random(4)
  const sets = [32, 64].map((dimension) => {
    const index = new VoyVectorIndex(dimension, module)
    const documents = new Map([['a', quantize(isotropic(random, 300, dimension), dimension)]])
    index.add('a', documents.get('a')!)
    return { dimension, index, documents }
  })
  for (let round = 0; round < 4; round++) {
    for (const { dimension, index, documents } of sets) {
      const query = isotropic(random, 1, dimension)
      expect(places(index.search(query, { limit: 7 }))).toEqual(
        places(exhaustiveSearch(documents, query, { limit: 7 })),
      )
    }
  }
})

test('what the library would cut off or cannot compare is refused', () => {
  expect(() => new VoyVectorIndex(784, module)).toThrow(InvalidVector)
  const index = new VoyVectorIndex(16, module)
  expect(index.search(new Float32Array(16).fill(1), { limit: 5 })).toEqual([])
  expect(() => index.add('a', quantize(new Float32Array(32).fill(1), 32))).toThrow(InvalidVector)
  expect(() => index.search(new Float32Array(16), { limit: 1 })).toThrow(InvalidVector)
  expect(() => index.search(new Float32Array(16).fill(Infinity), { limit: 1 })).toThrow(InvalidVector)
})
