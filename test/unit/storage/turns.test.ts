import 'fake-indexeddb/auto'
import { beforeEach, expect, test } from 'vitest'
import type { Alternative, Answer, KeptEvidence, Turn } from '../../../src/domain'
import { openDatabase, type Database } from '../../../src/storage/database'
import { commitDocument, deleteDocument } from '../../../src/storage/documents'
import { deleteAlternative, deleteTurn, listTurns, saveAlternative, saveTurn } from '../../../src/storage/turns'
import { hashOf, prepare, quotingTurn } from '../../browser/storage/prepared'

let db: Database
let databases = 0

beforeEach(async () => {
  db = await openDatabase({ name: `turns-${databases++}` })
  await db.put('collections', { id: 'one', name: 'one', created: 0 })
})

const [secret, other] = [prepare('secret'), prepare('other')]
const evidenceOf = (of: typeof secret): KeptEvidence => ({
  ...{ passage: of.passages[0]!.id, document: of.document.hash, documentName: of.document.name },
  ...{ rank: 1, score: 1, termCoverage: 1, matches: [] },
})
const alternativeOf = (id: string, asked: number, { answer }: Turn): Alternative => ({ id, asked, answer: answer! })

test('an answer of an earlier version keeps the name of its adapter', async () => {
  const turn = quotingTurn('one', other, 1)
  await db.put('turns', { ...turn, answer: { ...turn.answer!, adapter: 'house-style' } as Answer })
  const [read] = await listTurns(db, 'one')
  expect(read?.answer).toEqual({
    ...turn.answer,
    adapters: [{ adapter: 'house-style', name: 'house-style', strength: 1 }],
  })
  expect((await listTurns(db, 'one'))[0]?.answer).not.toHaveProperty('adapter')
})

test('other answers are kept with their turn in the order they were asked for, and one by one deleted', async () => {
  await commitDocument(db, other)
  const turn = quotingTurn('one', other, 1)
  await saveTurn(db, turn)
  await Promise.all([3, 1, 2].map((asked) => saveAlternative(db, turn.id, alternativeOf(`${asked}`, asked, turn))))
  const ids = async () => (await listTurns(db, 'one'))[0]?.alternatives?.map(({ id }) => id)
  expect(await ids()).toEqual(['1', '2', '3'])
  await deleteAlternative(db, turn.id, '2')
  expect(await ids()).toEqual(['1', '3'])
  await deleteTurn(db, turn.id)
  await saveAlternative(db, turn.id, alternativeOf('4', 4, turn))
  expect(await listTurns(db, 'one'), 'a turn that is gone stays gone').toEqual([])
})

test('deleting a document takes along the answers that quote it and the way to its passages, and leaves the rest', async () => {
  await commitDocument(db, secret)
  await commitDocument(db, other)
  const turn: Turn = {
    ...quotingTurn('one', other, 1),
    evidence: [evidenceOf(other), evidenceOf(secret)],
    alternatives: [
      alternativeOf('1', 1, quotingTurn('one', secret, 1)),
      alternativeOf('2', 2, quotingTurn('one', other, 2)),
    ],
  }
  await saveTurn(db, turn)
  await deleteDocument(db, hashOf('secret'))
  const [left] = await listTurns(db, 'one')
  expect(JSON.stringify(left)).not.toContain(hashOf('secret'))
  expect(left?.alternatives?.map(({ id }) => id)).toEqual(['2'])
  expect(left, 'from the passages that are left it would be another answer').not.toHaveProperty('evidence')
})

test('a new version of a document moves the citations of other answers too, and its passages are not read for them', async () => {
  const text = (page: number) => `Rule ${page} of the house.`
  const [old, next] = [prepare('version 1', { text }), prepare('version 2', { text })]
  await commitDocument(db, old)
  const alternatives = [alternativeOf('1', 1, quotingTurn('one', old, 2)), { id: '2', asked: 2 }]
  await saveTurn(db, { ...quotingTurn('one', old, 1), evidence: [evidenceOf(old)], alternatives })
  await commitDocument(db, next, { replaces: old.document.hash })
  const [moved] = await listTurns(db, 'one')
  expect(moved?.alternatives?.[0]?.answer?.sentences[0]?.citations[0]?.document).toBe(next.document.hash)
  expect(moved?.alternatives?.[1]).toEqual({ id: '2', asked: 2 })
  expect(JSON.stringify(moved)).not.toContain(old.document.hash)
})

test('an answer that comes after its document was deleted is dropped, and so is another answer that quotes it', async () => {
  await commitDocument(db, other)
  await saveTurn(db, quotingTurn('one', secret, 1))
  expect(await listTurns(db, 'one'), 'asked, and deleted while it was answered').toEqual([])
  const turn = { ...quotingTurn('one', other, 1), evidence: [evidenceOf(other), evidenceOf(secret)] }
  await saveTurn(db, turn)
  await saveAlternative(db, turn.id, alternativeOf('1', 1, quotingTurn('one', secret, 1)))
  const [kept] = await listTurns(db, 'one')
  expect(kept?.answer).toEqual(turn.answer)
  expect(kept).not.toHaveProperty('alternatives')
  expect(kept).not.toHaveProperty('evidence')
})

test('a document that has only left the collection is not quoted in it any more', async () => {
  await db.put('collections', { id: 'two', name: 'two', created: 0 })
  await commitDocument(db, { ...secret, document: { ...secret.document, collections: ['two'] } })
  await saveTurn(db, quotingTurn('one', secret, 1))
  await saveTurn(db, quotingTurn('two', secret, 1))
  expect([await listTurns(db, 'one'), await listTurns(db, 'two')].map(({ length }) => length)).toEqual([0, 1])
})
