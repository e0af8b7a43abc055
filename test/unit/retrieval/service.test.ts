import 'fake-indexeddb/auto'
import { describe, expect, test } from 'vitest'
import type { Document, Passage } from '../../../src/domain'
import { StorageUnavailable } from '../../../src/errors'
import { buildSegment } from '../../../src/retrieval/lexical/build'
import { tokenizerFingerprint } from '../../../src/retrieval/lexical/fingerprint'
import { shippedLexicon } from '../../fixtures/lexicon'
import { PieceTokenizer } from '../../../src/retrieval/soft-lexicon/tokenizer'
import { IndexService } from '../../../src/retrieval/service'
import { createCollection } from '../../../src/storage/collections'
import { openDatabase, type Database } from '../../../src/storage/database'
import { commitDocument, deleteDocument } from '../../../src/storage/documents'
import { getSegment } from '../../../src/storage/segments'
import { passagesOf } from './passages'

let databases = 0

async function library(): Promise<{ db: Database; collection: string; service: IndexService }> {
  const name = `service-test-${databases++}`
  const db = await openDatabase({ name })
  const { id } = await createCollection(db, 'Work')
  return { db, collection: id, service: new IndexService(() => openDatabase({ name })) }
}

async function commit(
  db: Database,
  collection: string,
  hash: string,
  texts: string[],
  fingerprint?: string,
): Promise<void> {
  const passages = passagesOf(hash, texts)
  const document: Document = {
    hash,
    name: `${hash}.pdf`,
    type: 'pdf',
    bytes: 1,
    added: 1,
    collections: [collection],
    language: 'en',
    pages: 1,
    imagePages: [],
    passages: passages.length,
    outline: [],
    locked: false,
  }
  const segment = { ...buildSegment(document, passages), ...(fingerprint !== undefined && { fingerprint }) }
  await commitDocument(db, { document, file: new Blob(['x']), pages: [], passages, segment })
}

const ask = async (service: IndexService, question: string, documents: string[]): Promise<Passage[]> =>
  (await service.search({ question, documents, limit: 5 }, new AbortController().signal)).evidence.map(
    ({ passage }) => passage,
  )

test('finds what is in the database, with the names of the documents', async () => {
  const { db, collection, service } = await library()
  await commit(db, collection, 'handbook', ['Paid leave is twenty days.', 'Dress code.'])
  await commit(db, collection, 'rules', ['有給休暇は十日とする。'])
  expect(await service.sync()).toEqual({ documents: 2, passages: 3, rebuilt: 0 })
  const result = await service.search(
    { question: 'How much paid leave?', documents: ['handbook', 'rules'], limit: 5 },
    new AbortController().signal,
  )
  expect(result.evidence.map(({ documentName, passage }) => [documentName, passage.text])).toEqual([
    ['handbook.pdf', 'Paid leave is twenty days.'],
  ])
  expect(result.coverage).toMatchObject({ documentsSearched: 2, passagesSearched: 3 })
  expect(await ask(service, '有給休暇', ['rules'])).toHaveLength(1)
})

test('follows additions and removals; a document not yet known is looked for before the search', async () => {
  const { db, collection, service } = await library()
  await commit(db, collection, 'one', ['leave'])
  await service.sync()
  await commit(db, collection, 'two', ['leave again'])
  expect(await ask(service, 'leave', ['one', 'two'])).toHaveLength(2)
  await deleteDocument(db, 'one')
  expect(await service.sync()).toEqual({ documents: 1, passages: 1, rebuilt: 0 })
  expect(await ask(service, 'leave', ['one', 'two'])).toHaveLength(1)
})

test('a document deleted after the last sync gives no evidence', async () => {
  const { db, collection, service } = await library()
  await commit(db, collection, 'one', ['leave'])
  await service.sync()
  await deleteDocument(db, 'one')
  expect(await ask(service, 'leave', ['one'])).toEqual([])
})

