import { expect, test, vi } from 'vitest'
import { renewLog } from '../../../src/storage/renew-log'
import { temporaryDatabase } from './fixtures'

const SCRATCH = 'fumikura-scratch'

// That the browser's log is a new one then, `npm run bench -- kill` shows: only the browser's files tell.
test('opening makes and deletes a scratch database, once', async () => {
  const opening = vi.spyOn(IDBFactory.prototype, 'open')
  const deleting = vi.spyOn(IDBFactory.prototype, 'deleteDatabase')
  await temporaryDatabase()
  await temporaryDatabase()
  await renewLog()
  expect(opening.mock.calls.filter(([name]) => name === SCRATCH)).toHaveLength(1)
  expect(deleting.mock.calls.filter(([name]) => name === SCRATCH)).toHaveLength(1)
  vi.restoreAllMocks()
  expect((await indexedDB.databases()).map(({ name }) => name)).not.toContain(SCRATCH)
})
