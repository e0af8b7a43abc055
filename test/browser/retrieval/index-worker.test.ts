import { deleteDB } from 'idb'
import { expect, onTestFinished, test } from 'vitest'
import { DeviceLost, FumikuraError } from '../../../src/errors'
import { tokenizerFingerprint } from '../../../src/retrieval/lexical/fingerprint'
import { quantize } from '../../../src/retrieval/vector/quantize'
import { DATABASE_NAME, openDatabase } from '../../../src/storage/database'
import { commitDocument } from '../../../src/storage/documents'
import { keepVectors } from '../../../src/storage/vectors'
import { connect, proxy } from '../../../src/threads/expose'
import type { IndexApi } from '../../../src/threads/protocols'
import { withCollections } from '../storage/fixtures'
import { prepare } from '../storage/prepared'

function startWorker() {
  const worker = new Worker(new URL('../../../workers/index.ts', import.meta.url), { type: 'module' })
  onTestFinished(() => worker.terminate())
  return connect<IndexApi>(worker)
}

test('the worker indexes what the page committed, rebuilds a foreign segment and finds in both languages', async () => {
  onTestFinished(() => deleteDB(DATABASE_NAME))
  const db = await openDatabase()
  onTestFinished(() => db.close())
  await withCollections(db, 'one')
  const prepared = prepare('handbook')
  await commitDocument(db, prepared)
  const index = startWorker()
  expect(await index.sync()).toEqual({ documents: 1, passages: prepared.passages.length, rebuilt: 1 })
  const documents = [prepared.document.hash]
  const signal = new AbortController().signal
  const japanese = await index.search({ question: '2頁目の本文は何ですか', documents, limit: 2 }, signal)
  expect(japanese.evidence[0]?.passage).toEqual(prepared.passages[1])
  const english = await index.search({ question: 'Which page is 3 of the handbook?', documents, limit: 2 }, signal)
  expect(english.evidence[0]).toMatchObject({ documentName: 'handbook.pdf', passage: { ordinal: 2 } })
  expect(english.coverage.passagesSearched).toBe(prepared.passages.length)
  expect(english.trace).toBeUndefined()
  const { trace } = await index.search({ question: '2頁目の本文', documents, limit: 2, trace: true }, signal)
  const lexicon = trace!.stages.find(({ stage }) => stage === 'lexicon')!
  expect(lexicon.skipped).toBeUndefined()
  expect(lexicon.ranking!.length).toBeGreaterThan(0)
  expect(trace!.query.pieces.length).toBeGreaterThan(0)
})

test('a cross-encoder on the page is asked in the middle of a search, and vectors of both indexes are searched', async () => {
  onTestFinished(() => deleteDB(DATABASE_NAME))
  const db = await openDatabase()
  onTestFinished(() => db.close())
  await withCollections(db, 'one')
  const prepared = prepare('handbook')
  const documents = [prepared.document.hash]
  await commitDocument(db, prepared)
  const index = startWorker()
  const signal = new AbortController().signal
  const request = { question: 'Which page is it?', documents, limit: 3, trace: true } as const

  const asked: [string, string[]][] = []
  const score = proxy((question: string, texts: string[]) => {
    asked.push([question, texts])
    return Promise.resolve(Float32Array.from(texts, (text) => Number(/Page (\d)/.exec(text)![1])))
  })
  const reranked = await index.search({ ...request, reranker: 'r' }, signal, score)
  expect(asked).toEqual([[request.question, expect.arrayContaining([expect.stringContaining('Page 3')])]])
  expect(reranked.evidence.map(({ passage }) => passage.ordinal)).toEqual([2, 1, 0])

  const lost = proxy(() => Promise.reject(new DeviceLost()))
  const failed = await index.search({ ...request, reranker: 'r' }, signal, lost)
  expect(failed.evidence).toHaveLength(3)
  expect(failed.trace!.stages.find(({ stage }) => stage === 'reranking')!.skipped).toBe('deviceLost')

  const space = { model: 'm@1', dimension: 16, prefix: '', dtype: 'fp32', tokenizer: '1' }
  const rows = Float32Array.from({ length: 48 }, (_, at) => (at % 17 === 0 ? 1 : 0))
  await keepVectors(db, space, prepared.document.hash, quantize(rows, 16))
  for (const kind of ['exact', 'voy'] as const) {
    const vector = new Float32Array(16).fill(0)
    vector[1] = 1
    const meaning = { model: 'm', space, vector, weight: 2, milliseconds: 1, index: kind }
    const { evidence } = await index.search({ ...request, question: 'zzz', meaning }, signal)
    expect(evidence[0], kind).toMatchObject({ passage: { ordinal: 1 }, dense: { rank: 1 } })
  }
})

test('an aborted search reaches the page as an AbortError, not as one of ours', async () => {
  const index = startWorker()
  const error: unknown = await index
    .search({ question: 'x', documents: [], limit: 1 }, AbortSignal.abort())
    .catch((reason: unknown) => reason)
  expect(error).toMatchObject({ name: 'AbortError' })
  expect(error).not.toBeInstanceOf(FumikuraError)
})

test('this engine makes the same terms as the one that the unit tests run in', () => {
  expect(tokenizerFingerprint()).toBe('terms-1-137e3132')
})
