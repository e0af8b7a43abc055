import 'fake-indexeddb/auto'
import { afterEach, expect, test } from 'vitest'
import { Meaning, type EmbedderPort } from '../../../../src/app/meaning/meaning.svelte'
import type { Document } from '../../../../src/domain'
import {
  catalogue,
  embeddingSpace,
  type Embedder,
  type EmbedderPlan,
} from '../../../../src/engines/embedding/catalogue'
import type { OpenEncoder } from '../../../../src/engines/encoder/owner'
import { DeviceLost, ModelFileMissing } from '../../../../src/errors'
import { buildSegment } from '../../../../src/retrieval/lexical/build'
import { quantize } from '../../../../src/retrieval/vector/quantize'
import { createCollection } from '../../../../src/storage/collections'
import { openDatabase, type Database } from '../../../../src/storage/database'
import { commitDocument } from '../../../../src/storage/documents'
import { getSetting, setSetting } from '../../../../src/storage/settings'
import { listVectorSpaces } from '../../../../src/storage/vector-space'
import { documentsWithVectors, keepVectors } from '../../../../src/storage/vectors'
import { passagesOf } from '../../retrieval/passages'

const embedder = catalogue.find(({ id }) => id === 'all-MiniLM-L6-v2')!
const other = catalogue.find(({ id }) => id === 'multilingual-e5-small')!
const plan: EmbedderPlan = { model: embedder, device: 'wasm', dtype: 'q8' }
const space = embeddingSpace(plan)
const never = new AbortController().signal
let databases = 0
const opened: Meaning[] = []

/** A model that gives every text the same vector; `fail` may make it fail, `hold` keeps a question waiting. */
class OwnerOfTest implements EmbedderPort {
  current: OpenEncoder<Embedder> | undefined
  readonly asked: string[][] = []
  fail: (() => Error | undefined) | undefined
  hold: Promise<void> = Promise.resolve()
  missing = false

  open(model: Embedder): Promise<OpenEncoder<Embedder>> {
    if (this.missing) return Promise.reject(new ModelFileMissing({ file: 'tokenizer.json' }))
    this.current = { plan: { ...plan, model } }
    return Promise.resolve(this.current)
  }

  async embed(texts: string[], _kind: string, signal: AbortSignal): Promise<Float32Array<ArrayBuffer>> {
    this.asked.push(texts)
    const failure = this.fail?.()
    if (failure) throw failure
    await Promise.race([
      this.hold,
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
    ])
    signal.throwIfAborted()
    return new Float32Array(texts.length * 384).fill(1)
  }

  close(): void {
    this.current = undefined
  }
}

async function library() {
  const db = await openDatabase({ name: `app-meaning-${databases++}` })
  const { id } = await createCollection(db, 'Work')
  const owner = new OwnerOfTest()
  const preloaded: string[] = []
  const meaning = new Meaning({
    db,
    owner,
    preload: ({ model }) => Promise.resolve(void preloaded.push(model)),
    idle: (work) => void setTimeout(work),
  })
  opened.push(meaning)
  return { db, collection: id, owner, meaning, preloaded }
}

async function commit(db: Database, collection: string, hash: string, texts: string[]): Promise<void> {
  const passages = passagesOf(hash, texts)
  const document = {
    ...{ hash, name: hash, type: 'pdf', bytes: 1, added: 1, collections: [collection], language: 'en', pages: 1 },
    ...{ imagePages: [], passages: passages.length, outline: [], locked: false },
  } as Document
  await commitDocument(db, {
    document,
    file: new Blob(),
    pages: [],
    passages,
    segment: buildSegment(document, passages),
  })
}

const until = (holds: () => boolean | Promise<boolean>) => expect.poll(holds, { timeout: 5000 }).toBe(true)

afterEach(async () => {
  await Promise.all(opened.splice(0).map((meaning) => meaning.model.choose(undefined)))
})

test('without a model nothing is embedded, and a search is by words', async () => {
  const { meaning, owner } = await library()
  await meaning.load()
  expect(meaning.model.state).toBe('off')
  expect(await meaning.ask('rain?', never)).toBeUndefined()
  expect(owner.asked).toEqual([])
})

