import 'fake-indexeddb/auto'
import { beforeEach, expect, test } from 'vitest'
import { AdapterChoice } from '../../../../src/app/adapters/adapter-choice.svelte'
import { adapterName, type AdapterEntry } from '../../../../src/engines/llm/adapters/catalogue'
import type { ModelCapabilities } from '../../../../src/engines/llm/language-model'
import { createCollection, deleteCollection } from '../../../../src/storage/collections'
import { openDatabase, type Database } from '../../../../src/storage/database'
import { getCollectionAdapters } from '../../../../src/storage/settings'

const entryOf = (id: string, more: Partial<AdapterEntry> = {}): AdapterEntry => ({
  ...{ id, name: id, revision: '1', kind: 'style', rank: 4, alpha: 8, targets: ['q_proj'], languages: ['ja'] },
  files: [],
  base: 'small',
  ...more,
})
const gozaru = entryOf('gozaru', { name: { en: 'Gozaru', ja: 'ござる' } })
const json = entryOf('json', { kind: 'format' })

const capabilities: ModelCapabilities = {
  engine: 'onnx',
  device: 'wasm',
  dtype: 'fp32',
  contextTokens: 1024,
  score: true,
  schema: false,
  adapters: 'exact',
}
type Model = { id: string; capabilities: ModelCapabilities }

let db: Database
let databases = 0
/** What a tab shows, and what is on the machine. */
let tab: { collection?: string; model?: Model; here: AdapterEntry[] }

const open = async () => {
  const choice = new AdapterChoice({
    db,
    registry: {
      usable: (model) => tab.here.filter(({ base }) => base === undefined || base === model),
      find: (name) => tab.here.find((entry) => adapterName(entry) === name),
    },
    collection: () => tab.collection,
    model: () => tab.model,
  })
  await choice.load()
  return choice
}
const told = (adapters: readonly { adapter: string; strength: number }[]) =>
  adapters.map(({ adapter, strength }) => `${adapter} ${strength}`)

beforeEach(async () => {
  db = await openDatabase({ name: `adapter-choice-${databases++}` })
  tab = { collection: 'one', model: { id: 'small', capabilities }, here: [gozaru, json] }
})

test('several adapters blend, each with its strength, which stays between 0 and 1.5', async () => {
  const choice = await open()
  choice.wear(gozaru)
  choice.wear(json, 0.5)
  expect(told(choice.on)).toEqual(['adapter-gozaru@1 1', 'adapter-json@1 0.5'])
  expect(choice.on[1]).toMatchObject({ name: 'json', kind: 'format' })
  choice.wear(gozaru, 9)
  expect(told(choice.on), 'a changed strength changes no order').toEqual(['adapter-gozaru@1 1.5', 'adapter-json@1 0.5'])
  choice.wear(json, -1)
  expect(told(choice.on), 'at 0 it changes nothing').toEqual(['adapter-gozaru@1 1.5'])
  expect(choice.chosen, 'and can be turned up again').toHaveLength(2)
  choice.takeOff(adapterName(gozaru))
  expect(choice.on).toEqual([])
  choice.takeAllOff()
  expect(choice.chosen).toEqual([])
})

test('each collection begins with what was kept for it, and what is chosen beside that is of this visit', async () => {
  const choice = await open()
  choice.wear(gozaru)
  expect(choice.isKept).toBe(false)
  expect(told((await open()).chosen), 'not kept: gone with the page').toEqual([])
  await choice.keep()
  expect(choice.isKept).toBe(true)
  choice.wear(json)
  const later = await open()
  expect(told(later.chosen)).toEqual(['adapter-gozaru@1 1'])
  tab.collection = 'two'
  expect(later.chosen).toEqual([])
  tab.collection = 'one'
  expect(told(choice.chosen)).toEqual(['adapter-gozaru@1 1', 'adapter-json@1 1'])
})

test('a tab follows what another keeps, unless something else is chosen in it', async () => {
  const [mine, follows, differs] = [await open(), await open(), await open()]
  differs.wear(json)
  mine.wear(gozaru)
  await mine.keep()
  await Promise.all([follows.load(), differs.load()])
  expect(told(follows.chosen)).toEqual(['adapter-gozaru@1 1'])
  expect(told(differs.chosen)).toEqual(['adapter-json@1 1'])
  expect(told(differs.kept)).toEqual(['adapter-gozaru@1 1'])
  // Chosen as it is kept, it follows again.
  differs.takeOff('adapter-json@1')
  differs.wear(gozaru)
  mine.takeAllOff()
  await mine.keep()
  await Promise.all([follows.load(), differs.load()])
  expect(follows.chosen).toEqual([])
  expect(differs.chosen).toEqual([])
})

test('nothing chosen can be kept too: a collection begins without, and no key is left', async () => {
  const choice = await open()
  choice.wear(gozaru)
  await choice.keep()
  choice.takeAllOff()
  expect(choice.chosen, 'none is a choice, and not the lack of one').toEqual([])
  expect(told(choice.kept)).toEqual(['adapter-gozaru@1 1'])
  await choice.keep()
  expect(await getCollectionAdapters(db)).toEqual(new Map())
})

test('what cannot be worn is off with its reason, and on again when it can', async () => {
  const choice = await open()
  choice.wear(gozaru, 0.8)
  await choice.keep()
  const reasons = () => choice.off.map(({ reason }) => reason)
  expect(reasons()).toEqual([])
  tab.model = { id: 'small', capabilities: { ...capabilities, adapters: 'none' } }
  expect([choice.on, choice.usable, reasons()]).toEqual([[], [], ['model']])
  tab.model = { id: 'large', capabilities }
  expect([choice.on, reasons()]).toEqual([[], ['base']])
  tab.model = { id: 'small', capabilities }
  tab.here = [json]
  expect([choice.on, reasons()]).toEqual([[], ['gone']])
  expect(choice.off[0]?.adapter.name, 'it is still known by its name').toEqual({ en: 'Gozaru', ja: 'ござる' })
  delete tab.model
  expect([choice.on, reasons(), choice.effect], 'quotations wear nothing').toEqual([[], [], undefined])
  tab = { collection: 'one', model: { id: 'small', capabilities }, here: [gozaru, json] }
  expect(told(choice.on)).toEqual(['adapter-gozaru@1 0.8'])
})

test('a collection that is deleted takes what was kept for it along', async () => {
  const { id } = await createCollection(db, 'Letters')
  tab.collection = id
  const choice = await open()
  choice.wear(gozaru)
  await choice.keep()
  expect((await getCollectionAdapters(db)).get(id)).toHaveLength(1)
  await deleteCollection(db, id)
  expect(await getCollectionAdapters(db)).toEqual(new Map())
})

test('without a collection nothing is chosen', async () => {
  delete tab.collection
  const choice = await open()
  choice.wear(gozaru)
  await choice.keep()
  expect(choice.chosen).toEqual([])
})
