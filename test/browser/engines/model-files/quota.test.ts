import { afterAll, beforeAll, expect, test } from 'vitest'
import { cdp } from 'vitest/browser'
import { ModelFolder } from '../../../../src/engines/model-files/store'
import { proxy } from '../../../../src/threads/expose'
import { emptyStore } from '../../../fixtures/keep-model'
import { never } from '../tiny'
import { Host, randomBytes, requestOf, startHasty } from './host'

const origin = location.origin
const MEGABYTE = 1_000_000
const MODEL = 'large@1'

// The browser remembers for half a minute how much room it last found, so the disk is made small before anything is written.
beforeAll(async () => {
  await emptyStore()
  const { usage = 0 } = await navigator.storage.estimate()
  await cdp().send('Storage.overrideQuotaForOrigin', { origin, quotaSize: usage + 8 * MEGABYTE })
})
afterAll(async () => {
  await cdp().send('Storage.overrideQuotaForOrigin', { origin })
  await emptyStore()
})

test(
  'a disk that fills up on the way: what is missing is told, what has come stays, and goes on when there is room',
  {
    timeout: 180_000,
  },
  async () => {
    const files = new Map([
      ['small', randomBytes(1000)],
      ['large', randomBytes(12 * MEGABYTE)],
    ])
    const host = await Host.with(files)
    const request = await requestOf(MODEL, { kind: 'address', base: host.base }, files)
    const { api, end } = startHasty()
    const ignore = proxy(() => undefined)
    const error = await api.download(request, ignore, never()).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({
      key: 'storageFull',
      params: { reason: 'model', bytes: expect.any(Number) as number },
    })
    const folder = new ModelFolder(MODEL)
    const { parts } = await folder.onDisk()
    const bytesOf = (path: string) => parts.find((part) => part.path === path)?.bytes ?? 0
    expect(bytesOf('large')).toBeGreaterThan(MEGABYTE)
    const { params } = error as { params: { bytes: number; limit: number } }
    // The small file is whole by then, or still a part, or has not begun.
    const small = (await folder.file('small')) ? 0 : 1000 - bytesOf('small')
    expect(params.bytes).toBe(12 * MEGABYTE - bytesOf('large') + small)

    await cdp().send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 800 * MEGABYTE })
    await host.log()
    await expect
      .poll(() => api.download(request, ignore, never()).then(() => 'kept', String), {
        timeout: 60_000,
        interval: 2000,
      })
      .toBe('kept')
    expect(await folder.read('large')).toHaveLength(12 * MEGABYTE)
    expect((await host.log()).every(({ range, path }) => path === 'small' || range !== undefined)).toBe(true)
    end()
  },
)
