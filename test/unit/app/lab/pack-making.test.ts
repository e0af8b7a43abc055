import 'fake-indexeddb/auto'
import { expect, test, vi } from 'vitest'
import { defaultTemplates } from '../../../../src/answering/templates/templates'
import { PackMaking, type PackParts, type PackWish } from '../../../../src/app/lab/pack-making.svelte'
import { PackWishes } from '../../../../src/app/lab/pack-wishes.svelte'
import type { LanguageModel } from '../../../../src/engines/llm/language-model'
import { catalogue } from '../../../../src/engines/llm/catalogue'
import { DeviceLost, PromptTooLong } from '../../../../src/errors'
import { loadBundledSet } from '../../../../src/lab/bundled/bundled'
import type { Question } from '../../../../src/lab/question-set'
import { defaultRaftOptions } from '../../../../src/lab/training/examples'
import { defaultRecipe } from '../../../../src/lab/training/recipe'
import { createCollection } from '../../../../src/storage/collections'
import { openDatabase } from '../../../../src/storage/database'
import { commitDocument } from '../../../../src/storage/documents'
import { getPassages } from '../../../../src/storage/passages'
import { deferred } from '../../../browser/storage/fixtures'
import { hashOf, prepare } from '../../../browser/storage/prepared'
import { openQuestion, questionSet } from '../../../fixtures/lab-questions'
import { ScriptedModel } from '../../../fixtures/scripted-model'

const wish = (changes: Partial<PackWish> = {}): PackWish => ({
  kind: 'raft',
  raft: { ...defaultRaftOptions, distractors: 2, oracleShare: 1 },
  wordings: 0,
  split: { seed: 1, testShare: 0.1 },
  recipe: { ...defaultRecipe, base: 'maker/base', revision: 'main', name: 'A' },
  language: 'en',
  ...changes,
})

/** One question on each page of a document, each a group of its own; the last of them is on a document that is not there. */
const questions = (document: string): Question[] => [
  ...[1, 2, 3].map((page) =>
    openQuestion(`q${page}`, {
      question: ['', 'Where does Hana live?', 'What do badgers eat?', 'When was the bridge built?'][page]!,
      answers: [`Page ${page}`],
      group: `${page}`,
      evidence: [{ document, page, start: 0, end: 8 }],
    }),
  ),
  openQuestion('lost', {
    question: 'Who painted it?',
    evidence: [{ document: hashOf('gone'), page: 1, start: 0, end: 9 }],
  }),
  openQuestion('none', { question: 'How tall is the tower?', answers: [], group: 'none' }),
]

let databases = 0
async function making(model?: LanguageModel, changes: Partial<PackParts> = {}) {
  const db = await openDatabase({ name: `pack-making-${databases++}` })
  const { id } = await createCollection(db, 'One')
  await commitDocument(db, prepare('a', { collections: [id], text: (page) => `${page}頁は長く、7行あります。` }))
  await commitDocument(db, prepare('b', { collections: [id] }))
  const passages = [...(await getPassages(db, hashOf('a'))), ...(await getPassages(db, hashOf('b')))]
  const searched: { documents: string[]; limit: number }[] = []
  const packs = new PackMaking({
    db,
    // Finds what does not answer only: the passage that does has to come from the library.
    search: ({ documents, limit }) => {
      searched.push({ documents, limit })
      const evidence = passages.slice(3).map((passage, at) => ({
        ...{ passage, documentName: 'b.pdf', rank: at + 1, score: 1, termCoverage: 1, matches: [] },
      }))
      return Promise.resolve({ evidence })
    },
    model: () => model,
    templates: (language) => ({ ...defaultTemplates[language], refusal: 'OWN REFUSAL' }),
    ...changes,
  })
  return { packs, set: questionSet(questions(hashOf('a'))), searched }
}

test('a pack with passages takes those that answer from the library, and tells what it could not make', async () => {
  const { packs, set, searched } = await making()
  await packs.make(set, wish())
  const { pack, skipped } = packs.made!
  expect(pack.raft.length).toBeGreaterThan(1)
  for (const { oracle, passages, messages } of pack.raft) {
    expect(oracle).toMatch(new RegExp(`^${hashOf('a')}/`))
    expect(passages).toHaveLength(3)
    expect(messages[0]!.content, 'the person’s own wording').toContain('OWN REFUSAL')
  }
  const reasons = new Map(skipped.map(({ question, reason }) => [question.id, reason]))
  for (const [id, reason] of reasons) expect(reason).toBe(id === 'none' ? 'unanswerable' : 'noPassage')
  expect(pack.raft.length + skipped.length).toBe(4)
  expect(pack).toMatchObject({ supervised: [], skipped: skipped.length, raftOptions: { distractors: 2 } })
  expect(searched[0]).toEqual({ documents: [hashOf('a'), hashOf('b')], limit: 8 })
  expect([packs.progress, packs.failure]).toEqual([undefined, undefined])
})

