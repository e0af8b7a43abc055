import { expect, test, vi } from 'vitest'
import {
  addToCollection,
  commitDocument,
  deleteDocument,
  getDocument,
  listDocuments,
  removeFromCollection,
} from '../../../src/storage/documents'
import { getFile } from '../../../src/storage/files'
import { getPage, getPages } from '../../../src/storage/pages'
import { getPassage, getPassageById, getPassages } from '../../../src/storage/passages'
import { enqueue, listQueue } from '../../../src/storage/queue'
import { getSegment, getSegments, replaceSegment } from '../../../src/storage/segments'
import { getExcluded, setExcluded } from '../../../src/storage/settings'
import { listTurns, saveTurn } from '../../../src/storage/turns'
import { rowCounts, storesMentioning, temporaryDatabase, withCollections } from './fixtures'
import { hashOf, prepare, quotingTurn } from './prepared'

test('keeps a document with everything that belongs to it', async () => {
  const db = await temporaryDatabase()
  await withCollections(db, 'one')
  const prepared = prepare('handbook')
  const kept = await commitDocument(db, prepared)
  const hash = hashOf('handbook')
  expect(kept).toEqual(prepared.document)
  expect(await getDocument(db, hash)).toEqual(kept)
  expect((await getFile(db, hash))?.size).toBe(64)
  expect((await getPages(db, hash)).map((page) => page.text)).toEqual(prepared.pages.map((page) => page.text))
  expect((await getPages(db, hash, 2, 3)).map((page) => page.number)).toEqual([2, 3])
  expect((await getPage(db, hash, 2))?.blocks).toEqual(prepared.pages[1]!.blocks)
  expect(await getPage(db, hash, 4)).toBeUndefined()
  expect(await getPassages(db, hash)).toEqual(prepared.passages)
  expect(await getPassage(db, hash, 1)).toEqual(prepared.passages[1])
  expect(await getPassageById(db, prepared.passages[2]!.id)).toEqual(prepared.passages[2])
  expect(await getSegment(db, hash)).toEqual(prepared.segment)
  expect(await getSegments(db, [hash, hashOf('missing')])).toHaveLength(1)
})

test('asks for strict durability', async () => {
  const db = await temporaryDatabase()
  await withCollections(db, 'one')
  const opened: IDBTransaction[] = []
  const original = IDBDatabase.prototype.transaction
  const spy = vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(function (this: IDBDatabase, ...args) {
    const transaction = original.apply(this, args)
    opened.push(transaction)
    return transaction
  })
  await commitDocument(db, prepare('handbook'))
  await deleteDocument(db, hashOf('handbook'))
  spy.mockRestore()
  expect(opened.map(({ mode, durability }) => [mode, durability])).toEqual([
    ['readwrite', 'strict'],
    ['readwrite', 'strict'],
  ])
})

test('takes the file off the queue in the same transaction', async () => {
  const db = await temporaryDatabase()
  await withCollections(db, 'one')
  const row = await enqueue(db, { collection: 'one', name: 'a.pdf', file: new Blob(['a']) })
  await commitDocument(db, prepare('a'), { queueId: row.id })
  expect(await listQueue(db)).toEqual([])
})

test('a transaction that breaks in the middle leaves no trace and keeps what was there', async () => {
  const db = await temporaryDatabase()
  await withCollections(db, 'one')
  await commitDocument(db, prepare('old'))
  const row = await enqueue(db, { collection: 'one', name: 'new.pdf', file: new Blob(['b']) })
  const before = await rowCounts(db)
  const broken = prepare('new')
  // A function cannot be cloned: the last put throws after all the others were issued.
  Object.assign(broken.passages[2]!, { text: () => 'not cloneable' })
  await expect(commitDocument(db, broken, { replaces: hashOf('old'), queueId: row.id })).rejects.toMatchObject({
    key: 'unexpected',
  })
  expect(await rowCounts(db)).toEqual(before)
  expect(await storesMentioning(db, hashOf('new'))).toEqual([])
  expect(await getPassages(db, hashOf('old'))).toHaveLength(3)
})

test('the same file committed again stays one document, in all of its collections', async () => {
  const db = await temporaryDatabase()
  await withCollections(db, 'one', 'two')
  const first = await commitDocument(db, prepare('same'))
  const again = prepare('same', { collections: ['two'], pages: 2 })
  again.document.added = first.added + 1000
  const kept = await commitDocument(db, again)
  expect(kept.collections.sort()).toEqual(['one', 'two'])
  expect(kept.added).toBe(first.added)
  expect(await getPages(db, hashOf('same'))).toHaveLength(2)
  expect(await listDocuments(db)).toHaveLength(1)
})

