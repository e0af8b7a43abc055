import { expect, test, vi } from 'vitest'
import { renewLog } from '../../../src/storage/renew-log'
import { temporaryDatabase } from './fixtures'

// In a file of its own: a thread tries once.
test('a browser that refuses the scratch database opens the library all the same', async () => {
  const { open } = IDBFactory.prototype
  const refuse = vi.fn(() => {
    throw new DOMException('', 'QuotaExceededError')
  })
  vi.spyOn(IDBFactory.prototype, 'open').mockImplementation(function (this: IDBFactory, name, version) {
    return name === 'fumikura-scratch' ? refuse() : open.call(this, name, version)
  })
  const db = await temporaryDatabase()
  await expect(renewLog()).resolves.toBeUndefined()
  expect(refuse).toHaveBeenCalledOnce()
  expect(await db.count('documents')).toBe(0)
  vi.restoreAllMocks()
})
