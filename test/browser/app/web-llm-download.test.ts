import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { DownloadState } from '../../../src/app/download-state'
import { ModelDownloads } from '../../../src/app/model-downloads.svelte'
import { WebLlmDownload, webLlmSources } from '../../../src/app/models/web-llm-download.svelte'
import { RestartableWorker } from '../../../src/app/restartable-worker'
import { folderName, LIBRARY_ADDRESS, type WebLlmPlan } from '../../../src/engines/llm/webllm/catalogue'
import type { DeviceLimits } from '../../../src/engines/llm/webllm/device-fit'
import { WEIGHTS_INDEX } from '../../../src/engines/llm/webllm/weights-index'
import { ModelFolder } from '../../../src/engines/model-files/store'
import { ModelFileDamaged, ModelFileMissing, ModelUnusable } from '../../../src/errors'
import type { DownloadApi } from '../../../src/threads/protocols'
import { emptyStore } from '../../fixtures/keep-model'
import { tinyWebLlmPlan } from '../../fixtures/tiny-web-llm'
import { Host, randomBytes } from '../engines/model-files/host'
import { never } from '../engines/tiny'

const SHARD = 100_000
const SMALL = 2000
const SHARDS = ['params_shard_0.bin', 'params_shard_1.bin']
const LIBRARY = tinyWebLlmPlan.build.library
const POLL = { timeout: 25_000, interval: 20 }
const MIB = 2 ** 20

const ABLE: DeviceLimits = {
  limits: {
    maxBufferSize: 1024 * MIB,
    maxStorageBufferBindingSize: 1024 * MIB,
    maxComputeWorkgroupStorageSize: 32 * 1024,
    maxStorageBuffersPerShaderStage: 10,
  },
  features: new Set(['shader-f16']),
}

const tabs: ModelDownloads[] = []
const downloads: WebLlmDownload[] = []
let plan: WebLlmPlan
let weights: Host
let libraries: Host
let count = 0

vi.setConfig({ testTimeout: 60_000 })

const indexOf = (largestTensor = SHARD): Uint8Array<ArrayBuffer> =>
  new TextEncoder().encode(
    JSON.stringify({
      records: SHARDS.map((dataPath) => ({
        dataPath,
        nbytes: Math.max(SHARD, largestTensor),
        records: [{ nbytes: largestTensor, byteOffset: 0 }],
      })),
    }),
  )

beforeEach(async () => {
  await emptyStore()
  plan = { ...tinyWebLlmPlan, build: { ...tinyWebLlmPlan.build, revision: `${count++}` } }
  const files = ['mlc-chat-config.json', 'tokenizer.json', 'tokenizer_config.json'].map(
    (path) => [path, randomBytes(SMALL)] as const,
  )
  const shards = SHARDS.map((path) => [path, randomBytes(SHARD)] as const)
  weights = await Host.with(new Map([...files, ...shards, [WEIGHTS_INDEX, indexOf()]]))
  libraries = await Host.with(new Map([[LIBRARY, randomBytes(SMALL)]]))
})

afterEach(() => {
  for (const download of downloads.splice(0)) download.close()
  for (const tab of tabs.splice(0)) tab.close()
})

/** The download as one tab of the page has it. */
function openTab(device: DeviceLimits | undefined = ABLE): { tab: ModelDownloads; download: WebLlmDownload } {
  const start = () => new Worker(new URL('../engines/model-files/hasty.worker.ts', import.meta.url), { type: 'module' })
  const tab = new ModelDownloads(new RestartableWorker<DownloadApi>(start))
  const source = (host: Host) => ({ kind: 'address', base: host.base }) as const
  const sources = { weights: source(weights), libraries: source(libraries) }
  const download = new WebLlmDownload(plan, tab, sources, () => Promise.resolve(device))
  tabs.push(tab)
  downloads.push(download)
  return { tab, download }
}

const becomes = (download: WebLlmDownload, state: object) =>
  expect.poll(() => download.state, POLL).toMatchObject(state)

const total = (): number => 3 * SMALL + 2 * SHARD + SMALL + indexOf().length

