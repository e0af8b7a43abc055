import { expect, test, vi } from 'vitest'
import { Searching, type SearchWays, type SearchingParts } from '../../../src/app/searching'
import { Interrupted } from '../../../src/errors'
import { evidenceOf } from '../answering/evidence'

const never = new AbortController().signal
const coverage = { passagesRead: 1, passagesSearched: 9, documentsRead: 1, documentsSearched: 1 }
const request = { question: 'How many days?', documents: ['d'], limit: 3 }
const ways: SearchWays = {
  ...{ meaning: true, reranking: true },
  switches: { severalQueries: false, hypotheticalAnswer: false },
}
const vector = {
  model: 'e',
  space: 's',
  vector: new Float32Array(1),
  weight: 1,
  milliseconds: 1,
  index: 'exact' as const,
}

/** A search over models that are ready. */
function made(changes: { meaning?: object; queries?: string[]; state?: string } = {}) {
  const { meaning = vector, queries = [], state = 'ready' } = changes
  const search = vi.fn(({ question }: { question: string }) =>
    Promise.resolve({ evidence: [evidenceOf(question, 'en', { id: question })], coverage }),
  )
  const ask = vi.fn(() => Promise.resolve(meaning))
  const expand = vi.fn(() => Promise.resolve({ queries }))
  const rerank = vi.fn(() => ({ request: { reranker: 'r' }, score: () => Promise.resolve([]) }))
  const model = { chosen: { id: 'e' }, state }
  const parts = {
    index: { search },
    understanding: { expand },
    meaning: { ask, fusion: 'sum', index: 'exact', model },
    reranking: { ask: rerank, model },
  } as unknown as SearchingParts
  return { searching: new Searching(parts), search, ask, expand, rerank }
}

test('goes by the settings where no ways are wished, and by words alone where a model is not ready', async () => {
  const { searching, search, expand } = made({ meaning: { skipped: 'opening' } })
  await searching.search(request, never)
  expect(search.mock.calls[0]![0]).toMatchObject({ meaning: { skipped: 'opening' }, reranker: 'r', fusion: 'sum' })
  expect(expand).toHaveBeenCalledWith('How many days?', 'en', never, undefined)
})

test('leaves out what the ways leave out', async () => {
  const { searching, search, ask, rerank } = made()
  await searching.search(request, never, { ...ways, meaning: false, reranking: false, fusion: 'reciprocal rank' })
  expect(search.mock.calls[0]![0]).toEqual({ ...request, fusion: 'reciprocal rank' })
  expect([ask.mock.calls, rerank.mock.calls]).toEqual([[], []])
})

test('searches for other wordings too, and merges what is found', async () => {
  const { searching, search } = made({ queries: ['What number of days?'] })
  const { evidence } = await searching.search(request, never, ways)
  expect(search.mock.calls.map(([{ question }]) => question)).toEqual(['How many days?', 'What number of days?'])
  expect(evidence.map(({ passage }) => passage.id)).toEqual(['How many days?', 'What number of days?'])
})

test('a way that was asked for and fails is told: what is measured must not be another search', async () => {
  const { searching, search } = made({ meaning: { skipped: 'slow' } })
  await expect(searching.search(request, never, ways)).rejects.toBeInstanceOf(Interrupted)
  expect(search).not.toHaveBeenCalled()
})

test('its fingerprint names the models that are ready, and no others', () => {
  expect(made().searching.fingerprint).toMatch(/^terms-\S+ \S+ embedder=e vectors=exact fusion=sum reranker=e$/)
  expect(made({ state: 'opening' }).searching.fingerprint).toMatch(/embedder=none .*reranker=none$/)
})
