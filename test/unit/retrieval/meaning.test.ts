import 'fake-indexeddb/auto'
import { expect, test } from 'vitest'
import type { Document } from '../../../src/domain'
import { backlogOf } from '../../../src/ingest/embedding-backlog'
import { buildSegment } from '../../../src/retrieval/lexical/build'
import { IndexService } from '../../../src/retrieval/service'
import { quantize } from '../../../src/retrieval/vector/quantize'
import { onChange, type Change } from '../../../src/storage/changes'
import { createCollection } from '../../../src/storage/collections'
import { openDatabase, type Database } from '../../../src/storage/database'
import { commitDocument, deleteDocument, type CommitOptions } from '../../../src/storage/documents'
import type { VectorSpace } from '../../../src/storage/vector-space'
import { keepVectors } from '../../../src/storage/vectors'
import type { QuestionVector, SearchRequest } from '../../../src/threads/protocols'
import { passagesOf } from './passages'

const space: VectorSpace = { model: 'm@1', dimension: 16, prefix: '', dtype: 'fp32', tokenizer: '1' }
const never = new AbortController().signal
let databases = 0

/** A unit vector along one of sixteen axes: what each text "means". */
const axis = (at: number): Float32Array<ArrayBuffer> => Float32Array.from({ length: 16 }, (_, i) => (i === at ? 1 : 0))

const asked = (vector: Float32Array<ArrayBuffer>, change: Partial<QuestionVector> = {}): QuestionVector => ({
  model: 'm',
  space,
  vector,
  weight: 1,
  milliseconds: 3,
  index: 'exact',
  ...change,
})

async function library() {
  const name = `meaning-test-${databases++}`
  const db = await openDatabase({ name })
  const { id } = await createCollection(db, 'Work')
  return { db, collection: id, service: new IndexService(() => openDatabase({ name })) }
}

async function commit(
  db: Database,
  collection: string,
  hash: string,
  texts: string[],
  options: CommitOptions = {},
): Promise<void> {
  const passages = passagesOf(hash, texts)
  const document: Document = {
    hash,
    name: `${hash}.pdf`,
    type: 'pdf',
    bytes: 1,
    added: databases,
    collections: [collection],
    language: 'en',
    pages: 1,
    imagePages: [],
    passages: passages.length,
    outline: [],
    locked: false,
  }
  const segment = buildSegment(document, passages)
  await commitDocument(db, { document, file: new Blob(['x']), pages: [], passages, segment }, options)
}

/** Keeps a vector along the given axis for each passage. */
async function keep(db: Database, document: string, axes: number[], where = space): Promise<void> {
  const vectors = new Float32Array(axes.flatMap((at) => [...axis(at)]))
  expect(await keepVectors(db, where, document, quantize(vectors, 16))).toBe(true)
}

async function places(service: IndexService, request: Partial<SearchRequest>): Promise<string[]> {
  const whole = { question: 'vacation', documents: ['rules', 'handbook'], limit: 5, ...request }
  const { evidence } = await service.search(whole, never)
  return evidence.map(({ passage }) => `${passage.document}/${passage.ordinal}`)
}

/** A change made elsewhere is heard a moment later. */
const heard = () => new Promise((resolve) => setTimeout(resolve, 20))

test('a passage that shares no word with the question is found by its vector', async () => {
  const { db, collection, service } = await library()
  await commit(db, collection, 'rules', ['Paid leave is ten days.', 'Wages are paid monthly.'])
  expect(await places(service, {})).toEqual([])
  await keep(db, 'rules', [1, 2])
  const { evidence, trace } = await service.search(
    { question: 'vacation', documents: ['rules'], limit: 1, trace: true, meaning: asked(axis(1)) },
    never,
  )
  expect(evidence[0]).toMatchObject({ passage: { ordinal: 0 }, dense: { rank: 1 }, termCoverage: 0 })
  expect(evidence[0]!.dense!.score).toBeCloseTo(1, 3)
  expect(trace!.stages.slice(0, 4).map(({ stage }) => stage)).toEqual([
    'words',
    'lexicon',
    'question embedding',
    'meaning',
  ])
  expect(trace!.fusion.weights).toMatchObject({ meaning: 1 })
})

test('vectors kept after the first search are found, and those of removed documents are not', async () => {
  const { db, collection, service } = await library()
  await commit(db, collection, 'rules', ['Paid leave.'])
  await commit(db, collection, 'handbook', ['Time off work.'])
  await keep(db, 'rules', [1])
  expect(await places(service, { meaning: asked(axis(1)) })).toEqual(['rules/0'])
  await keep(db, 'handbook', [1])
  await heard()
  expect((await places(service, { meaning: asked(axis(1)) })).sort()).toEqual(['handbook/0', 'rules/0'])
  await deleteDocument(db, 'rules')
  await heard()
  expect(await places(service, { documents: ['handbook'], meaning: asked(axis(1)) })).toEqual(['handbook/0'])
})

test('only the chosen documents are looked at', async () => {
  const { db, collection, service } = await library()
  await commit(db, collection, 'rules', ['Paid leave.'])
  await commit(db, collection, 'handbook', ['Time off work.'])
  await keep(db, 'rules', [1])
  await keep(db, 'handbook', [1])
  expect(await places(service, { documents: ['handbook'], meaning: asked(axis(1)) })).toEqual(['handbook/0'])
})

