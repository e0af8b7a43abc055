import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { DownloadRequest } from '../../../../src/engines/model-files/download/download'
import type { DownloadProgress } from '../../../../src/engines/model-files/download/progress'
import { readModelFile } from '../../../../src/engines/model-files/read'
import { ModelFolder } from '../../../../src/engines/model-files/store'
import {
  ModelBusy,
  ModelFileDamaged,
  ModelFileMissing,
  ModelUnreachable,
  type FumikuraError,
} from '../../../../src/errors'
import { proxy } from '../../../../src/threads/expose'
import { emptyStore, keepModel, writeData } from '../../../fixtures/keep-model'
import { Random } from '../../../fixtures/random'
import { never } from '../tiny'
import { Host, randomBytes, released, requestOf, sha256, startHasty } from './host'

const MODEL = 'tested@1'
const FILE = 'onnx/model.onnx'
const SIZE = 200_000
/** Machines that run tests are slow. */
const POLL = { timeout: 10_000, interval: 20 }

beforeEach(emptyStore)

const workers: ReturnType<typeof startHasty>[] = []
function start() {
  const worker = startHasty()
  workers.push(worker)
  return worker
}
afterEach(() => workers.splice(0).forEach(({ end }) => end()))

const oneFile = (bytes = SIZE) => new Map([[FILE, randomBytes(bytes)]])

function download(request: DownloadRequest, signal = never(), progress: DownloadProgress[] = [], worker = start()) {
  return worker.api.download(
    request,
    proxy((told: DownloadProgress) => void progress.push(told)),
    signal,
  )
}

/** Every file is kept, with the bytes that it should have. */
async function expectKept(files: Map<string, Uint8Array>, model = MODEL): Promise<void> {
  const folder = new ModelFolder(model)
  for (const [path, bytes] of files) {
    const kept = await folder.read(path)
    // Comparing byte by byte is slow in the matcher.
    expect(kept.length).toBe(bytes.length)
    expect(kept.every((byte, at) => byte === bytes[at])).toBe(true)
  }
  expect((await folder.onDisk()).parts).toEqual([])
}

const refusal = (result: Promise<unknown>): Promise<FumikuraError> =>
  result.then(
    () => Promise.reject(new Error('was not refused')),
    (error: FumikuraError) => error,
  )

describe('a download', () => {
  test('brings all files, three at a time, verifies them, and is not made twice', async () => {
    const files = new Map(Array.from({ length: 7 }, (_, at) => [`folder ${at}/ファイル#?.bin`, randomBytes(1000 * at)]))
    const host = await Host.with(files)
    const request = await requestOf(MODEL, { kind: 'address', base: host.base }, files)
    const progress: DownloadProgress[] = []
    await download(request, never(), progress)
    await expectKept(files)
    expect((await new ModelFolder(MODEL).manifest()).files.every(({ verified }) => verified)).toBe(true)
    expect(progress.at(-1)).toMatchObject({ stage: 'downloading', bytes: 21_000, total: 21_000 })
    expect((await host.log()).map(({ method, status }) => `${method} ${status}`)).toEqual(
      // An empty file needs no request where its size is known.
      Array.from({ length: 6 }, () => 'GET 200'),
    )
    await download(request)
    expect(await host.log()).toEqual([])
  })

  test('of which nothing is known beforehand keeps what the host sends, and says that it was not verified', async () => {
    const files = oneFile()
    const host = await Host.with(files)
    await download(await requestOf(MODEL, { kind: 'address', base: host.base }, files, 'nothing'))
    await expectKept(files)
    expect((await new ModelFolder(MODEL).manifest()).files).toMatchObject([{ bytes: SIZE, verified: false }])
  })

  test('comes from a folder or from files that were picked, with no request', async () => {
    const files = new Map([...oneFile(), ['tokenizer.json', randomBytes(300)]])
    const picked = [...files].map(([path, bytes]) => ({ path: `picked/${path}`, file: new File([bytes], path) }))
    await download(await requestOf(MODEL, { kind: 'files', files: picked }, files))
    await expectKept(files)

    const root = await navigator.storage.getDirectory()
    const folder = await root.getDirectoryHandle('picked', { create: true })
    const inner = await folder.getDirectoryHandle('onnx', { create: true })
    for (const [path, bytes] of files) {
      const [name, at] = path.startsWith('onnx/') ? [path.slice(5), inner] : [path, folder]
      const writable = await (await at.getFileHandle(name, { create: true })).createWritable()
      await writable.write(bytes)
      await writable.close()
    }
    await download(await requestOf('of a folder@1', { kind: 'folder', folder }, files, 'nothing'))
    await expectKept(files, 'of a folder@1')
    const without = await requestOf('other@1', { kind: 'folder', folder }, new Map([['no/such', randomBytes(1)]]))
    expect(await refusal(download(without))).toEqual(new ModelFileMissing({ file: 'no/such' }))
    await root.removeEntry('picked', { recursive: true })
  })

  test('is one of two asked for at once: the other is told', async () => {
    const files = oneFile()
    const host = await Host.with(files)
    await host.faults(FILE, { kind: 'stall', after: 10 })
    const request = await requestOf(MODEL, { kind: 'address', base: host.base }, files)
    const first = download(request)
    const second = download(request)
    const results = await Promise.allSettled([first, second])
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(results.find((result) => result.status === 'rejected')?.reason).toEqual(new ModelBusy({ model: MODEL }))
    await expectKept(files)
  })
})

