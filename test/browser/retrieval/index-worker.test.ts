import { deleteDB } from 'idb'
import { expect, onTestFinished, test } from 'vitest'
import { FumikuraError } from '../../../src/errors'
import { tokenizerFingerprint } from '../../../src/retrieval/lexical/fingerprint'
import { DATABASE_NAME, openDatabase } from '../../../src/storage/database'
import { commitDocument } from '../../../src/storage/documents'
import { connect } from '../../../src/threads/expose'
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
