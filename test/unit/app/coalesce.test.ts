import { expect, test } from 'vitest'
import { coalesce } from '../../../src/app/coalesce'

test('calls while it runs are answered by one more run', async () => {
  let runs = 0
  const release: (() => void)[] = []
  const run = coalesce(() => {
    runs += 1
    return new Promise<void>((resolve) => release.push(resolve))
  })
  const first = run()
  const [second, third] = [run(), run()]
  expect(runs).toBe(1)
  release[0]?.()
  await first
  await Promise.resolve()
  await new Promise((resolve) => setTimeout(resolve))
  expect(runs).toBe(2)
  release[1]?.()
  await Promise.all([second, third])
  expect(runs).toBe(2)
})

test('a run that fails does not keep the next from running', async () => {
  let runs = 0
  const run = coalesce(async () => {
    runs += 1
    if (runs === 1) throw new Error('first')
  })
  const [first, second] = [run(), run()]
  await expect(first).rejects.toThrow('first')
  await second
  expect(runs).toBe(2)
})