test('segments of another tokenizer are built again from the passages and kept', async () => {
  const { db, collection, service } = await library()
  await commit(db, collection, 'old', ['leave'], 'terms-0-00000000')
  await commit(db, collection, 'new', ['leave'])
  expect(await service.sync()).toEqual({ documents: 2, passages: 2, rebuilt: 1 })
  expect((await getSegment(db, 'old'))?.fingerprint).toBe(tokenizerFingerprint())
  expect(await service.sync()).toMatchObject({ rebuilt: 0 })
  expect(await ask(service, 'leave', ['old', 'new'])).toHaveLength(2)
})

test('searches and syncs at the same time wait for each other', async () => {
  const { db, collection, service } = await library()
  await commit(db, collection, 'one', ['leave'])
  const [first, second, passages] = await Promise.all([service.sync(), service.sync(), ask(service, 'leave', ['one'])])
  expect(first).toEqual(second)
  expect(passages).toHaveLength(1)
})

test('a database that cannot be opened is said so, and opened again the next time', async () => {
  const { db, collection } = await library()
  await commit(db, collection, 'one', ['leave'])
  let attempts = 0
  const service = new IndexService(() =>
    ++attempts === 1 ? Promise.reject(new StorageUnavailable({ reason: 'blocked' })) : openDatabase({ name: db.name }),
  )
  await expect(service.sync()).rejects.toBeInstanceOf(StorageUnavailable)
  expect(await ask(service, 'leave', ['one'])).toHaveLength(1)
})

test('an aborted search rejects with an AbortError', async () => {
  const { service } = await library()
  const controller = new AbortController()
  controller.abort()
  await expect(service.search({ question: 'x', documents: [], limit: 1 }, controller.signal)).rejects.toMatchObject({
    name: 'AbortError',
  })
})

describe('with the soft lexicon', () => {
  const lexicon = shippedLexicon()
  const vacation = ['年次有給休暇は、入社の日に与える。', '服装は自由とする。']

  test('documents read without it are indexed again, once; questions then find passages of the other language', async () => {
    const { db, collection } = await library()
    await commit(db, collection, 'rules', vacation)
    const service = new IndexService(
      () => openDatabase({ name: db.name }),
      () => Promise.resolve(lexicon),
    )
    expect(await service.sync()).toMatchObject({ rebuilt: 1 })
    expect((await getSegment(db, 'rules'))?.pieces?.fingerprint).toBe(lexicon.fingerprint)
    expect((await ask(service, 'Do I get vacation?', ['rules']))[0]?.ordinal).toBe(0)
    const again = new IndexService(
      () => openDatabase({ name: db.name }),
      () => Promise.resolve(lexicon),
    )
    expect(await again.sync()).toMatchObject({ rebuilt: 0 })
    expect(await ask(again, 'Do I get vacation?', ['rules'])).toHaveLength(1)
    await deleteDocument(db, 'rules')
    await again.sync()
    expect(await ask(again, 'Do I get vacation?', ['rules'])).toEqual([])
  })

  test('postings of another lexicon are not used', async () => {
    const { db, collection } = await library()
    const other = new PieceTokenizer({ ...lexicon, fingerprint: 'lexicon-1-other' })
    const segment = buildSegment({ hash: 'rules', name: 'rules.pdf' }, passagesOf('rules', vacation), other)
    await commit(db, collection, 'rules', vacation)
    await db.put('segments', segment)
    const service = new IndexService(
      () => openDatabase({ name: db.name }),
      () => Promise.resolve(lexicon),
    )
    expect(await service.sync()).toMatchObject({ rebuilt: 1 })
  })

  test('where it cannot be had, words are searched and nothing is rebuilt', async () => {
    const { db, collection } = await library()
    await commit(db, collection, 'rules', vacation)
    const service = new IndexService(
      () => openDatabase({ name: db.name }),
      () => Promise.reject(new TypeError('Failed to fetch')),
    )
    expect(await service.sync()).toMatchObject({ rebuilt: 0 })
    expect(await ask(service, '有給休暇', ['rules'])).toHaveLength(1)
    expect(await ask(service, 'Do I get vacation?', ['rules'])).toEqual([])
  })
})