describe('a host that fails', () => {
  test(
    '100 downloads cut at random, by the host or by the end of the tab, all end in a verified model',
    {
      timeout: 300_000,
    },
    async () => {
      const random = new Random(20)
      let cuts = 0
      let worker = start()
      for (let run = 0; cuts < 100; run++) {
        const model = `run ${run}@1`
        const names = ['a.json', 'onnx/b.onnx', 'onnx/b.onnx_data', 'd'].slice(0, random.integer(1, 4))
        const files = new Map(names.map((path) => [path, randomBytes(random.integer(1, 150_000))]))
        const host = await Host.with(files, run % 2 === 1)
        for (const [path, { length }] of files) {
          const some = Array.from({ length: random.integer(0, 3) }, () => ({
            kind: 'cut' as const,
            after: random.integer(0, length),
          }))
          cuts += some.length
          await host.faults(path, ...some)
        }
        const known = random.pick(['hashes', 'sizes', 'nothing'] as const)
        const request = await requestOf(model, { kind: 'address', base: host.base }, files, known)
        if (random.chance(0.5)) {
          // The tab is closed at any moment; what it left is gone on with by another.
          const left = start()
          download(request, never(), [], left).catch(() => undefined)
          await new Promise((resolve) => setTimeout(resolve, random.integer(0, 60)))
          left.end()
          cuts += 1
          await released(model)
        }
        await download(request, never(), [], worker)
        await expectKept(files, model)
        if (run % 20 === 19) worker = start()
      }
    },
  )

  test('and cuts at every byte of a small file', async () => {
    const files = oneFile(40)
    const host = await Host.with(files)
    await host.faults(FILE, ...Array.from({ length: 40 }, () => ({ kind: 'cut' as const, after: 1 })))
    await download(await requestOf(MODEL, { kind: 'address', base: host.base }, files))
    await expectKept(files)
  })

  test('sends again only what has not come: also after a reload', async () => {
    const files = oneFile()
    const host = await Host.with(files)
    const request = await requestOf(MODEL, { kind: 'address', base: host.base }, files, 'sizes')
    await host.always(FILE, { kind: 'stall', after: 60_000 })
    const left = start()
    download(request, never(), [], left).catch(() => undefined)
    const folder = new ModelFolder(MODEL)
    await expect.poll(async () => (await folder.onDisk()).bytes, POLL).toBeGreaterThanOrEqual(60_000)
    left.end()
    await released(MODEL)
    const { parts } = await folder.onDisk()
    expect(parts).toEqual([{ path: FILE, bytes: expect.any(Number) as number }])
    expect(await folder.file(FILE)).toBeUndefined()
    await host.always(FILE, { kind: 'cut', after: SIZE })
    await host.log()
    await download(request)
    await expectKept(files)
    const { bytes } = parts[0]!
    expect(await host.log()).toMatchObject([
      {
        range: `bytes=${bytes}-`,
        ifRange: expect.stringMatching(/^"[0-9a-f]+"$/) as string,
        status: 206,
        sent: SIZE - bytes,
      },
    ])
  })

  test.each([false, true])('has another version of the file by now (another origin: %s)', async (foreign) => {
    const files = oneFile()
    const host = await Host.with(files, foreign)
    const source = { kind: 'address' as const, base: host.base }
    await host.faults(FILE, { kind: 'stall', after: 50_000 })
    await host.always(FILE, { kind: 'cut', after: 0 })
    const error = await refusal(download(await requestOf(MODEL, source, files, 'nothing')))
    expect(error).toEqual(new ModelUnreachable({ file: FILE }))
    expect((await new ModelFolder(MODEL).onDisk()).parts).toEqual([{ path: FILE, bytes: 50_000 }])
    await host.always(FILE, { kind: 'cut', after: SIZE })
    const next = oneFile(SIZE + 1)
    await host.put(FILE, next.get(FILE)!)
    await download(await requestOf(MODEL, source, next, 'nothing'))
    await expectKept(next)
  })

  test('changes a byte: the file is thrown away and fetched once more', async () => {
    const files = oneFile()
    const host = await Host.with(files)
    await host.faults(FILE, { kind: 'corrupt', at: 12_345 })
    await download(await requestOf(MODEL, { kind: 'address', base: host.base }, files))
    await expectKept(files)
    expect((await host.log()).map(({ range, status }) => [range, status])).toEqual([
      [undefined, 200],
      [undefined, 200],
    ])
  })

  test('changes a byte every time: the file is damaged, and nothing of it stays', async () => {
    const files = new Map([...oneFile(), ['tokenizer.json', randomBytes(100)]])
    const host = await Host.with(files)
    await host.always(FILE, { kind: 'corrupt', at: 12_345 })
    const request = await requestOf(MODEL, { kind: 'address', base: host.base }, files)
    expect(await refusal(download(request))).toEqual(new ModelFileDamaged({ file: FILE }))
    const { files: kept, parts } = await new ModelFolder(MODEL).onDisk()
    expect(kept.map(({ path }) => path)).toEqual(['tokenizer.json'])
    expect(parts).toEqual([])
  })

  test('has a file of another size than the catalogue: not a gigabyte of it is fetched', async () => {
    const files = oneFile()
    const host = await Host.with(files)
    const request = await requestOf(MODEL, { kind: 'address', base: host.base }, oneFile(1000))
    expect(await refusal(download(request))).toEqual(new ModelFileDamaged({ file: FILE }))
    expect(await host.log()).toHaveLength(2)
  })

  test.each([true, false])('sends a web page in place of the file (and says so: %s)', async (typed) => {
    const files = oneFile()
    const host = await Host.with(files)
    await host.always(FILE, { kind: 'page', typed })
    const request = await requestOf(MODEL, { kind: 'address', base: host.base }, files, 'nothing')
    expect(await refusal(download(request))).toEqual(new ModelFileMissing({ file: FILE }))
    expect((await new ModelFolder(MODEL).manifest()).files).toEqual([])
  })

  test.each([404, 410])('does not have the file: %d', async (status) => {
    const files = oneFile()
    const host = await Host.with(files)
    await host.always(FILE, { kind: 'status', status })
    const request = await requestOf(MODEL, { kind: 'address', base: host.base }, files)
    expect(await refusal(download(request))).toEqual(new ModelFileMissing({ file: FILE }))
    expect(await host.log()).toHaveLength(1)
  })

  test('asks for patience, and gets as much as it asks for', async () => {
    const files = oneFile()
    const host = await Host.with(files)
    const wait = { kind: 'status' as const, headers: { 'retry-after': '1' } }
    await host.faults(FILE, { ...wait, status: 429 }, { kind: 'status', status: 503 }, { kind: 'cut', after: 10 })
    const began = performance.now()
    await download(await requestOf(MODEL, { kind: 'address', base: host.base }, files))
    expect(performance.now() - began).toBeGreaterThan(990)
    await expectKept(files)
  })

  test('asks for more patience than there is, or fails for ever: it is unreachable, and the part stays', async () => {
    const files = oneFile()
    const host = await Host.with(files)
    const request = await requestOf(MODEL, { kind: 'address', base: host.base }, files)
    await host.faults(FILE, { kind: 'status', status: 429, headers: { 'retry-after': '60' } })
    expect(await refusal(download(request))).toEqual(new ModelUnreachable({ file: FILE, status: 429 }))
    await host.faults(FILE, { kind: 'stall', after: 1000 })
    await host.always(FILE, { kind: 'status', status: 500 })
    expect(await refusal(download(request))).toEqual(new ModelUnreachable({ file: FILE, status: 500 }))
    expect((await new ModelFolder(MODEL).onDisk()).parts).toEqual([{ path: FILE, bytes: 1000 }])
    const none = { ...request, source: { kind: 'address' as const, base: 'http://127.0.0.1:9/' } }
    expect(await refusal(download(none))).toEqual(new ModelUnreachable({ file: FILE }))
    expect((await new ModelFolder(MODEL).onDisk()).parts).toEqual([{ path: FILE, bytes: 1000 }])
  })

  test('falls silent: the connection is given up and another one goes on', async () => {
    const files = oneFile()
    const host = await Host.with(files)
    await host.faults(FILE, { kind: 'stall', after: 100_000 }, { kind: 'stall', after: 0 })
    await download(await requestOf(MODEL, { kind: 'address', base: host.base }, files))
    await expectKept(files)
    expect((await host.log()).map(({ range }) => range)).toEqual([undefined, 'bytes=100000-', 'bytes=100000-'])
  })

  test('knows no ranges: the file begins anew', async () => {
    const files = oneFile()
    const host = await Host.with(files)
    await host.faults(FILE, { kind: 'stall', after: 100_000 }, { kind: 'whole' })
    await download(await requestOf(MODEL, { kind: 'address', base: host.base }, files))
    await expectKept(files)
  })

  test.each([
    { title: 'are all', extra: 0, etag: 'its own', foreign: true, known: 'nothing', log: [416] },
    { title: 'are too many', extra: 5, etag: 'its own', foreign: true, known: 'nothing', log: [416, 200] },
    { title: 'are of another version', extra: 0, etag: 'another', foreign: true, known: 'nothing', log: [416, 200] },
    { title: 'are of another version, here', extra: 0, etag: 'another', foreign: false, known: 'nothing', log: [200] },
    { title: 'are wrong', extra: 0, etag: 'another', foreign: true, known: 'hashes', log: [200] },
  ] as const)('has nothing after the bytes that are here, and they $title', async (given) => {
    const files = oneFile()
    const right = files.get(FILE)!
    const host = await Host.with(files, given.foreign)
    const folder = new ModelFolder(MODEL)
    const isRight = given.etag === 'its own' && given.extra === 0
    await writeData(folder, FILE, isRight ? right : randomBytes(SIZE + given.extra))
    const etag = given.etag === 'its own' ? `"${(await sha256(right)).slice(0, 16)}"` : '"another"'
    await folder.begin({ path: FILE, etag })
    await download(await requestOf(MODEL, { kind: 'address', base: host.base }, files, given.known))
    await expectKept(files)
    expect((await host.log()).map(({ status }) => status)).toEqual(given.log)
  })
})

