import { expect, test, vi } from 'vitest'
import type { Ingest } from '../../../src/app/ingest'
import { IngestQueue } from '../../../src/app/ingest-queue.svelte'
import { passwords } from '../../../src/app/passwords'
import { DamagedFile, Interrupted, PasswordNeeded, WrongPassword } from '../../../src/errors'
import type { Database } from '../../../src/storage/database'
import { enqueue, listQueue, readQueued } from '../../../src/storage/queue'
import { deferred, temporaryDatabase } from '../storage/fixtures'
import { prepare } from '../storage/prepared'

const addition = (name: string) => ({ name, file: new Blob([name]), collection: 'one' })
const result = (name: string) => ({ document: prepare(name).document, known: false })
const states = (queue: IngestQueue) => queue.rows.map((row) => [row.name, row.state, row.failure?.key])

function queueOf(db: Database, ingest: Ingest): { queue: IngestQueue; done: string[] } {
  const done: string[] = []
  return { queue: new IngestQueue(db, ingest, (_result, row) => done.push(row.name)), done }
}

test('files are read one at a time, in the order they came, and leave the queue', async () => {
  const db = await temporaryDatabase()
  let together = 0
  const { queue, done } = queueOf(db, async (request) => {
    together += 1
    expect(together).toBe(1)
    await new Promise((resolve) => setTimeout(resolve, 5))
    together -= 1
    return result(request.name)
  })
  await Promise.all(['a.pdf', 'b.pdf', 'c.pdf'].map((name) => queue.add(addition(name))))
  await vi.waitFor(() => expect(done).toHaveLength(3))
  await queue.run()
  expect(queue.rows).toEqual([])
  expect(queue.busy).toBe(false)
})

test('a file that fails stays with its reason, and the rest goes on', async () => {
  const db = await temporaryDatabase()
  const { queue, done } = queueOf(db, async ({ name }) => {
    if (name === 'broken.pdf') throw new DamagedFile()
    if (name === 'fatal.pdf') throw new Interrupted()
    return result(name)
  })
  for (const name of ['broken.pdf', 'fatal.pdf', 'good.pdf']) await queue.add(addition(name))
  await queue.run()
  expect(done).toEqual(['good.pdf'])
  expect(states(queue)).toEqual([
    ['broken.pdf', 'failed', 'damagedFile'],
    ['fatal.pdf', 'failed', 'interrupted'],
  ])
  expect(queue.busy).toBe(false)
})

test('a refused file is read again from what was kept of it', async () => {
  const db = await temporaryDatabase()
  let broken = true
  const { queue, done } = queueOf(db, async ({ name, file }) => {
    if (broken) throw new DamagedFile()
    expect(await file.text()).toBe(name)
    return result(name)
  })
  await queue.add(addition('a.pdf'))
  await queue.run()
  broken = false
  await queue.retry(queue.rows[0]?.id ?? '')
  await queue.run()
  expect(done).toEqual(['a.pdf'])
})

test('a password is asked for, refused, asked for again, and remembered for the document', async () => {
  const db = await temporaryDatabase()
  const { queue } = queueOf(db, async ({ name, password }) => {
    if (password === undefined) throw new PasswordNeeded()
    if (password !== 'sesame') throw new WrongPassword()
    return result(name)
  })
  await queue.add(addition('locked.pdf'))
  await queue.run()
  const id = queue.rows[0]?.id ?? ''
  expect(states(queue)).toEqual([['locked.pdf', 'failed', 'passwordNeeded']])
  await queue.retry(id, 'wrong')
  await queue.run()
  expect(states(queue)).toEqual([['locked.pdf', 'failed', 'wrongPassword']])
  await queue.retry(id, 'sesame')
  await queue.run()
  expect(queue.rows).toEqual([])
  expect(passwords.get(prepare('locked.pdf').document.hash)).toBe('sesame')
  expect(JSON.stringify(await db.getAll('queue'))).not.toContain('sesame')
})

test('progress is shown while a file is read', async () => {
  const db = await temporaryDatabase()
  const gate = deferred<void>()
  const { queue } = queueOf(db, async ({ name }, onProgress) => {
    onProgress({ stage: 'reading', page: 12, pages: 80 })
    await gate.promise
    return result(name)
  })
  await queue.add(addition('a.pdf'))
  await vi.waitFor(() => expect(queue.progress?.progress).toEqual({ stage: 'reading', page: 12, pages: 80 }))
  gate.resolve()
  await queue.run()
  expect(queue.progress).toBeUndefined()
})

test('stopping a file that is being read takes it off and goes on with the next', async () => {
  const db = await temporaryDatabase()
  const { queue, done } = queueOf(db, ({ name }, _onProgress, signal) =>
    name === 'long.pdf'
      ? new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
      : Promise.resolve(result(name)),
  )
  await queue.add(addition('long.pdf'))
  await queue.add(addition('next.pdf'))
  await vi.waitFor(() => expect(queue.rows[0]?.state).toBe('reading'))
  await queue.cancel(queue.rows[0]?.id ?? '')
  await queue.run()
  expect(done).toEqual(['next.pdf'])
  expect(await listQueue(db)).toEqual([])
})

test('after a reload what waited goes on, and what was being read says that it was interrupted', async () => {
  const db = await temporaryDatabase()
  const { id } = await enqueue(db, addition('killed.pdf'))
  await enqueue(db, addition('waited.pdf'))
  // A tab that is killed keeps its row at "reading" and loses its lock.
  const killed = readQueued(db, id, () => new Promise(() => undefined))
  void killed
  await vi.waitFor(async () => expect((await db.get('queue', id))?.state).toBe('reading'))
  await db.put('queue', { ...(await db.get('queue', id))!, id: 'killed' })
  await db.delete('queue', id)

  const { queue, done } = queueOf(db, async ({ name }) => result(name))
  await queue.resume()
  await queue.run()
  expect(done).toEqual(['waited.pdf'])
  expect(states(queue)).toEqual([['killed.pdf', 'failed', 'interrupted']])
})

test('where the tab that read is closed, another one goes on; what was being read then says so', async () => {
  const db = await temporaryDatabase()
  const rows = []
  for (const name of ['dead.pdf', 'next.pdf']) rows.push(await enqueue(db, addition(name)))
  const closing = deferred<void>()
  const closed = readQueued(db, rows[0]!.id, () => closing.promise)
  const { queue, done } = queueOf(db, ({ name }) => Promise.resolve(result(name)))
  await vi.waitFor(async () => expect((await listQueue(db))[0]?.state).toBe('reading'))
  await queue.refresh()
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(done, 'it is read elsewhere').toEqual([])
  // Its lock goes and its row says that it is read: as a tab leaves it that is killed.
  closing.resolve()
  await closed
  await vi.waitFor(() => expect(done).toEqual(['next.pdf']), { timeout: 10_000 })
  await vi.waitFor(() => expect(states(queue)).toEqual([['dead.pdf', 'failed', 'interrupted']]))
})
