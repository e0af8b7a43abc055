import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { AdapterFiles } from '../../../../src/app/adapters/adapter-files'
import { Adapters } from '../../../../src/app/adapters/adapters.svelte'
import { ModelDownloads } from '../../../../src/app/model-downloads.svelte'
import { ModelSources } from '../../../../src/app/models/model-sources.svelte'
import { RestartableWorker } from '../../../../src/app/restartable-worker'
import { adapterName, type AdapterEntry } from '../../../../src/engines/llm/adapters/catalogue'
import { loadAdapter } from '../../../../src/engines/llm/adapters/load'
import { catalogue } from '../../../../src/engines/llm/catalogue'
import { listModels, ModelFolder } from '../../../../src/engines/model-files/store'
import { AdapterUnusable, ModelFileDamaged, ModelFileMissing } from '../../../../src/errors'
import { openDatabase } from '../../../../src/storage/database'
import type { DownloadApi } from '../../../../src/threads/protocols'
import { emptyStore, writeData } from '../../../fixtures/keep-model'
import { makeAdapter, type AdapterToMake } from '../../../fixtures/make-adapter'
import { makeZip } from '../../../fixtures/zip'
import { Host } from '../../engines/model-files/host'

const [CONFIG, WEIGHTS] = ['adapter_config.json', 'adapter_model.safetensors']
const layers = [{ path: 'model.layers.0.self_attn.q_proj', inputs: 16, outputs: 16 }]
const never = new AbortController().signal

let opened: ModelDownloads[] = []
let count = 0

vi.setConfig({ testTimeout: 60_000 })
beforeEach(emptyStore)
afterEach(() => {
  for (const downloads of opened) downloads.close()
  opened = []
})

/** What the page has of adapters, with a download worker that gives up soon. */
async function open(entries: readonly AdapterEntry[] = []) {
  const db = await openDatabase({ name: `adapter-files-${Date.now()}-${count++}` })
  const start = () =>
    new Worker(new URL('../../engines/model-files/hasty.worker.ts', import.meta.url), { type: 'module' })
  const downloads = new ModelDownloads(new RestartableWorker<DownloadApi>(start))
  opened.push(downloads)
  const sources = new ModelSources(db)
  const adapters = new Adapters(db, downloads, entries)
  return {
    db,
    adapters,
    downloads,
    sources,
    files: new AdapterFiles({ db, adapters, downloads, sources, models: () => catalogue }),
  }
}

const made = (making: Partial<AdapterToMake> = {}) => makeAdapter({ layers, ...making })
const given = (path: string, bytes: Uint8Array<ArrayBuffer>) => ({
  path,
  file: new File([bytes], path.split('/').at(-1)!),
})
const pair = ({ config, weights } = made(), folder = '') => [
  given(folder + CONFIG, config),
  given(folder + WEIGHTS, weights),
]
const reason = (expected: string) => (error: unknown) => {
  expect(error).toBeInstanceOf(AdapterUnusable)
  expect((error as AdapterUnusable).params['reason']).toBe(expected)
}
const refusedWith = async (work: Promise<unknown>, expected: string) =>
  reason(expected)(
    await work.then(
      () => undefined,
      (error: unknown) => error,
    ),
  )

describe('from this machine', () => {
  test('two files become an adapter that is kept, is loaded by its name, and is told what its files tell', async () => {
    const { adapters, files } = await open()
    const entry = await files.addFiles('', pair(made({ config: { base_model_name_or_path: 'Qwen/Qwen3-0.6B' } })))
    expect(entry).toMatchObject({ base: 'qwen3-0.6b', trainedOn: 'Qwen/Qwen3-0.6B', rank: 4, targets: ['q_proj'] })
    expect(adapters.usable('qwen3-0.6b')).toEqual([entry])
    expect(adapters.usable('qwen3-1.7b')).toEqual([])
    const { modules } = await loadAdapter(adapterName(entry))
    expect(modules.get(layers[0]!.path)).toMatchObject({ rank: 4, inputs: 16 })
  })

  test('a folder and an archive of it are the same adapter', async () => {
    const { adapters, files } = await open()
    const adapter = made()
    const folder = await files.addFiles('house', pair(adapter, 'checkpoint-9/').concat(pair(adapter)))
    const zip = makeZip({ [`house/${CONFIG}`]: adapter.config, [`house/${WEIGHTS}`]: adapter.weights, 'x/y.txt': '?' })
    const archived = await files.addFiles('', [given('any.ZIP', zip)])
    expect(archived).toEqual(folder)
    expect(folder.name).toBe('house')
    expect(adapters.own).toHaveLength(1)
    expect((await listModels()).map(({ model }) => model)).toEqual([adapterName(folder)])
  })

  test.each([
    ['dora', () => pair(made({ config: { use_dora: true } }))],
    ['truncated', () => pair({ ...made(), weights: made().weights.slice(0, -1) })],
    ['missingFile', () => pair().slice(0, 1)],
    ['archive', () => [given('a.zip', new Uint8Array(100))]],
    ['archivePath', () => [given('a.zip', makeZip({ [`../${CONFIG}`]: '{}' }))]],
  ])('nothing is kept of what is refused: %s', async (expected, files) => {
    const page = await open()
    await refusedWith(page.files.addFiles('x', files()), expected)
    expect(page.adapters.own).toEqual([])
    expect(await listModels()).toEqual([])
  })

  test('one that is deleted is gone from the list and from the disk', async () => {
    const { adapters, files } = await open()
    const entry = await files.addFiles('house', pair())
    await adapters.remove(entry)
    expect(adapters.all).toEqual([])
    expect(await listModels()).toEqual([])
    await expect(loadAdapter(adapterName(entry))).rejects.toBeInstanceOf(ModelFileMissing)
  })

  test('one whose weights a disk has spoilt is not loaded', async () => {
    const { files } = await open()
    const name = adapterName(await files.addFiles('house', pair()))
    const folder = new ModelFolder(name)
    const spoilt = await folder.read(WEIGHTS)
    spoilt[spoilt.length - 1]! ^= 1
    await writeData(folder, WEIGHTS, spoilt)
    await expect(loadAdapter(name)).rejects.toBeInstanceOf(ModelFileDamaged)
  })
})