test('a document without vectors yet is not held back: it counts as the least like of those found', async () => {
  const { db, collection, service } = await library()
  await commit(db, collection, 'rules', ['Vacation is granted on request.'])
  await commit(db, collection, 'handbook', ['Vacation vacation.', 'Other things.'])
  await keep(db, 'handbook', [3, 4])
  const meaning = asked(Float32Array.from(axis(3), (value, at) => value * 0.9 + (at === 4 ? 0.9 : 0)))
  const [first, second] = await places(service, { meaning })
  const byWords = await places(service, {})
  expect([first, second]).toEqual(byWords.slice(0, 2))
})

test('of a model whose likeness is not counted the most similar passages are told apart', async () => {
  const { db, collection, service } = await library()
  await commit(db, collection, 'rules', ['Vacation is ten days.', 'Paid leave.', 'Wages.'])
  await keep(db, 'rules', [1, 2, 3])
  const request = { question: 'vacation', documents: ['rules'], limit: 3 }
  const similar = async (weight: number) => {
    const result = await service.search({ ...request, meaning: asked(axis(2), { weight }) }, never)
    return result.similar?.map(({ passage, dense }) => [passage.text, dense!.rank])
  }
  expect((await similar(0))![0]).toEqual(['Paid leave.', 1])
  expect(await similar(0)).not.toContainEqual(['Vacation is ten days.', expect.anything()])
  expect(await similar(1)).toBeUndefined()
})

test('vectors of another space are never compared with', async () => {
  const { db, collection, service } = await library()
  await commit(db, collection, 'rules', ['Paid leave.'])
  await keep(db, 'rules', [1], { ...space, model: 'other@1' })
  expect(await places(service, { meaning: asked(axis(1)) })).toEqual([])
  await keep(db, 'rules', [2])
  await heard()
  expect(await places(service, { meaning: asked(axis(2)) })).toEqual(['rules/0'])
  const other = asked(axis(1), { space: { ...space, model: 'other@1' } })
  expect(await places(service, { meaning: other })).toEqual(['rules/0'])
})

test('why nothing was searched by meaning stands in the trace; words go on', async () => {
  const { db, collection, service } = await library()
  await commit(db, collection, 'rules', ['Paid leave is ten days.'])
  const request: SearchRequest = { question: 'paid leave', documents: ['rules'], limit: 3, trace: true }
  const skipped = await service.search({ ...request, meaning: { skipped: 'deviceLost' } }, never)
  const wrong = await service.search({ ...request, meaning: asked(new Float32Array(32).fill(1)) }, never)
  for (const [{ evidence, trace }, reason] of [
    [skipped, 'deviceLost'],
    [wrong, 'invalidVector'],
  ] as const) {
    expect(evidence).toHaveLength(1)
    expect(trace!.stages.find(({ stage }) => stage === 'meaning')!.skipped).toBe(reason)
  }
})

test('damaged vectors are left out, deleted and announced, so that they are made again', async () => {
  const { db, collection, service } = await library()
  await commit(db, collection, 'rules', ['Paid leave.'])
  await commit(db, collection, 'handbook', ['Time off work.'])
  await keep(db, 'rules', [1])
  await keep(db, 'handbook', [1])
  const [plane] = await db.getAll('finePlanes')
  plane!.fine[3]! ^= 1
  await db.put('finePlanes', plane!)
  const changes: Change[] = []
  const end = onChange(db, (change) => changes.push(change))
  const found = await places(service, { meaning: asked(axis(1)) })
  expect(found).toHaveLength(1)
  await heard()
  end()
  expect(changes).toEqual([{ what: 'vectors' }])
  const waiting = await backlogOf(db, space).waiting()
  expect(waiting).toHaveLength(1)
  const work = await backlogOf(db, space).begin(waiting[0]!.hash)
  expect(await work!.keep(axis(1))).toBe(true)
  await heard()
  expect(await places(service, { meaning: asked(axis(1)) })).toHaveLength(2)
})

test('of a new version only what changed is embedded', async () => {
  const { db, collection, service } = await library()
  await commit(db, collection, 'rules', ['One.', 'Two.', 'Three.'])
  await keep(db, 'rules', [1, 2, 3])
  await commit(db, collection, 'newer', ['One.', 'Changed.', 'Three.'], { replaces: 'rules' })
  const work = await backlogOf(db, space).begin('newer')
  expect(work!.texts).toEqual(['Changed.'])
  expect(await work!.keep(axis(7))).toBe(true)
  for (const [ordinal, at] of [1, 7, 3].entries()) {
    const [best] = await places(service, { documents: ['newer'], meaning: asked(axis(at)) })
    expect(best).toBe(`newer/${ordinal}`)
  }
})

test('what a removed document would have got is not kept', async () => {
  const { db, collection } = await library()
  await commit(db, collection, 'rules', ['One.', 'Two.', 'Three.'])
  const backlog = backlogOf(db, space)
  expect(await backlog.waiting()).toEqual([{ hash: 'rules', passages: 3 }])
  const work = await backlog.begin('rules')
  expect(work!.texts).toEqual(['One.', 'Two.', 'Three.'])
  await deleteDocument(db, 'rules')
  expect(await work!.keep(new Float32Array(48).fill(1))).toBe(false)
  expect(await backlog.begin('rules')).toBeUndefined()
})