test('a model that is chosen is opened, remembered, and embeds what is there and what comes', async () => {
  const { db, collection, meaning, preloaded } = await library()
  await commit(db, collection, 'one', ['Rain.', 'Snow.'])
  await meaning.model.choose(embedder)
  expect(meaning.model.state).toBe('ready')
  expect(await getSetting(db, 'embedder')).toBe(embedder.id)
  expect(preloaded).toEqual([space.model])
  await until(async () => (await documentsWithVectors(db, space)).has('one'))
  await commit(db, collection, 'two', ['Hail.'])
  meaning.work.wake()
  await until(async () => (await documentsWithVectors(db, space)).has('two'))
  expect(await meaning.ask('rain?', never)).toMatchObject({ model: embedder.id, space, index: 'exact' })
})

test('progress over several documents never goes back', async () => {
  const { db, collection, meaning, owner } = await library()
  await commit(db, collection, 'one', ['Rain.', 'Snow.'])
  await commit(db, collection, 'two', ['Hail.', 'Fog.', 'Sun.'])
  const told: [number, number][] = []
  owner.fail = () => {
    told.push([meaning.work.done, meaning.work.total])
    return undefined
  }
  await meaning.model.choose(embedder)
  await until(async () => (await documentsWithVectors(db, space)).size === 2)
  await until(() => meaning.work.progress.state === 'idle')
  expect(told.map(([done]) => done)).toEqual([0, expect.any(Number)])
  expect(told[1]![0]).toBeGreaterThan(0)
  expect(told.every(([, total]) => total === 5)).toBe(true)
})

test('the choice is taken up at the next start', async () => {
  const { db, meaning } = await library()
  await setSetting(db, 'embedder', embedder.id)
  await meaning.load()
  await until(() => meaning.model.state === 'ready')
})

test('files that are missing are told, and words go on', async () => {
  const { meaning, owner } = await library()
  owner.missing = true
  await meaning.model.choose(embedder)
  expect(meaning.model.state).toBe('failed')
  expect(meaning.model.failure).toBeInstanceOf(ModelFileMissing)
  expect(await meaning.ask('rain?', never)).toEqual({ skipped: 'modelFileMissing' })
  owner.missing = false
  await meaning.model.reopen()
  expect(meaning.model.state).toBe('ready')
})

test('a device lost while a question is embedded leaves it to words; a stopped question is stopped', async () => {
  const { meaning, owner } = await library()
  await meaning.model.choose(embedder)
  owner.fail = () => new DeviceLost()
  expect(await meaning.ask('rain?', never)).toEqual({ skipped: 'deviceLost' })
  owner.fail = undefined
  owner.hold = new Promise(() => undefined)
  const controller = new AbortController()
  const asking = meaning.ask('rain?', controller.signal)
  controller.abort()
  await expect(asking).rejects.toMatchObject({ name: 'AbortError' })
})

test('a question does not wait for ever for a device that hangs', { timeout: 10_000 }, async () => {
  const { meaning, owner } = await library()
  await meaning.model.choose(embedder)
  owner.hold = new Promise(() => undefined)
  expect(await meaning.ask('rain?', never)).toEqual({ skipped: 'slow' })
})

test('paused, nothing is embedded until the person goes on, a reload included', async () => {
  const { db, collection, meaning, owner } = await library()
  await setSetting(db, 'embeddingPaused', true)
  await commit(db, collection, 'one', ['Rain.'])
  await meaning.load()
  await meaning.model.choose(embedder)
  await until(() => meaning.work.progress.state === 'paused')
  expect(owner.asked).toEqual([])
  await meaning.resume()
  await until(async () => (await documentsWithVectors(db, space)).has('one'))
  expect(await getSetting(db, 'embeddingPaused')).toBeUndefined()
})

test('vectors of the model before are used no more, and removed when all are made anew', async () => {
  const { db, collection, meaning } = await library()
  await commit(db, collection, 'one', ['Rain.'])
  const before = embeddingSpace({ model: other, dtype: 'q8' })
  await keepVectors(db, before, 'one', quantize(new Float32Array(384).fill(1), 384))
  await meaning.model.choose(embedder)
  await until(async () => (await documentsWithVectors(db, space)).has('one'))
  await until(async () => (await listVectorSpaces(db)).length === 1)
})

test('a second choice while the first is being opened wins', async () => {
  const { meaning } = await library()
  await Promise.all([meaning.model.choose(other), meaning.model.choose(embedder)])
  expect(meaning.model.chosen).toBe(embedder)
  expect(meaning.model.opened?.plan.model).toBe(embedder)
  expect(meaning.model.state).toBe('ready')
})
