import { expect, test } from 'vitest'
import { Requests } from '../../../../src/engines/llm/onnx/requests'

const never = () => new AbortController().signal

test('requests are worked off in their order, one at a time', async () => {
  const requests = new Requests()
  const log: string[] = []
  const work = (name: string) => async () => {
    log.push(`${name} begins`)
    await new Promise((resolve) => setTimeout(resolve, 2))
    log.push(`${name} ends`)
    return name
  }
  const names = ['one', 'two', 'three']
  expect(await Promise.all(names.map((name) => requests.run(work(name), never())))).toEqual(names)
  expect(log).toEqual(names.flatMap((name) => [`${name} begins`, `${name} ends`]))
})

test('one that fails does not hold up the next', async () => {
  const requests = new Requests()
  const failing = requests.run(() => Promise.reject(new Error('failed')), never())
  const next = requests.run(() => Promise.resolve('next'), never())
  await expect(failing).rejects.toThrow('failed')
  expect(await next).toBe('next')
})

test('one that is aborted while it waits leaves at once and is never begun', async () => {
  const requests = new Requests()
  let finish: () => void = () => undefined
  const blocked = new Promise<void>((resolve) => (finish = resolve))
  const first = requests.run(() => blocked, never())
  const controller = new AbortController()
  let begun = false
  const second = requests.run(() => Promise.resolve((begun = true)), controller.signal)
  controller.abort()
  await expect(second).rejects.toMatchObject({ name: 'AbortError' })
  finish()
  await first
  await requests.run(() => Promise.resolve(), never())
  expect(begun).toBe(false)
})
