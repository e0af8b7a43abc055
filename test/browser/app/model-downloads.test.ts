import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ModelDownloads } from '../../../src/app/model-downloads.svelte'
import { RestartableWorker } from '../../../src/app/restartable-worker'
import type { DownloadRequest } from '../../../src/engines/model-files/download/download'
import { ModelFolder } from '../../../src/engines/model-files/store'
import { ModelBusy, ModelFileMissing } from '../../../src/errors'
import type { DownloadApi } from '../../../src/threads/protocols'
import { emptyStore } from '../../fixtures/keep-model'
import { Host, randomBytes, requestOf } from '../engines/model-files/host'
import { never } from '../engines/tiny'

const SIZE = 100_000
const POLL = { timeout: 25_000, interval: 20 }
const FILES = ['a.json', 'b.onnx']

const tabs: ModelDownloads[] = []
const started: Worker[] = []

/** One tab of the page, with a worker of its own. */
function openTab(): ModelDownloads {
  const start = () => {
    const worker = new Worker(new URL('../engines/model-files/hasty.worker.ts', import.meta.url), { type: 'module' })
    started.push(worker)
    return worker
  }
  const tab = new ModelDownloads(new RestartableWorker<DownloadApi>(start))
  tabs.push(tab)
  return tab
}

vi.setConfig({ testTimeout: 60_000 })
beforeEach(emptyStore)
afterEach(() => {
  for (const tab of tabs.splice(0)) tab.close()
  started.length = 0
})

async function model(name: string): Promise<{ host: Host; request: DownloadRequest }> {
  const files = new Map(FILES.map((path) => [path, randomBytes(SIZE)]))
  const host = await Host.with(files)
  return { host, request: await requestOf(name, { kind: 'address', base: host.base }, files) }
}

const becomes = (tab: ModelDownloads, request: DownloadRequest, state: object) =>
  expect.poll(() => tab.state(request), POLL).toMatchObject(state)

/** A model that one tab downloads, slowly, and that another one wants too. */
async function twoTabs() {
  const { host, request } = await model('one@1')
  await host.always('b.onnx', { kind: 'stall', after: 10_000 })
  const [first, second] = [openTab(), openTab()]
  await second.look(request)
  first.start(request)
  await becomes(second, request, { kind: 'downloading', elsewhere: true })
  second.start(request)
  return { host, request, first, second }
}

test('models are downloaded one after the other, and are then kept', async () => {
  const [one, two] = [await model('one@1'), await model('two@1')]
  const tab = openTab()
  await tab.look(one.request)
  expect(tab.state(one.request)).toEqual({ kind: 'absent' })
  tab.start(one.request)
  tab.start(two.request)
  tab.start(one.request)
  expect(tab.state(two.request)).toEqual({ kind: 'queued' })
  await becomes(tab, two.request, { kind: 'kept', bytes: 2 * SIZE })
  expect(tab.state(one.request)).toEqual({ kind: 'kept', bytes: 2 * SIZE })
  await expect
    .poll(() => tab.onDisk.map(({ model, bytes }) => [model, bytes]), POLL)
    .toEqual([
      ['one@1', 2 * SIZE],
      ['two@1', 2 * SIZE],
    ])
  expect((await one.host.log()).length).toBe(2)
  await tab.remove('one@1')
  expect(tab.state(one.request)).toEqual({ kind: 'absent' })
  expect(tab.onDisk.map(({ model }) => model)).toEqual(['two@1'])
})

test('a pause keeps the part, also over a reload; it is gone on with, or given up', async () => {
  const { host, request } = await model('one@1')
  await host.always('b.onnx', { kind: 'stall', after: 40_000 })
  const before = openTab()
  before.start(request)
  await expect.poll(async () => (await new ModelFolder('one@1').onDisk()).bytes, POLL).toBeGreaterThan(SIZE)
  await before.pause(request)
  const { bytes } = await new ModelFolder('one@1').onDisk()
  expect(before.state(request)).toEqual({ kind: 'paused', bytes })
  before.close()

  const after = openTab()
  await after.look(request)
  expect(after.state(request)).toEqual({ kind: 'paused', bytes })
  await after.discard(request)
  expect(after.state(request)).toEqual({ kind: 'paused', bytes: SIZE })
  await host.always('b.onnx', { kind: 'cut', after: SIZE })
  after.start(request)
  await becomes(after, request, { kind: 'kept' })
  expect((await host.log()).filter(({ path }) => path === 'a.json')).toHaveLength(1)
})

test('one that waits can be taken off, and nothing of it is asked for', async () => {
  const [one, two] = [await model('one@1'), await model('two@1')]
  const tab = openTab()
  tab.start(one.request)
  tab.start(two.request)
  await tab.pause(two.request)
  expect(tab.state(two.request)).toEqual({ kind: 'absent' })
  await becomes(tab, one.request, { kind: 'kept' })
  expect(await two.host.log()).toEqual([])
})

