import { expect, test, vi } from 'vitest'
import { Inspection } from '../../../src/app/inspection.svelte'
import { Notices } from '../../../src/app/notices.svelte'
import { Panes } from '../../../src/app/panes.svelte'
import type { QuestionTrace } from '../../../src/app/question-trace'
import type { Turn } from '../../../src/domain'
import { commitDocument, removeFromCollection } from '../../../src/storage/documents'
import { keepVectors } from '../../../src/storage/vectors'
import { questionTrace } from '../../fixtures/question-trace'
import { temporaryDatabase, withCollections } from '../storage/fixtures'
import { hashOf, prepare } from '../storage/prepared'
import { SPACE, vectorsOf } from '../storage/vectors'

const turn: Turn = { id: 't', collection: 'one', asked: 0, question: 'Which page?', language: 'en' }
const hash = hashOf('a')

async function inspected() {
  const db = await temporaryDatabase()
  await withCollections(db, 'one')
  await commitDocument(db, prepare('a'))
  const [candidate] = questionTrace.candidates
  const trace: QuestionTrace = { ...questionTrace, candidates: [{ ...candidate!, document: hash, ordinal: 1 }] }
  const panes = new Panes(db)
  const notices = new Notices()
  const show = vi.fn()
  const inspection = new Inspection({ db, panes, notices, traceOf: () => trace, show })
  inspection.load()
  const button = document.createElement('button')
  document.body.append(button)
  return { db, panes, notices, show, inspection, button }
}

test('a passage is shown as a citation of its whole text', async () => {
  const { inspection, show, button } = await inspected()
  await inspection.openPassage({ document: hash, ordinal: 1 }, 'a.pdf', button)
  const [citation, from] = show.mock.calls[0]!
  expect(citation).toMatchObject({ document: hash, documentName: 'a.pdf', spans: [{ page: 2, start: 0 }] })
  expect(from).toBe(button)
})

test('a passage whose document has been removed is told of', async () => {
  const { db, inspection, notices, show, button } = await inspected()
  await removeFromCollection(db, hash, 'one')
  await inspection.openPassage({ document: hash, ordinal: 1 }, 'a.pdf')
  await inspection.openPassages(hash, button)
  expect(notices.list.map(({ text }) => text)).toEqual(
    Array(2).fill('This passage is no longer there: its document has been removed.'),
  )
  expect(show).not.toHaveBeenCalled()
  expect(inspection.view).toBe('page')
})

test('a document that goes while it is looked into: its passages close, its rows in the trace are marked', async () => {
  const { db, inspection, button } = await inspected()
  inspection.toggleTrace(turn, button)
  await inspection.openPassages(hash, button)
  await vi.waitFor(() => expect(inspection.passages?.passages).toHaveLength(3))
  await removeFromCollection(db, hash, 'one')
  await vi.waitFor(() => expect(inspection.passages).toBeUndefined())
  expect([...inspection.removed]).toEqual([hash])
  expect(inspection.turn).toBe(turn.id)
})

test('the button that opened a trace closes it, and has the focus again', async () => {
  const { inspection, button } = await inspected()
  inspection.toggleTrace(turn, button)
  expect(inspection.showsTraceOf(turn)).toBe(true)
  inspection.toggleTrace(turn, button)
  expect(inspection.turn).toBeUndefined()
  await vi.waitFor(() => expect(document.activeElement).toBe(button))
})

test('a page that was opened from the trace leads back to it; one opened from an answer does not', async () => {
  const { inspection, button } = await inspected()
  inspection.toggleTrace(turn, button)
  await inspection.openPassage({ document: hash, ordinal: 0 }, 'a.pdf', button)
  inspection.view = 'page'
  expect(inspection.leavePage()).toBe(true)
  expect(inspection.view).toBe('trace')
  inspection.showPage()
  expect(inspection.leavePage()).toBe(false)
})

test('which passages have vectors is told while an embedder is chosen, and anew when they come', async () => {
  const { db, inspection, button } = await inspected()
  await inspection.openPassages(hash, button)
  expect(inspection.passages?.lacking).toBeUndefined()
  inspection.space = SPACE
  await inspection.passages?.refreshVectors()
  expect(inspection.passages?.lacking?.size).toBe(3)
  await keepVectors(db, SPACE, hash, vectorsOf('a', 3))
  await vi.waitFor(() => expect(inspection.passages?.lacking?.size).toBe(0))
})