describe('what is here already', () => {
  test('is not fetched again where only the manifest was lost', async () => {
    const files = oneFile()
    await writeData(new ModelFolder(MODEL), FILE, files.get(FILE)!)
    const host = await Host.with(files)
    await download(await requestOf(MODEL, { kind: 'address', base: host.base }, files))
    await expectKept(files)
    expect(await host.log()).toEqual([])
  })

  test('and is damaged is fetched again, alone', async () => {
    const files = new Map([...oneFile(), ['a', randomBytes(10)], ['b', randomBytes(10)]])
    const host = await Host.with(files)
    const request = await requestOf(MODEL, { kind: 'address', base: host.base }, files)
    await download(request)
    const folder = new ModelFolder(MODEL)
    const spoilt = files.get(FILE)!.slice()
    spoilt[5]! ^= 1
    await writeData(folder, FILE, spoilt)
    await expect(readModelFile(folder, request.files[0]!)).rejects.toEqual(new ModelFileDamaged({ file: FILE }))
    await host.log()
    await download(request)
    await expectKept(files)
    expect((await host.log()).map(({ path }) => path)).toEqual([FILE])
  })

  test('of bytes that nothing vouches for is not gone on with', async () => {
    const files = oneFile()
    await writeData(new ModelFolder(MODEL), FILE, randomBytes(1000))
    const host = await Host.with(files)
    await download(await requestOf(MODEL, { kind: 'address', base: host.base }, files, 'sizes'))
    await expectKept(files)
  })

  test('of another version than the catalogue wants by now is replaced', async () => {
    const files = oneFile()
    await keepModel(MODEL, oneFile(10))
    const host = await Host.with(files)
    await download(await requestOf(MODEL, { kind: 'address', base: host.base }, files))
    await expectKept(files)
    // What lay there was hashed in vain; the host was asked once.
    expect(await host.log()).toMatchObject([{ status: 206 }, { status: 200 }])
  })
})

