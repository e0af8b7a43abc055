import { expect, onTestFinished, test } from 'vitest'
import { RestartableWorker } from '../../../src/app/restartable-worker'
import { DamagedFile, Interrupted } from '../../../src/errors'
import type { Unruly } from './unruly.worker'

function unruly(patience = 100): { worker: RestartableWorker<Unruly>; started: () => number } {
  let started = 0
  const worker = new RestartableWorker<Unruly>(() => {
    started += 1
    const thread = new Worker(new URL('./unruly.worker.ts', import.meta.url), { type: 'module' })
    // The death is the test: it must not be taken for a failure of the page.
    thread.addEventListener('error', (event) => event.preventDefault())
    return thread
  }, patience)
  onTestFinished(() => worker.end())
  return { worker, started: () => started }
}

test('one worker answers call after call', async () => {
  const { worker, started } = unruly()
  await worker.call((api) => api.count())
  expect(await worker.call((api) => api.count())).toBe(2)
  expect(started()).toBe(1)
})

test('errors keep their class, and the worker lives on', async () => {
  const { worker, started } = unruly()
  const refused = worker.call((api) => api.refuse())
  await expect(refused).rejects.toBeInstanceOf(DamagedFile)
  await expect(refused).rejects.toMatchObject({ params: { page: 3 } })
  await worker.call((api) => api.count())
  expect(started()).toBe(1)
})

test('a worker that dies interrupts its call, and the next call starts another', async () => {
  const { worker, started } = unruly()
  await expect(worker.call((api) => api.die())).rejects.toBeInstanceOf(Interrupted)
  expect(await worker.call((api) => api.count())).toBe(1)
  expect(started()).toBe(2)
})

test('a worker that answers an abort is not ended', async () => {
  const { worker, started } = unruly(5000)
  const controller = new AbortController()
  const call = worker.call((api) => api.stopPolitely(controller.signal), controller.signal)
  await worker.call((api) => api.count())
  controller.abort()
  await expect(call).rejects.toMatchObject({ name: 'AbortError' })
  expect(await worker.call((api) => api.count())).toBe(2)
  expect(started()).toBe(1)
})

test('a worker that is deaf to an abort is ended', async () => {
  const { worker, started } = unruly()
  await worker.call((api) => api.count())
  const controller = new AbortController()
  const call = worker.call((api) => api.hang(controller.signal), controller.signal)
  controller.abort()
  await expect(call).rejects.toMatchObject({ name: 'AbortError' })
  expect(await worker.call((api) => api.count())).toBe(1)
  expect(started()).toBe(2)
})

test('a call whose worker is ended for the sake of another is interrupted, not forgotten', async () => {
  const { worker } = unruly()
  await worker.call((api) => api.count())
  const controller = new AbortController()
  const deaf = worker.call((api) => api.hang(controller.signal), controller.signal)
  const other = worker.call((api) => api.count())
  const outcomes = Promise.allSettled([deaf, other])
  controller.abort()
  const [first, second] = await outcomes
  expect(first).toMatchObject({ status: 'rejected', reason: { name: 'AbortError' } })
  expect(second).toMatchObject({ status: 'rejected', reason: { key: 'interrupted' } })
})