test('a failure says why, keeps what has come, and the next model is not held up', async () => {
  const [one, two] = [await model('one@1'), await model('two@1')]
  await one.host.always('b.onnx', { kind: 'status', status: 404 })
  const tab = openTab()
  tab.start(one.request)
  tab.start(two.request)
  await becomes(tab, two.request, { kind: 'kept' })
  expect(tab.state(one.request)).toEqual({ kind: 'failed', error: new ModelFileMissing({ file: 'b.onnx' }) })
  await one.host.always('b.onnx', { kind: 'cut', after: SIZE })
  tab.start(one.request)
  await becomes(tab, one.request, { kind: 'kept' })
})

test('a worker that dies is started again and goes on', async () => {
  const { host, request } = await model('one@1')
  await host.faults('b.onnx', { kind: 'stall', after: 40_000 })
  const tab = openTab()
  tab.start(request)
  await expect.poll(async () => (await new ModelFolder('one@1').onDisk()).bytes, POLL).toBeGreaterThan(SIZE)
  started[0]!.dispatchEvent(new Event('error'))
  await becomes(tab, request, { kind: 'kept' })
  expect(started.length).toBeGreaterThan(1)
})

test('a second tab shows the download of the first and makes none of its own', async () => {
  const { host, request, first, second } = await twoTabs()
  expect(second.state(request)).toMatchObject({ elsewhere: true })
  await expect(second.remove('one@1')).rejects.toBeInstanceOf(ModelBusy)
  const third = openTab()
  await third.look(request)
  await becomes(third, request, { kind: 'downloading', elsewhere: true })
  await becomes(first, request, { kind: 'kept' })
  for (const tab of [second, third]) await becomes(tab, request, { kind: 'kept' })
  expect((await host.log()).filter(({ path }) => path === 'a.json')).toHaveLength(1)
})

test('a second tab whose word came at the same moment is told; where the first one ends, it goes on', async () => {
  const { host, request } = await model('one@1')
  await host.always('b.onnx', { kind: 'stall', after: 10_000 })
  const [first, second] = [openTab(), openTab()]
  first.start(request)
  second.start(request)
  await expect.poll(() => [first, second].filter((tab) => 'elsewhere' in tab.state(request)).length, POLL).toBe(1)
  const [owner, other] = 'elsewhere' in second.state(request) ? [first, second] : [second, first]
  await expect.poll(async () => (await new ModelFolder('one@1').onDisk()).bytes, POLL).toBeGreaterThan(0)
  // The tab is closed without a word.
  owner.close()
  await host.always('b.onnx', { kind: 'cut', after: SIZE })
  await other.arrived(request, never())
  expect(other.state(request)).toEqual({ kind: 'kept', bytes: 2 * SIZE })
})

test('where the first tab is paused by a person, the second one waits until somebody goes on', async () => {
  const { host, request, first, second } = await twoTabs()
  const arrived = vi.fn()
  void second.arrived(request, never()).then(arrived)
  await first.pause(request)
  await becomes(second, request, { kind: 'paused' })
  // Longer than a tab is waited for that has gone without a word.
  await new Promise((resolve) => setTimeout(resolve, 1500))
  expect(second.state(request)).toMatchObject({ kind: 'paused' })
  expect(arrived).not.toHaveBeenCalled()
  await host.always('b.onnx', { kind: 'cut', after: SIZE })
  first.start(request)
  await expect.poll(() => arrived.mock.calls.length, POLL).toBe(1)
})

test('who waits for files hears why they do not come, and need not wait for ever', async () => {
  const { host, request } = await model('one@1')
  const tab = openTab()
  await tab.look(request)
  await expect(tab.arrived(request, never())).rejects.toBeInstanceOf(ModelFileMissing)
  await host.always('b.onnx', { kind: 'stall', after: 10_000 })
  tab.start(request)
  const controller = new AbortController()
  const waiting = tab.arrived(request, controller.signal)
  controller.abort()
  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' })
  await tab.pause(request)
  await host.always('b.onnx', { kind: 'status', status: 404 })
  tab.start(request)
  await expect(tab.arrived(request, never())).rejects.toEqual(new ModelFileMissing({ file: 'b.onnx' }))
})

test('a preflight does not disturb a download, nor a download a preflight', async () => {
  const [one, two] = [await model('one@1'), await model('two@1')]
  const tab = openTab()
  tab.start(one.request)
  expect(await tab.preflight(two.request, never())).toMatchObject({ missing: 2 * SIZE, fits: true })
  await becomes(tab, one.request, { kind: 'kept' })
})

test('one that is begun at the very end of another waits behind those that waited before', async () => {
  const [one, two, three] = [await model('one@1'), await model('two@1'), await model('three@1')]
  for (const { host } of [two, three]) await host.always('b.onnx', { kind: 'stall', after: 10_000 })
  const tab = openTab()
  tab.start(one.request)
  tab.start(two.request)
  expect(await tab.settled(one.request)).toEqual({ kind: 'kept', bytes: 2 * SIZE })
  tab.start(three.request)
  await expect.poll(async () => (await new ModelFolder('two@1').onDisk()).bytes, POLL).toBeGreaterThan(SIZE)
  expect(tab.state(three.request)).toEqual({ kind: 'queued' })
  expect(await three.host.log()).toEqual([])
})