describe('a pause', () => {
  test('is an abort: it is heard at once, the part stays, and the next download goes on', async () => {
    const files = oneFile()
    const host = await Host.with(files)
    await host.faults(FILE, { kind: 'stall', after: 70_000 })
    const request = await requestOf(MODEL, { kind: 'address', base: host.base }, files)
    const worker = start()
    const pause = new AbortController()
    const paused = refusal(download(request, pause.signal, [], worker))
    const folder = new ModelFolder(MODEL)
    await expect.poll(async () => (await folder.onDisk()).bytes, POLL).toBe(70_000)
    pause.abort()
    expect(await paused).toMatchObject({ name: 'AbortError' })
    expect((await folder.onDisk()).parts).toEqual([{ path: FILE, bytes: 70_000 }])
    await download(request, never(), [], worker)
    await expectKept(files)
    expect((await host.log()).map(({ range }) => range)).toEqual([undefined, 'bytes=70000-'])
  })

  test('is heard also while the part of an earlier download is hashed', { timeout: 60_000 }, async () => {
    const bytes = randomBytes(40_000_000)
    const folder = new ModelFolder(MODEL)
    await writeData(folder, FILE, bytes)
    const request = {
      model: MODEL,
      source: { kind: 'address' as const, base: 'http://127.0.0.1:9/' },
      files: [{ path: FILE, bytes: bytes.length, exact: true, sha256: await sha256(bytes) }],
    }
    const pause = new AbortController()
    const onProgress = ({ stage }: DownloadProgress) => {
      if (stage === 'verifying') pause.abort()
    }
    const paused = refusal(start().api.download(request, proxy(onProgress), pause.signal))
    expect(await paused).toMatchObject({ name: 'AbortError' })
    expect(await folder.file(FILE)).toBeUndefined()
    expect((await folder.onDisk()).bytes).toBe(bytes.length)
    await download(request)
    await expectKept(new Map([[FILE, bytes]]))
  })
})