test('one of questions and answers alone needs no library', async () => {
  const { packs, searched } = await making()
  const set = await loadBundledSet('general-en')
  await packs.make(set, wish({ kind: 'supervised' }))
  expect(packs.made!.pack).toMatchObject({ raft: [], set: { name: set.name, licence: set.licence } })
  expect(packs.made!.pack.supervised.length).toBeGreaterThan(10)
  expect(searched).toEqual([])
})

test('passages are said in other words; what lost a number is dropped and told, what is too long is left out', async () => {
  let asked = 0
  const model = new ScriptedModel((_prompt, messages) => {
    const [, page] = /(\d)頁/.exec(messages.at(-1)!.content)!
    asked++
    if (page === '2') return [new PromptTooLong()]
    return asked % 2 ? `長いのは${page}頁です。` : `7行もある長い文章が${page}頁に並んでいます。`
  })
  const { packs, set } = await making(model)
  await packs.make(set, wish({ wordings: 1, kind: 'supervised' }))
  const { pack, tooLong } = packs.made!
  const rests = pack.paraphrases.length + tooLong
  expect(rests).toBeGreaterThan(1)
  expect(pack.paraphraser).toBe('Scripted model')
  expect(pack.paraphrases.flatMap(({ dropped }) => dropped)).toContain('numbers')
  expect(pack.paraphrases.every(({ texts }) => texts.every((text) => text.includes('7行')))).toBe(true)
})

test('progress is told, and a stop keeps nothing and is said', async () => {
  const told: unknown[] = []
  const { packs, set } = await making(undefined, {
    search: (_request, signal) => {
      told.push(packs.progress)
      if (told.length === 2) packs.cancel()
      signal.throwIfAborted()
      return Promise.resolve({ evidence: [] })
    },
  })
  await packs.make(set, wish())
  expect(told[0]).toMatchObject({ stage: 'examples', all: 4 })
  expect([packs.made, packs.progress, packs.failure, packs.stopped]).toEqual([undefined, undefined, undefined, true])
})

test('a failure is told by its class, and nothing half made stays', async () => {
  const { packs, set } = await making(new ScriptedModel(() => [new DeviceLost()]))
  await packs.make(set, wish({ wordings: 1 }))
  expect(packs.failure).toBeInstanceOf(DeviceLost)
  expect([packs.made, packs.progress]).toEqual([undefined, undefined])
})

test('a newer wish takes the place of one under way', async () => {
  const gate = deferred<void>()
  const first = vi.fn(() => gate.promise.then(() => ({ evidence: [] })))
  const { packs, set } = await making(undefined, { search: first })
  const earlier = packs.make(set, wish())
  await vi.waitFor(() => expect(first).toHaveBeenCalled())
  await packs.make(set, wish({ kind: 'supervised' }))
  gate.resolve()
  await earlier
  expect(packs.made!.pack.supervised.length).toBeGreaterThan(0)
  expect(packs.failure).toBeUndefined()
})

test('wishes begin with the chosen model’s training weights and a set that comes with the app', async () => {
  const page = { lab: { sets: [] }, writer: { catalogue, model: { chosen: { id: 'lfm2-1.2b' } } } }
  const wishes = new PackWishes(page)
  expect(wishes.set).toBeUndefined()
  await wishes.load()
  expect(wishes.set?.id).toBe('lantern-row')
  expect(wishes.trained.length + wishes.tested).toBeLessThanOrEqual(wishes.set!.questions.length)
  expect(wishes.trained.length).toBeGreaterThan(0)
  expect(wishes.recipe).toMatchObject({ base: 'LiquidAI/LFM2-1.2B', targets: ['q_proj', 'k_proj', 'v_proj'] })
  wishes.choose('qwen3-0.6b')
  wishes.setTargets('q_proj,  v_proj、o_proj')
  expect(wishes.wish('ja')).toMatchObject({
    recipe: { base: 'Qwen/Qwen3-0.6B', targets: ['q_proj', 'v_proj', 'o_proj'] },
    language: 'ja',
    wordings: 0,
  })
  wishes.recipe = { ...wishes.recipe, base: '  ' }
  expect(wishes.isWhole).toBe(false)
})

test('every model that can be chosen has weights that can be trained: none is the ONNX export', () => {
  const page = { lab: { sets: [] }, writer: { catalogue, model: {} } }
  for (const { id } of catalogue) {
    const wishes = new PackWishes(page)
    wishes.choose(id)
    expect(wishes.recipe.base).toMatch(/^(?!onnx-community)[\w.-]+\/[\w.-]+$/)
    expect(wishes.recipe.base).not.toMatch(/onnx/i)
  }
})

test('a set that the person has taken up is not offered twice', async () => {
  const own = await loadBundledSet('lantern-row')
  const page = { lab: { sets: [own] }, writer: { catalogue, model: {} } }
  const wishes = new PackWishes(page)
  await wishes.load()
  expect(wishes.bundled.map(({ id }) => id)).toEqual(['minamo-do', 'general-en', 'general-ja'])
  wishes.chooseSet('general-ja')
  expect(wishes.set?.id).toBe('general-ja')
})