describe('that come with the page', () => {
  async function served(...ids: string[]) {
    const host = await Host.with(new Map())
    const entries = ids.map((id): AdapterEntry => {
      const servedFrom = `${new URL(host.base).pathname.slice(1)}${id}/`
      const files = [CONFIG, WEIGHTS].map((path) => ({ path }))
      const trained = { rank: 4, alpha: 8, targets: ['q_proj'], base: 'base' }
      return { ...trained, kind: 'style', languages: ['en'], id, name: id, revision: '1', files, servedFrom }
    })
    const put = async (id: string) => {
      const { config, weights } = made()
      await host.put(`${id}/${CONFIG}`, config)
      await host.put(`${id}/${WEIGHTS}`, weights)
    }
    return { ...(await open(entries)), put }
  }

  test('are brought once each: one that did not come is tried again, one that was deleted is not', async () => {
    const { adapters, files, put } = await served('one', 'two')
    const usable = () => adapters.usable('base').map(({ id }) => id)
    await put('one')
    await files.fetchServed('base')
    expect(usable()).toEqual(['one'])
    await put('two')
    await adapters.remove(adapters.all[0]!)
    await files.fetchServed('base')
    expect(usable()).toEqual(['two'])
    await files.fetchServed('another base')
    expect(usable()).toEqual(['two'])
  })
})

describe('from the hub, or a mirror of it', () => {
  const ID = 'someone/style'
  const at = (path: string) => `${ID}/resolve/main/${path}`

  async function mirrored(adapter: { config: Uint8Array<ArrayBuffer>; weights?: Uint8Array<ArrayBuffer> } = made()) {
    const page = await open()
    const host = await Host.with(new Map([[at(CONFIG), adapter.config]]))
    if (adapter.weights) await host.put(at(WEIGHTS), adapter.weights)
    await page.sources.setMirror(host.base)
    return { ...page, host }
  }

  test('its size is told before a byte of its weights comes, and they come when they are asked for', async () => {
    const adapter = made()
    const { adapters, files, host } = await mirrored(adapter)
    await files.addFromHub(ID, never)
    const [entry] = adapters.own
    expect(entry).toMatchObject({ name: ID, repository: ID, rank: 4, alpha: 8, targets: ['q_proj'] })
    expect(entry?.files[1]).toEqual({ path: WEIGHTS, bytes: adapter.weights.length })
    expect(adapters.state(entry!)).toEqual({ kind: 'absent' })
    const asked = (await host.log()).filter(({ path }) => path.endsWith(WEIGHTS)).map(({ method }) => method)
    expect(asked).toEqual(['HEAD'])
    await files.fetch(entry!)
    expect(adapters.state(adapters.own[0]!).kind).toBe('kept')
    expect(adapters.own[0]?.files[1]).toMatchObject({ exact: true, bytes: adapter.weights.length })
    expect((await loadAdapter(adapterName(entry!))).modules.size).toBe(1)
  })

  test('one whose configuration cannot be used is refused before its weights are asked for', async () => {
    const { adapters, files, host } = await mirrored(made({ config: { bias: 'all' } }))
    await refusedWith(files.addFromHub(ID, never), 'bias')
    expect(adapters.own).toEqual([])
    expect(await listModels()).toEqual([])
    expect((await host.log()).some(({ path }) => path.endsWith(WEIGHTS))).toBe(false)
  })

  test('one whose weights turn out to be something else is told so, and they go', async () => {
    const { adapters, files } = await mirrored({ ...made(), weights: made({ rank: 2 }).weights })
    await files.addFromHub(ID, never)
    await refusedWith(files.fetch(adapters.own[0]!), 'rank')
    expect(adapters.state(adapters.own[0]!)).toEqual({ kind: 'absent' })
  })

  test('a repository without weights in safetensors, or that is not there, is told by the file', async () => {
    const { files } = await mirrored({ config: made().config })
    await refusedWith(files.addFromHub(ID, never), 'missingFile')
    await refusedWith(files.addFromHub('no/body', never), 'missingFile')
    expect(await listModels()).toEqual([])
  })
})

test('one that comes with the page is got ready from there', async () => {
  const adapter = made()
  const host = await Host.with(
    new Map([
      [CONFIG, adapter.config],
      [WEIGHTS, adapter.weights],
    ]),
  )
  const entry: AdapterEntry = {
    ...{ id: 'style', name: 'Style', revision: '1', kind: 'style', rank: 4, alpha: 8, targets: ['q_proj'] },
    languages: ['en'],
    // Below the page's address, as in the catalogue.
    servedFrom: new URL(host.base).pathname.slice(1),
    files: [{ path: CONFIG }, { path: WEIGHTS, bytes: adapter.weights.length, exact: true }],
  }
  const { adapters, files } = await open([entry])
  await adapters.load()
  await files.fetch(entry)
  expect(adapters.usable('any')).toEqual([entry])
})
