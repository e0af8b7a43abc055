import { expect, test } from 'vitest'
import { DamagedFile } from '../../../src/errors'
import type { Database } from '../../../src/storage/database'
import { dequeue, enqueue, failInterrupted, listQueue, readQueued, retry } from '../../../src/storage/queue'
import { commitDocument, getDocument } from '../../../src/storage/documents'
import { deferred, temporaryDatabase, withCollections } from './fixtures'
import { prepare } from './prepared'

const add = (db: Database, name: string, collection = 'one') =>
  enqueue(db, { collection, name, file: new Blob([name]) })

const states = async (db: Database) => (await listQueue(db)).map((row) => [row.name, row.state, row.failure?.key])

test('keeps files in the order they came, by collection', async () => {
  const db = await temporaryDatabase()
  await add(db, 'a.pdf')
  await add(db, 'b.pdf', 'two')
  expect((await listQueue(db)).map((row) => row.name)).toHaveLength(2)
  const [row] = await listQueue(db, 'two')
  expect(row).toMatchObject({ name: 'b.pdf', state: 'waiting' })
  expect(await row!.file.text()).toBe('b.pdf')
})

test('a file goes from waiting to reading to off the queue', async () => {
  const db = await temporaryDatabase()
  const { id } = await add(db, 'a.pdf')
  const result = await readQueued(db, id, async (row) => {
    expect(row.state).toBe('reading')
    expect(await states(db)).toEqual([['a.pdf', 'reading', undefined]])
    await dequeue(db, id)
    return 'read'
  })
  expect(result).toBe('read')
  expect(await listQueue(db)).toEqual([])
})

test('a refused file keeps its reason, and may be tried again', async () => {
  const db = await temporaryDatabase()
  const { id } = await add(db, 'broken.pdf')
  const refuse = () => Promise.reject(new DamagedFile({ detail: 'no pages' }))
  await expect(readQueued(db, id, refuse)).rejects.toBeInstanceOf(DamagedFile)
  expect((await listQueue(db))[0]?.failure).toEqual({ key: 'damagedFile', params: { detail: 'no pages' } })
  expect(await readQueued(db, id, refuse)).toBeUndefined()
  const again = await retry(db, id)
  expect(again).toMatchObject({ state: 'waiting' })
  expect(again).not.toHaveProperty('failure')
})

test('a stopped file waits again', async () => {
  const db = await temporaryDatabase()
  const { id } = await add(db, 'long.pdf')
  const stop = () => Promise.reject(new DOMException('stopped', 'AbortError'))
  await expect(readQueued(db, id, stop)).rejects.toMatchObject({ name: 'AbortError' })
  expect(await states(db)).toEqual([['long.pdf', 'waiting', undefined]])
})

test('a file is read by one tab at a time', async () => {
  const db = await temporaryDatabase()
  const { id } = await add(db, 'a.pdf')
  const gate = deferred<string>()
  const started = deferred<void>()
  const first = readQueued(db, id, () => {
    started.resolve()
    return gate.promise
  })
  await started.promise
  expect(await readQueued(db, id, () => Promise.resolve('second'))).toBeUndefined()
  gate.resolve('first')
  expect(await first).toBe('first')
})

test('a file whose reader was killed is said to be interrupted; one still being read is not', async () => {
  const db = await temporaryDatabase()
  const killed = await add(db, 'killed.pdf')
  const alive = await add(db, 'alive.pdf')
  await add(db, 'waiting.pdf')
  const [first, second] = await Promise.all([reader(db.name, killed.id), reader(db.name, alive.id)])
  expect(await failInterrupted(db)).toEqual([])
  first.terminate()
  await expect.poll(() => failInterrupted(db)).toHaveLength(1)
  expect((await states(db)).sort()).toEqual([
    ['alive.pdf', 'reading', undefined],
    ['killed.pdf', 'failed', 'interrupted'],
    ['waiting.pdf', 'waiting', undefined],
  ])
  second.terminate()
})

/** A worker that has begun to read a file and never finishes. */
async function reader(name: string, id: string): Promise<Worker> {
  const worker = new Worker(new URL('./endless-reader.worker.ts', import.meta.url), { type: 'module' })
  const reading = new Promise((resolve) => worker.addEventListener('message', resolve, { once: true }))
  worker.postMessage({ name, id })
  await reading
  return worker
}

test('a file that was taken off the queue while it was read, in another tab, is not kept', async () => {
  const db = await temporaryDatabase()
  await withCollections(db, 'one')
  const prepared = prepare('cancelled')
  const row = await enqueue(db, { collection: 'one', name: 'cancelled', file: new Blob(['x']) })
  await dequeue(db, row.id)
  await expect(commitDocument(db, prepared, { queueId: row.id })).rejects.toMatchObject({ name: 'AbortError' })
  expect(await getDocument(db, prepared.document.hash)).toBeUndefined()
})