describe('before the first byte', () => {
  test('sizes are those of the catalogue, or asked of the host, less what is here', async () => {
    const files = new Map([...oneFile(), ['a', randomBytes(10)]])
    const host = await Host.with(files)
    const source = { kind: 'address' as const, base: host.base }
    const { api } = start()
    const known = await api.preflight(await requestOf(MODEL, source, files), never())
    expect(known).toMatchObject({ bytes: SIZE + 10, missing: SIZE + 10, sizesKnown: true, fits: true })
    expect(known.free).toBeGreaterThan(0)
    expect(await host.log()).toEqual([])
    await keepModel(MODEL, new Map([['a', files.get('a')!]]))
    await writeData(new ModelFolder(MODEL), FILE, files.get(FILE)!.slice(0, 50_000))
    const asked = await api.preflight(await requestOf(MODEL, source, files, 'nothing'), never())
    expect(asked).toMatchObject({ bytes: SIZE + 10, missing: SIZE - 50_000, sizesKnown: true })
    expect((await host.log()).map(({ method }) => method)).toEqual(['HEAD'])
    const huge = { model: MODEL, source, files: [{ path: 'x', bytes: 1e15 }] }
    expect(await api.preflight(huge, never())).toMatchObject({ fits: false })
    const missing = await requestOf(MODEL, source, new Map([['no/such', randomBytes(1)]]), 'nothing')
    expect(await refusal(api.preflight(missing, never()))).toEqual(new ModelFileMissing({ file: 'no/such' }))
  })

  test("a mirror's listing gives exact sizes and hashes, which the files are then held to", async () => {
    const files = new Map([...oneFile(), ['tokenizer.json', randomBytes(100)]])
    const [model, tokenizer] = [...files.values()] as [Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>]
    const listing = [
      { type: 'directory', path: 'onnx', size: 0 },
      { type: 'file', path: FILE, size: 133, lfs: { oid: await sha256(model), size: SIZE } },
      { type: 'file', path: 'tokenizer.json', size: 100 },
      'nonsense',
    ]
    const host = await Host.with(new Map([...files].map(([path, bytes]) => [`a/b/resolve/main/${path}`, bytes])))
    await host.put('api/models/a/b/tree/main', new TextEncoder().encode(JSON.stringify(listing)))
    const source = { kind: 'huggingFace' as const, repository: 'a/b', revision: 'main', mirror: host.base }
    const request = { model: MODEL, source, files: [{ path: FILE, bytes: 1 }, { path: 'tokenizer.json' }] }
    expect(await start().api.preflight(request, never())).toMatchObject({ bytes: SIZE + 100, sizesKnown: true })
    await host.faults(`a/b/resolve/main/${FILE}`, { kind: 'corrupt', at: 7 })
    await download(request)
    await expectKept(files)
    const { files: kept } = await new ModelFolder(MODEL).manifest()
    expect(kept.find(({ path }) => path === FILE)?.verified).toBe(true)
    expect(tokenizer).toHaveLength(100)
  })
})
