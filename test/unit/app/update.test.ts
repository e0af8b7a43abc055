import { expect, test, vi } from 'vitest'
import { Update } from '../../../src/app/update.svelte'

test('a release is offered, and put to use on the word of the person', async () => {
  const update = new Update(() => false)
  expect(update.offered).toBe(false)
  const apply = vi.fn(async () => undefined)
  update.offer(apply)
  expect(update.offered).toBe(true)
  expect(apply).not.toHaveBeenCalled()
  await update.apply()
  expect(apply).toHaveBeenCalledOnce()
})

test('never while something is being read or answered', async () => {
  let working = true
  const update = new Update(() => working)
  const apply = vi.fn(async () => undefined)
  update.offer(apply)
  expect(update.blocked).toBe(true)
  await update.apply()
  expect(apply).not.toHaveBeenCalled()
  working = false
  await update.apply()
  expect(apply).toHaveBeenCalledOnce()
})

test('put off, it is not offered again until a newer one comes', () => {
  const update = new Update(() => false)
  update.offer(async () => undefined)
  update.postpone()
  expect(update.offered).toBe(false)
  update.offer(async () => undefined)
  expect(update.offered).toBe(true)
})
