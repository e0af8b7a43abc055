import 'fake-indexeddb/auto'
import { beforeEach, expect, test } from 'vitest'
import { Adapters } from '../../../../src/app/adapters/adapters.svelte'
import type { DownloadState } from '../../../../src/app/download-state'
import type { Wanted } from '../../../../src/app/model-downloads.svelte'
import { adapterName, type AdapterEntry } from '../../../../src/engines/llm/adapters/catalogue'
import { openDatabase, type Database } from '../../../../src/storage/database'

const entryOf = (id: string, more: Partial<AdapterEntry> = {}): AdapterEntry => ({
  ...{ id, name: id, revision: '1', kind: 'style', rank: 4, alpha: 8, targets: ['q_proj'], languages: ['en'] },
  files: [{ path: 'adapter_config.json' }, { path: 'adapter_model.safetensors' }],
  ...more,
})
const house = entryOf('house', { base: 'small' })
const json = entryOf('json')
const mine = entryOf('own-mine', { base: 'large' })

/** The store of models, as far as adapters ask it: names of those whose files are there. */
class Kept {
  readonly names = new Set<string>()
  readonly looked: string[] = []
  state = ({ model }: Wanted): DownloadState =>
    this.names.has(model) ? { kind: 'kept', bytes: 100 } : { kind: 'absent' }
  look = ({ model }: Wanted) => {
    this.looked.push(model)
    return Promise.resolve()
  }
  remove = (model: string) => {
    this.names.delete(model)
    return Promise.resolve()
  }
}

let db: Database
let kept: Kept
let databases = 0
const open = async () => {
  const adapters = new Adapters(db, kept, [house, json])
  await adapters.load()
  return adapters
}
const ids = (entries: readonly AdapterEntry[]) => entries.map(({ id }) => id)

beforeEach(async () => {
  db = await openDatabase({ name: `adapters-${databases++}` })
  kept = new Kept()
})

test('the adapters of the catalogue are there, and what is on this machine of them is found out', async () => {
  const adapters = await open()
  expect(ids(adapters.all)).toEqual(['house', 'json'])
  expect(kept.looked).toEqual(['adapter-house@1', 'adapter-json@1'])
})

test('one of the person comes first, is remembered, and is found by the name that its files are kept under', async () => {
  await (await open()).add(mine)
  const adapters = await open()
  expect(ids(adapters.all)).toEqual(['own-mine', 'house', 'json'])
  expect(adapters.find(adapterName(mine))?.id).toBe('own-mine')
  expect(adapters.find('adapter-own-mine@2')).toBeUndefined()
  expect(adapters.isOwn(mine)).toBe(true)
  expect(adapters.isOwn(house)).toBe(false)
})

test('usable with a model are those made for it, or for one untold, whose files are here', async () => {
  const adapters = await open()
  await adapters.add(mine)
  expect(ids(adapters.forModel('small'))).toEqual(['house', 'json'])
  expect(ids(adapters.forModel('large'))).toEqual(['own-mine', 'json'])
  expect(adapters.usable('small')).toEqual([])
  kept.names.add(adapterName(json)).add(adapterName(mine))
  expect(ids(adapters.usable('small'))).toEqual(['json'])
  expect(ids(adapters.usable('large'))).toEqual(['own-mine', 'json'])
})

test('added again it is there once; another training of the same name stays beside it', async () => {
  const adapters = await open()
  await adapters.add(mine)
  await adapters.add(mine)
  await adapters.add({ ...mine, revision: '2' })
  expect(adapters.own.map(adapterName)).toEqual(['adapter-own-mine@2', 'adapter-own-mine@1'])
  await adapters.change(mine, { kind: 'raft' })
  expect(adapters.own.map(({ kind }) => kind)).toEqual(['style', 'raft'])
  await adapters.remove(mine)
  expect(adapters.own.map(adapterName)).toEqual(['adapter-own-mine@2'])
})

test('what a person sets of an adapter of their own is remembered; an empty base is none', async () => {
  const adapters = await open()
  await adapters.add(mine)
  await adapters.change(mine, { kind: 'domain', languages: ['ja'] })
  expect((await open()).own[0]).toMatchObject({ kind: 'domain', languages: ['ja'], base: 'large' })
  await adapters.change(mine, { base: '' })
  expect((await open()).own[0]).not.toHaveProperty('base')
})

test('deleting one of the person forgets it; one of the catalogue stays in the list', async () => {
  const adapters = await open()
  await adapters.add(mine)
  for (const entry of [mine, house]) {
    kept.names.add(adapterName(entry))
    await adapters.remove(entry)
    expect(kept.names).not.toContain(adapterName(entry))
  }
  expect(ids(adapters.all)).toEqual(['house', 'json'])
  expect(ids((await open()).all)).toEqual(['house', 'json'])
})