/** All states that are seen until the download has come to an end. */
async function watch(download: WebLlmDownload): Promise<DownloadState[]> {
  const seen: DownloadState[] = []
  for (;;) {
    const { state } = download
    if (seen.at(-1) !== state) seen.push(state)
    if (!['queued', 'verifying', 'downloading'].includes(state.kind)) return seen
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}

const orderOf = async (host: Host): Promise<string[]> =>
  (await host.log()).filter(({ method }) => method === 'GET').map(({ path }) => path)

test('three steps from two places are one download, its library last', async () => {
  for (const path of SHARDS) await weights.always(path, { kind: 'stall', after: 30_000 })
  const { download } = openTab()
  await download.look()
  expect(download.state).toEqual({ kind: 'absent' })
  download.start()
  download.start()
  const watched = watch(download)
  await expect.poll(async () => (await new ModelFolder(folderName(plan)).onDisk()).bytes, POLL).toBeGreaterThan(SHARD)
  expect(await new ModelFolder(folderName(plan)).has([LIBRARY])).toBe(false)
  for (const path of SHARDS) await weights.always(path, { kind: 'cut', after: SHARD })
  const seen = await watched
  expect(seen.at(-1)).toEqual({ kind: 'kept', bytes: total() })
  const progress = seen.flatMap((state) => ('progress' in state && state.progress ? [state.progress] : []))
  const bytes = progress.map((each) => each.bytes)
  expect(progress.length).toBeGreaterThan(2)
  expect(bytes).toEqual([...bytes].sort((a, b) => a - b))
  expect(Math.max(...bytes)).toBeLessThanOrEqual(total())
  expect(progress.every((each) => each.total! >= each.bytes)).toBe(true)
  const folder = new ModelFolder(folderName(plan))
  expect(await folder.has(['mlc-chat-config.json', WEIGHTS_INDEX, 'tokenizer.json', ...SHARDS, LIBRARY])).toBe(true)
  const order = await orderOf(weights)
  expect(order.slice(0, 2).sort()).toEqual(['mlc-chat-config.json', WEIGHTS_INDEX])
  expect(await orderOf(libraries)).toEqual([LIBRARY])
})

test('a pause in the middle of the weights lasts over a reload, and what has come is not asked for again', async () => {
  await weights.always(SHARDS[1]!, { kind: 'stall', after: 40_000 })
  const before = openTab()
  before.download.start()
  const disk = new ModelFolder(folderName(plan))
  await expect.poll(async () => (await disk.onDisk()).parts.map(({ path }) => path), POLL).toContain(SHARDS[1])
  await expect.poll(async () => (await disk.onDisk()).files.map(({ path }) => path), POLL).toContain(SHARDS[0])
  await before.download.pause()
  const { bytes } = await disk.onDisk()
  expect(before.download.state).toEqual({ kind: 'paused', bytes })
  before.tab.close()
  await weights.log()

  const after = openTab()
  await after.download.look()
  expect(after.download.state).toEqual({ kind: 'paused', bytes })
  await weights.always(SHARDS[1]!, { kind: 'cut', after: SHARD })
  after.download.start()
  await becomes(after.download, { kind: 'kept', bytes: total() })
  expect(new Set(await orderOf(weights))).toEqual(new Set([SHARDS[1]]))
  await after.download.remove()
  expect(after.download.state).toEqual({ kind: 'absent' })
})

test('a pause in the first step stays one', async () => {
  await weights.always(WEIGHTS_INDEX, { kind: 'stall', after: 10 })
  const { download } = openTab()
  download.start()
  await becomes(download, { kind: 'downloading' })
  await download.pause()
  expect(['paused', 'absent']).toContain(download.state.kind)
  await weights.always(WEIGHTS_INDEX, { kind: 'cut', after: indexOf().length })
  download.start()
  await becomes(download, { kind: 'kept' })
})

test('a library that is nowhere to be had is told before the weights are fetched', async () => {
  libraries = await Host.with(new Map())
  const { download } = openTab()
  download.start()
  await becomes(download, { kind: 'failed', error: new ModelFileMissing({ file: LIBRARY }) })
  expect((await orderOf(weights)).filter((path) => path.startsWith('params'))).toEqual([])
  await libraries.put(LIBRARY, randomBytes(SMALL))
  download.start()
  await becomes(download, { kind: 'kept' })
})

test('a file of the weights that is not there fails the download, and the next start goes on', async () => {
  await weights.always(SHARDS[1]!, { kind: 'status', status: 404 })
  const { download } = openTab()
  download.start()
  await becomes(download, { kind: 'failed', error: new ModelFileMissing({ file: SHARDS[1]! }) })
  expect(await orderOf(libraries)).toEqual([])
  await weights.always(SHARDS[1]!, { kind: 'cut', after: SHARD })
  download.start()
  await becomes(download, { kind: 'kept' })
})

test('an index that is none fails the download, and is fetched again by the next', async () => {
  await weights.put(WEIGHTS_INDEX, new TextEncoder().encode('{"records": "none"}'))
  const { download } = openTab()
  download.start()
  await becomes(download, { kind: 'failed', error: new ModelFileDamaged({ file: WEIGHTS_INDEX }) })
  await weights.put(WEIGHTS_INDEX, indexOf())
  download.start()
  await becomes(download, { kind: 'kept' })
})

test('a tensor that the device cannot bind is found out before the weights are fetched', async () => {
  await weights.put(WEIGHTS_INDEX, indexOf(1500 * MIB))
  const { download } = openTab()
  download.start()
  await becomes(download, { kind: 'failed', error: expect.any(ModelUnusable) as object })
  expect((await orderOf(weights)).filter((path) => path.startsWith('params'))).toEqual([])
  expect(await download.preflight(never())).toMatchObject({ obstacles: [{ kind: 'limit' }, { kind: 'limit' }] })
})

test('a preflight says what the device lacks and what will come, and fetches nothing', async () => {
  const weak = { ...ABLE, limits: { ...ABLE.limits, maxComputeWorkgroupStorageSize: 16_384 } }
  const found = await openTab(weak).download.preflight(never())
  expect(found.obstacles).toEqual([
    { kind: 'limit', limit: 'maxComputeWorkgroupStorageSize', needed: 32_768, found: 16_384 },
  ])
  expect(found).toMatchObject({ fits: true, sizesKnown: false })
  expect(found.missing).toBe(found.bytes)
  expect([...(await orderOf(weights)), ...(await orderOf(libraries))]).toEqual([])
  const half = { ...plan, build: { ...plan.build, dtype: 'q4f16' as const } }
  const tab = tabs[0]!
  const lacking = new WebLlmDownload(half, tab, webLlmSources(half), () => Promise.resolve(undefined))
  downloads.push(lacking)
  vi.spyOn(tab, 'preflight').mockResolvedValue({ bytes: 5, missing: 5, sizesKnown: true, free: 6e7, fits: true })
  plan.model.parameters = 1e9
  const tight = await lacking.preflight(never())
  expect(tight.obstacles).toEqual([{ kind: 'noAdapter' }])
  expect(tight.fits).toBe(false)
  expect(tight.bytes).toBeGreaterThan(5e8)
})

test('after the whole download a preflight knows every size and finds nothing missing', async () => {
  const { download } = openTab()
  download.start()
  await becomes(download, { kind: 'kept' })
  const found = await download.preflight(never())
  expect(found).toMatchObject({ obstacles: [], bytes: total(), missing: 0, sizesKnown: true, fits: true })
})

test('a second tab shows the steps of the first as one, and can go on when that tab is gone', async () => {
  await weights.always(SHARDS[1]!, { kind: 'stall', after: 10_000 })
  const [first, second] = [openTab(), openTab()]
  await second.download.look()
  first.download.start()
  await becomes(second.download, { kind: 'downloading', elsewhere: true })
  await expect
    .poll(async () => (await new ModelFolder(folderName(plan)).onDisk()).files.map(({ path }) => path), POLL)
    .toContain(SHARDS[0])
  await expect
    .poll(() => second.download.state, POLL)
    .toMatchObject({ progress: { file: expect.stringContaining('params') as string } })
  // The tab is closed without a word.
  first.download.close()
  first.tab.close()
  await becomes(second.download, { kind: 'paused' })
  await weights.always(SHARDS[1]!, { kind: 'cut', after: SHARD })
  second.download.start()
  await becomes(second.download, { kind: 'kept', bytes: total() })
})

test('another model that waits gets its turn between two steps, and still one file of models moves at a time', async () => {
  const { tab, download } = openTab()
  const other = await Host.with(new Map([['other.bin', randomBytes(SMALL)]]))
  await other.always('other.bin', { kind: 'stall', after: 10 })
  const source = { kind: 'address', base: other.base } as const
  const request = { model: 'other@1', source, files: [{ path: 'other.bin' }] }
  download.start()
  tab.start(request)
  await expect.poll(() => tab.state(request), POLL).toMatchObject({ kind: 'downloading' })
  await becomes(download, { kind: 'queued' })
  expect((await orderOf(weights)).filter((path) => path.startsWith('params'))).toEqual([])
  await other.always('other.bin', { kind: 'cut', after: SMALL })
  await expect.poll(() => tab.state(request), POLL).toMatchObject({ kind: 'kept' })
  await becomes(download, { kind: 'kept' })
})

test('the libraries come from the address that the policy of the download worker names', () => {
  expect(webLlmSources(plan, 'https://mirror.example')).toEqual({
    weights: {
      kind: 'huggingFace',
      repository: `mlc-ai/${plan.build.id}`,
      revision: plan.build.revision,
      mirror: 'https://mirror.example',
    },
    libraries: { kind: 'address', base: LIBRARY_ADDRESS },
  })
})
