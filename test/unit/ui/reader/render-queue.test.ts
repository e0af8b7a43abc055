import { expect, test } from 'vitest'
import { RenderQueue } from '../../../../src/ui/reader/render-queue'

const never = () => new AbortController().signal
const rest = () => new Promise((resolve) => setTimeout(resolve))

test('the nearest page goes first, judged when its turn comes', async () => {
  const queue = new RenderQueue(1)
  const order: number[] = []
  let view = 1
  let release = () => {}
  const first = queue.run(
    () => 0,
    () => new Promise<void>((resolve) => (release = resolve)),
    never(),
  )
  const others = [1, 2, 9].map((page) =>
    queue.run(
      () => Math.abs(page - view),
      async () => void order.push(page),
      never(),
    ),
  )
  await rest()
  view = 10
  release()
  await Promise.all([first, ...others])
  expect(order).toEqual([9, 2, 1])
})

test('what scrolls away before its turn is never begun; a failure does not stop the rest', async () => {
  const queue = new RenderQueue(1)
  const begun: string[] = []
  let release = () => {}
  const first = queue.run(
    () => 0,
    () => new Promise<void>((resolve) => (release = resolve)),
    never(),
  )
  const gone = new AbortController()
  const aborted = queue.run(
    () => 1,
    async () => void begun.push('gone'),
    gone.signal,
  )
  const failing = queue.run(
    () => 2,
    () => Promise.reject(new Error('cannot be drawn')),
    never(),
  )
  const last = queue.run(
    () => 3,
    async () => void begun.push('last'),
    never(),
  )
  await rest()
  gone.abort(new Error('scrolled away'))
  release()
  await expect(aborted).rejects.toThrow('scrolled away')
  await expect(failing).rejects.toThrow('cannot be drawn')
  await Promise.all([first, last])
  expect(begun).toEqual(['last'])
})

test('no more than so many at a time', async () => {
  const queue = new RenderQueue(2)
  let running = 0
  let most = 0
  const work = async () => {
    most = Math.max(most, ++running)
    await rest()
    running--
  }
  await Promise.all(Array.from({ length: 7 }, (_, i) => queue.run(() => i, work, never())))
  expect(most).toBe(2)
})
