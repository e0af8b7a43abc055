import { expect, test } from 'vitest'
import { InvalidVector, ModelUnusable } from '../../../src/errors'
import { EmbeddingBacklog, type BacklogProgress, type BacklogStore } from '../../../src/engines/embedding/backlog'

/** Documents by name with their number of passages; a document leaves the list when its vectors are kept. */
class StoreOfTest implements BacklogStore {
  readonly kept = new Map<string, number[]>()
  onKeep: (hash: string) => boolean = () => true

  constructor(readonly documents: Map<string, number>) {}

  waiting() {
    const left = [...this.documents].filter(([hash]) => !this.kept.has(hash))
    return Promise.resolve(left.map(([hash, passages]) => ({ hash, passages })))
  }

  begin(hash: string) {
    const texts = Array.from({ length: this.documents.get(hash)! }, (_, at) => `${hash}${at}`)
    return Promise.resolve({
      texts,
      keep: (vectors: Float32Array) => {
        const kept = this.onKeep(hash)
        if (kept) this.kept.set(hash, [...vectors])
        return Promise.resolve(kept)
      },
    })
  }
}

/** A vector of one component: the number at the end of the text. */
const embed = (texts: string[], signal: AbortSignal) => {
  signal.throwIfAborted()
  return Promise.resolve(Float32Array.from(texts, (text) => Number(text.slice(1))))
}

const numbers = (count: number) => Array.from({ length: count }, (_, at) => at)

test('documents are embedded in their order, whole, and progress is told', async () => {
  const store = new StoreOfTest(
    new Map([
      ['a', 70],
      ['b', 3],
    ]),
  )
  const told: BacklogProgress[] = []
  const backlog = new EmbeddingBacklog(store, embed, (progress) => told.push(progress))
  backlog.wake()
  await backlog.settled()
  expect([...store.kept]).toEqual([
    ['a', numbers(70)],
    ['b', numbers(3)],
  ])
  expect(told.map(({ done }) => done)).toEqual([0, 32, 64, 70, 0, 3, 0])
  expect(told[1]).toMatchObject({ state: 'embedding', passages: 73, documents: 2 })
  expect(told.at(-1)).toMatchObject({ state: 'idle', documents: 0 })
})

test('what comes while it works is embedded too', async () => {
  const store = new StoreOfTest(new Map([['a', 1]]))
  const backlog = new EmbeddingBacklog(store, embed, () => undefined)
  store.onKeep = () => {
    store.documents.set('b', 2)
    backlog.wake()
    return true
  }
  backlog.wake()
  await backlog.settled()
  expect([...store.kept.keys()]).toEqual(['a', 'b'])
})

test('a pause is obeyed in the middle of a document, nothing half of it is kept, and it goes on from there', async () => {
  const store = new StoreOfTest(new Map([['a', 100]]))
  const told: BacklogProgress[] = []
  let calls = 0
  const backlog = new EmbeddingBacklog(
    store,
    async (texts, signal) => {
      if (++calls === 2) void backlog.pause()
      await Promise.resolve()
      return embed(texts, signal)
    },
    (progress) => told.push(progress),
  )
  backlog.wake()
  await backlog.settled()
  expect(store.kept.size).toBe(0)
  expect(told.at(-1)?.state).toBe('paused')
  backlog.wake()
  await backlog.settled()
  expect(calls).toBe(2)
  backlog.resume()
  await backlog.settled()
  expect(store.kept.get('a')).toEqual(numbers(100))
})

test('after a reload another backlog over the same store does the rest', async () => {
  const store = new StoreOfTest(
    new Map([
      ['a', 40],
      ['b', 40],
    ]),
  )
  let calls = 0
  const dying = new EmbeddingBacklog(
    store,
    (texts, signal) => (++calls > 3 ? new Promise(() => undefined) : embed(texts, signal)),
    () => undefined,
  )
  dying.wake()
  while (calls < 4) await Promise.resolve()
  expect([...store.kept.keys()]).toEqual(['a'])
  const next = new EmbeddingBacklog(store, embed, () => undefined)
  next.wake()
  await next.settled()
  expect(store.kept.get('b')).toEqual(numbers(40))
})

test('a document that cannot be embedded does not hold up the others, and is told at the end', async () => {
  const store = new StoreOfTest(
    new Map([
      ['a', 1],
      ['b', 1],
      ['c', 1],
    ]),
  )
  store.onKeep = (hash) => {
    if (hash === 'a') throw new InvalidVector({ reason: 'zero' })
    return hash !== 'b'
  }
  let last: BacklogProgress | undefined
  const backlog = new EmbeddingBacklog(store, embed, (progress) => (last = progress))
  backlog.wake()
  await backlog.settled()
  expect([...store.kept.keys()]).toEqual(['c'])
  expect(last).toMatchObject({ state: 'failed', error: expect.any(InvalidVector) })
})

test('a model that cannot be run stops it until it is woken again', async () => {
  const store = new StoreOfTest(
    new Map([
      ['a', 1],
      ['b', 1],
    ]),
  )
  let broken = true
  let last: BacklogProgress | undefined
  const backlog = new EmbeddingBacklog(
    store,
    (texts, signal) => (broken ? Promise.reject(new ModelUnusable()) : embed(texts, signal)),
    (progress) => (last = progress),
  )
  backlog.wake()
  await backlog.settled()
  expect(last).toMatchObject({ state: 'failed', error: expect.any(ModelUnusable) })
  expect(store.kept.size).toBe(0)
  broken = false
  backlog.wake()
  await backlog.settled()
  expect([...store.kept.keys()]).toEqual(['a', 'b'])
})
