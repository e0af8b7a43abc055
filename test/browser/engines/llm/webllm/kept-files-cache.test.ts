import { beforeEach, describe, expect, test } from 'vitest'
import { folderName } from '../../../../../src/engines/llm/webllm/catalogue'
import { KeptFilesCache, MODEL_ADDRESS, serveKeptFiles } from '../../../../../src/engines/llm/webllm/kept-files-cache'
import { remainingFiles } from '../../../../../src/engines/llm/webllm/required-files'
import { ModelFolder } from '../../../../../src/engines/model-files/store'
import { ModelFileDamaged, ModelFileMissing } from '../../../../../src/errors'
import { writeData } from '../../../../fixtures/keep-model'
import { tinyWebLlmPlan } from '../../../../fixtures/tiny-web-llm'
import { loadInside } from './inside'
import { keepTinyMlc, tinyMlcFiles } from './scripted'

const folder = new ModelFolder(folderName(tinyWebLlmPlan))
const SHARD = 'params_shard_0.bin'
let read: number[]
let failures: unknown[]

const filesOf = (signal = new AbortController().signal) => ({
  folder,
  expected: [{ path: SHARD, bytes: 96, exact: true }],
  onRead: (bytes: number) => void read.push(bytes),
  onFailure: (error: unknown) => void failures.push(error),
  signal,
})

beforeEach(async () => {
  await keepTinyMlc()
  read = []
  failures = []
})

describe('the kept files of a model in the place of a cache', () => {
  test('are found by their address, and read when they are asked for', async () => {
    const cache = new KeptFilesCache(filesOf())
    const response = await cache.match(new Request(MODEL_ADDRESS + SHARD))
    expect(read).toEqual([])
    expect(new Uint8Array(await response!.arrayBuffer())).toEqual((await tinyMlcFiles()).get(SHARD))
    expect(read).toEqual([96])
    const config = await cache.match(`${MODEL_ADDRESS}mlc-chat-config.json`)
    expect(await config!.json()).toMatchObject({ vocab_size: 1024 })
    expect((await cache.keys()).map(({ url }) => url)).toContain(MODEL_ADDRESS + SHARD)
  })

  test('what is not kept is not fetched, whatever address it has', async () => {
    const cache = new KeptFilesCache(filesOf())
    expect(await cache.match(`${MODEL_ADDRESS}other.bin`)).toBeUndefined()
    expect(await cache.match('https://huggingface.co/a.bin')).toBeUndefined()
    await expect(cache.add(`${MODEL_ADDRESS}other.bin`)).rejects.toEqual(new ModelFileMissing({ file: 'other.bin' }))
    await expect(cache.add(`${MODEL_ADDRESS}${SHARD}`)).resolves.toBeUndefined()
    expect(await cache.delete()).toBe(false)
    expect(await folder.file(SHARD)).toBeDefined()
  })

  test('one that the disk has spoilt fails, and says to us why', async () => {
    await writeData(folder, SHARD, new Uint8Array(96))
    const response = await new KeptFilesCache(filesOf()).match(MODEL_ADDRESS + SHARD)
    await expect(response!.arrayBuffer()).rejects.toThrow()
    expect(failures).toEqual([new ModelFileDamaged({ file: SHARD })])
  })

  test('reading ends when it is aborted', async () => {
    const response = await new KeptFilesCache(filesOf(AbortSignal.abort())).match(MODEL_ADDRESS + SHARD)
    await expect(response!.arrayBuffer()).rejects.toThrow()
    expect(failures).toMatchObject([{ name: 'AbortError' }])
  })

  test('serve the cache code of web-llm, until the browser’s own caches are put back', async () => {
    const { createArtifactCache } = await loadInside()
    const restore = serveKeptFiles(filesOf())
    const cache = createArtifactCache('webllm/model', { cacheType: 'cache' })
    expect(await cache.hasAllKeys([MODEL_ADDRESS + SHARD, `${MODEL_ADDRESS}tensor-cache.json`])).toBe(true)
    expect(await cache.hasAllKeys([`${MODEL_ADDRESS}other.bin`])).toBe(false)
    expect(await cache.fetchWithCache(MODEL_ADDRESS + SHARD, 'arraybuffer')).toHaveProperty('byteLength', 96)
    // Looked for twice, read once.
    expect(read).toEqual([96])
    await expect(cache.fetchWithCache(`${MODEL_ADDRESS}other.bin`, 'json')).rejects.toBeInstanceOf(ModelFileMissing)
    restore()
    expect(await caches.keys()).toEqual([])
    expect(typeof caches.has).toBe('function')
  })
})

test('the index says what else has to come', async () => {
  expect((await remainingFiles(folder)).map(({ path }) => path)).toEqual([
    'tokenizer.json',
    'tokenizer_config.json',
    'params_shard_0.bin',
    'params_shard_1.bin',
  ])
})
