import 'fake-indexeddb/auto'
import { beforeEach, expect, test, vi } from 'vitest'
import { ModelSources } from '../../../../src/app/models/model-sources.svelte'
import { encoderEntry } from '../../../../src/app/models/model-entry'
import { catalogue } from '../../../../src/engines/embedding/catalogue'
import { plansFor } from '../../../../src/engines/encoder/model'
import type { ModelSource } from '../../../../src/engines/model-files/download/source'
import { InvalidAddress } from '../../../../src/errors'
import { openDatabase } from '../../../../src/storage/database'

const entryOf = (id: string) =>
  encoderEntry(
    plansFor(
      catalogue.find((model) => model.id === id)!,
      { threads: 1 },
    )[0]!,
  )
const hub = entryOf('multilingual-e5-small')
const own = entryOf('fumikura-starter')
let databases = 0

const open = async () => new ModelSources(await openDatabase({ name: `model-sources-${databases++}` }))

beforeEach(() => {
  vi.stubGlobal('location', new URL('https://fumikura.test/app/'))
  vi.stubGlobal('navigator', {})
})

test('files come from the hub, from its mirror, from where the page is, or from the disk', async () => {
  const sources = await open()
  const named = { kind: 'huggingFace', repository: hub.repository, revision: hub.revision }
  expect(sources.requestOf(hub).source).toEqual(named)
  await sources.setMirror(' https://mirror.test/models/ ')
  expect(sources.requestOf(hub).source).toEqual({ ...named, mirror: 'https://mirror.test/models' })
  await sources.setMirror('/models')
  expect(sources.requestOf(hub).source).toEqual({ ...named, mirror: 'https://fumikura.test/models' })
  expect(sources.requestOf(own).source).toMatchObject({
    kind: 'address',
    base: expect.stringMatching(/starter\/embedder\/$/),
  })
  const local: ModelSource = { kind: 'files', files: [] }
  expect(sources.requestOf(own, local).source).toBe(local)
})

test('a mirror is remembered, and an empty one is the hub again', async () => {
  const sources = await open()
  await sources.setMirror('https://mirror.test')
  await sources.load()
  expect(sources.mirror).toBe('https://mirror.test')
  await sources.setMirror('')
  await sources.load()
  expect(sources.requestOf(hub).source).not.toHaveProperty('mirror')
})

test.each(['mirror.test', 'javascript:alert(1)', 'ftp://mirror.test', 'https://', 'https://mirror.test/?key=1'])(
  '%s is no address of a mirror',
  async (address) => {
    const sources = await open()
    await expect(sources.setMirror(address)).rejects.toBeInstanceOf(InvalidAddress)
    expect(sources.mirror).toBe('')
  },
)

test('nothing is begun where there is no room, and what would have been needed is told', async () => {
  const sources = await open()
  const request = sources.requestOf(hub)
  const found = { bytes: 10, missing: 10, sizesKnown: true, free: 5, fits: false }
  expect(await sources.hasRoom(request, { preflight: () => Promise.resolve(found) })).toBe(false)
  expect(sources.tooLarge.get(hub.model)).toBe(found)
  expect(await sources.hasRoom(request, { preflight: () => Promise.resolve({ ...found, fits: true }) })).toBe(true)
  expect(sources.tooLarge.size).toBe(0)
  // What cannot be asked beforehand is found out by the download.
  expect(await sources.hasRoom(request, { preflight: () => Promise.reject(new Error('offline')) })).toBe(true)
})

test('a card knows what there is to download', () => {
  expect(hub).toMatchObject({ device: 'wasm', exact: true, bytes: 135_391_358, recommended: true })
  expect(own.servedFrom).toBe('models/starter/embedder/')
})
