import { expect, test } from 'vitest'
import { onChange, type Change } from '../../../src/storage/changes'
import {
  createCollection,
  deleteCollection,
  getCollection,
  listCollections,
  renameCollection,
} from '../../../src/storage/collections'
import { commitDocument, listDocuments } from '../../../src/storage/documents'
import { enqueue, listQueue } from '../../../src/storage/queue'
import { getExcluded, getSetting, setExcluded, setSetting } from '../../../src/storage/settings'
import { clearTurns, deleteTurn, listTurns, saveTurn } from '../../../src/storage/turns'
import { documentBytes, persist, storageUsage } from '../../../src/storage/usage'
import { deferred, rowCounts, storesMentioning, temporaryDatabase, withCollections } from './fixtures'
import { hashOf, prepare, quotingTurn } from './prepared'

test('collections are made, renamed and listed in their order', async () => {
  const db = await temporaryDatabase()
  const work = await createCollection(db, 'Work')
  const home = await createCollection(db, '家')
  await renameCollection(db, work.id, '仕事')
  await renameCollection(db, 'missing', 'nothing')
  expect((await listCollections(db)).map((collection) => collection.name).sort()).toEqual(['仕事', '家'])
  expect(await getCollection(db, home.id)).toEqual(home)
})

test('a built-in sample is there once', async () => {
  const db = await temporaryDatabase()
  const [first, second] = await Promise.all([createCollection(db, '見本', 'ja'), createCollection(db, '見本', 'ja')])
  expect(second.id).toBe(first.id)
  expect((await createCollection(db, 'Sample', 'en')).id).not.toBe(first.id)
})

test('deleting a collection takes its history, its queue and the documents that are in no other', async () => {
  const db = await temporaryDatabase()
  await withCollections(db, 'one', 'two')
  const [only, shared] = [prepare('only'), prepare('shared', { collections: ['one', 'two'] })]
  await commitDocument(db, only)
  await commitDocument(db, shared)
  await saveTurn(db, quotingTurn('one', shared, 1))
  await saveTurn(db, quotingTurn('two', shared, 1))
  await enqueue(db, { collection: 'one', name: 'a.pdf', file: new Blob(['a']) })
  await enqueue(db, { collection: 'two', name: 'b.pdf', file: new Blob(['b']) })
  await setExcluded(db, 'one', [hashOf('shared')])
  await deleteCollection(db, 'one')
  expect(await storesMentioning(db, hashOf('only'))).toEqual([])
  expect((await listDocuments(db)).map((document) => document.collections)).toEqual([['two']])
  expect(await rowCounts(db)).toMatchObject({ collections: 1, documents: 1, queue: 1, turns: 1, settings: 0 })
  expect((await listQueue(db)).map((row) => row.name)).toEqual(['b.pdf'])
})

test('the history of a collection is kept in order, deleted by turn and cleared', async () => {
  const db = await temporaryDatabase()
  await withCollections(db, 'one', 'two')
  const prepared = prepare('history')
  await commitDocument(db, { ...prepared, document: { ...prepared.document, collections: ['one', 'two'] } })
  const turns = [3, 1, 2].map((asked) => ({ ...quotingTurn('one', prepared, asked), asked }))
  for (const turn of turns) await saveTurn(db, turn)
  const elsewhere = quotingTurn('two', prepared, 1)
  await saveTurn(db, elsewhere)
  expect((await listTurns(db, 'one')).map((turn) => turn.asked)).toEqual([1, 2, 3])
  await saveTurn(db, { ...turns[0]!, question: 'asked anew' })
  await deleteTurn(db, turns[1]!.id)
  expect((await listTurns(db, 'one')).map((turn) => turn.question)).toEqual(['What is on the page?', 'asked anew'])
  await clearTurns(db, 'one')
  expect(await listTurns(db, 'one')).toEqual([])
  expect(await listTurns(db, 'two')).toEqual([elsewhere])
})

test('an answer that comes after its collection was deleted is dropped', async () => {
  const db = await temporaryDatabase()
  await saveTurn(db, quotingTurn('gone', prepare('late'), 1))
  expect(await storesMentioning(db, hashOf('late'))).toEqual([])
})

test('settings come back as they were put, and undefined takes one away', async () => {
  const db = await temporaryDatabase()
  expect(await getSetting(db, 'theme')).toBeUndefined()
  await setSetting(db, 'theme', 'dark')
  await setSetting(db, 'language', 'ja')
  await setExcluded(db, 'one', ['a', 'b'])
  expect(await getSetting(db, 'theme')).toBe('dark')
  expect(await getExcluded(db, 'one')).toEqual(['a', 'b'])
  expect(await getExcluded(db, 'two')).toEqual([])
  await setSetting(db, 'theme', undefined)
  await setExcluded(db, 'one', [])
  expect(await db.getAllKeys('settings')).toEqual(['language'])
})

test('every change is told to this thread and to workers, until they stop listening', async () => {
  const db = await temporaryDatabase()
  const other = await temporaryDatabase()
  await withCollections(db, 'one')
  const heard: Change[] = []
  const stop = onChange(db, (change) => heard.push(change))
  const inWorker = await listenInWorker(db.name)
  await commitDocument(db, prepare('told'))
  await createCollection(other, 'another database')
  await expect.poll(() => heard).toEqual([{ what: 'documents' }])
  expect(await inWorker.heard).toEqual({ what: 'documents' })
  stop()
  await setSetting(db, 'theme', 'light')
  expect(heard).toHaveLength(1)
})

/** Resolves when a worker listens; `heard`, with the first change it hears. */
async function listenInWorker(name: string): Promise<{ heard: Promise<Change> }> {
  const worker = new Worker(new URL('./listener.worker.ts', import.meta.url), { type: 'module' })
  const heard = deferred<Change>()
  const listening = deferred<void>()
  worker.addEventListener('message', ({ data }: MessageEvent<'listening' | Change>) => {
    if (data === 'listening') return listening.resolve()
    heard.resolve(data)
    worker.terminate()
  })
  worker.postMessage(name)
  await listening.promise
  return { heard: heard.promise }
}

test('says how much room is taken, in all and by one document', async () => {
  const db = await temporaryDatabase()
  await withCollections(db, 'one')
  await commitDocument(db, prepare('weighed', { bytes: 300_000 }))
  const usage = await storageUsage()
  expect(usage.used).toBeGreaterThan(0)
  expect(usage.quota).toBeGreaterThan(usage.used!)
  expect(await persist()).toBe((await storageUsage()).persisted)
  const bytes = await documentBytes(db, hashOf('weighed'))
  expect(bytes.file).toBe(300_000)
  expect(bytes.reading).toBeGreaterThan(500)
  expect(await documentBytes(db, hashOf('missing'))).toEqual({ file: 0, reading: 0 })
})