test('a document whose collection was deleted while it was read is not kept', async () => {
  const db = await temporaryDatabase()
  await withCollections(db, 'one')
  await expect(commitDocument(db, prepare('late', { collections: ['gone'] }))).rejects.toMatchObject({
    name: 'AbortError',
  })
  expect(await storesMentioning(db, hashOf('late'))).toEqual([])
})

test('deleting removes everything of a document from every store, and nothing of another', async () => {
  const db = await temporaryDatabase()
  await withCollections(db, 'one')
  const [secret, other] = [prepare('secret'), prepare('other')]
  await commitDocument(db, secret)
  await commitDocument(db, other)
  await saveTurn(db, quotingTurn('one', secret, 1))
  await saveTurn(db, quotingTurn('one', other, 1))
  await saveTurn(db, { ...quotingTurn('one', other, 2), documents: [secret.document.hash, other.document.hash] })
  await setExcluded(db, 'one', [secret.document.hash, other.document.hash])
  await enqueue(db, { collection: 'one', name: 'v2.pdf', file: new Blob(['2']), replaces: secret.document.hash })
  expect(await storesMentioning(db, hashOf('secret'))).toEqual([
    'documents',
    'files',
    'pages',
    'passages',
    'queue',
    'segments',
    'settings',
    'turns',
  ])
  await deleteDocument(db, hashOf('secret'))
  expect(await storesMentioning(db, hashOf('secret'))).toEqual([])
  expect(await storesMentioning(db, 'of secret')).toEqual([])
  expect(await storesMentioning(db, hashOf('other'))).toEqual([
    'documents',
    'files',
    'pages',
    'passages',
    'segments',
    'settings',
    'turns',
  ])
  expect(await listTurns(db, 'one')).toHaveLength(2)
  expect(await listQueue(db)).toHaveLength(1)
})

test('leaves the last collection, and only then is removed', async () => {
  const db = await temporaryDatabase()
  await withCollections(db, 'one', 'two')
  const hash = hashOf('shared')
  await commitDocument(db, prepare('shared'))
  expect((await addToCollection(db, hash, 'two'))?.collections).toEqual(['one', 'two'])
  expect(await addToCollection(db, hash, 'missing')).toBeUndefined()
  expect(await addToCollection(db, hashOf('missing'), 'one')).toBeUndefined()
  await removeFromCollection(db, hash, 'one')
  expect(await listDocuments(db, 'one')).toEqual([])
  expect((await listDocuments(db, 'two')).map((document) => document.hash)).toEqual([hash])
  await removeFromCollection(db, hash, 'two')
  expect(await storesMentioning(db, hash)).toEqual([])
})

test('a new version takes the place of the old one in every collection', async () => {
  const db = await temporaryDatabase()
  await withCollections(db, 'one', 'two')
  const text = (page: number) => `Rule ${page} of the house.`
  const old = prepare('version 1', { collections: ['one', 'two'], text })
  await commitDocument(db, old)
  await setExcluded(db, 'two', [old.document.hash])
  await saveTurn(db, quotingTurn('one', old, 1))
  await saveTurn(db, quotingTurn('one', old, 2))
  const next = prepare('version 2', { text: (page) => (page === 2 ? 'Rule 2, amended in July.' : text(page)) })
  const kept = await commitDocument(db, next, { replaces: old.document.hash })
  expect(kept.collections.sort()).toEqual(['one', 'two'])
  expect(await getDocument(db, old.document.hash)).toBeUndefined()
  expect(await getPages(db, old.document.hash)).toEqual([])
  expect(await getExcluded(db, 'two')).toEqual([next.document.hash])
  const citations = (await listTurns(db, 'one')).flatMap((turn) => turn.answer!.sentences[0]!.citations)
  // What stands unchanged is cited in the new version; what was amended stays a quotation of the old one.
  expect(citations.map((citation) => citation.document).sort()).toEqual([old.document.hash, next.document.hash].sort())
  const moved = citations.find((citation) => citation.document === next.document.hash)!
  expect(await getPassageById(db, moved.passage)).toBeDefined()
})

test('a rebuilt segment is kept only while its document is there', async () => {
  const db = await temporaryDatabase()
  await withCollections(db, 'one')
  const { segment } = prepare('indexed')
  expect(await replaceSegment(db, segment)).toBe(false)
  await commitDocument(db, prepare('indexed'))
  expect(await replaceSegment(db, { ...segment, fingerprint: 'newer' })).toBe(true)
  expect((await getSegment(db, hashOf('indexed')))?.fingerprint).toBe('newer')
})
