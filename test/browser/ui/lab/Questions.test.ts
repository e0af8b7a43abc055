import { afterEach, expect, test, vi } from 'vitest'
import { userEvent } from 'vitest/browser'
import { render } from 'vitest-browser-svelte'
import { App } from '../../../../src/app/app.svelte'
import { SearchIndex } from '../../../../src/app/search-index'
import { Interrupted } from '../../../../src/errors'
import { locale } from '../../../../src/i18n/i18n.svelte'
import type { Question } from '../../../../src/lab/question-set'
import { commitDocument } from '../../../../src/storage/documents'
import Questions from '../../../../src/ui/lab/questions/Questions.svelte'
import '../../../../src/ui/styles/tokens.css'
import '../../../../src/ui/styles/base.css'
import '../../../../src/ui/styles/controls.css'
import { choiceQuestion, openQuestion } from '../../../fixtures/lab-questions'
import { ScriptedModel } from '../../../fixtures/scripted-model'
import { temporaryDatabase, withCollections } from '../../storage/fixtures'
import { hashOf, prepare } from '../../storage/prepared'

const evidence = [{ document: hashOf('a'), page: 1, start: 0, end: 12 }]

afterEach(() => {
  locale.language = 'en'
})

/** Question sets over a real app, with a set of one's own open. */
async function open(questions: Question[]) {
  const db = await temporaryDatabase()
  await withCollections(db, 'one')
  await commitDocument(db, prepare('a'))
  const model = new ScriptedModel('')
  const owner = { open: () => Promise.resolve({ model, passedOver: [] }), close: () => Promise.resolve() }
  const app = new App(db, () => Promise.reject(new Interrupted()), new SearchIndex(), owner)
  await app.library.load()
  await app.lab.load()
  await app.labQuestions.sets.create({ name: 'Mine', purpose: 'questions', licence: 'own' }, questions)
  const screen = await render(Questions, { app })
  return { app, screen, sets: app.labQuestions.sets }
}

test('the form is written and saved by keyboard; what is wrong is told, and fields say so', async () => {
  const { screen, sets } = await open([])
  const begin = screen.getByRole('button', { name: 'New question' })
  begin.element().focus()
  await userEvent.keyboard('{Enter}')
  const field = screen.getByRole('textbox', { name: 'Question', exact: true })
  await expect.element(field).toHaveFocus()
  await userEvent.keyboard('{Control>}{Enter}{/Control}')
  const faults = screen.getByRole('group', { name: 'Before it can be saved:' })
  await expect.element(faults).toHaveFocus()
  await expect.element(faults).toHaveTextContent('Option B is empty')
  await expect.element(field).toHaveAttribute('aria-invalid', 'true')
  await field.fill('How long?')
  await screen.getByRole('radio', { name: 'Open: answered in words' }).click()
  await screen.getByRole('button', { name: 'Add answer' }).click()
  await expect.element(screen.getByRole('textbox', { name: 'Answer 1' })).toHaveFocus()
  await userEvent.keyboard('ten days{Control>}{Enter}{/Control}')
  await expect.element(screen.getByRole('button', { name: 'Change question 1' })).toHaveFocus()
  expect(sets.open!.questions).toMatchObject([{ kind: 'open', question: 'How long?', answers: ['ten days'] }])
})

test('Escape leaves a form without changes; with changes it says that they would be lost', async () => {
  const { screen, app } = await open([choiceQuestion('1')])
  await screen.getByRole('button', { name: 'Change question 1' }).click()
  await userEvent.keyboard('{Escape}')
  await expect.element(screen.getByRole('button', { name: 'Change question 1' })).toHaveFocus()
  await screen.getByRole('button', { name: 'Change question 1' }).click()
  await screen.getByRole('textbox', { name: 'Option A' }).fill('omega')
  await userEvent.keyboard('{Escape}')
  await expect.element(screen.getByRole('alert')).toHaveTextContent('Save them or discard them first')
  expect(app.labQuestions.form!.options[0]).toBe('omega')
})

test('drafts are judged by keys within the review, with their passage beside them, and taken back', async () => {
  const drafts = ['1', '2', '3'].map((id) => choiceQuestion(id, { state: 'draft', evidence }))
  const { screen, sets, app } = await open(drafts)
  await screen.getByRole('button', { name: 'Drafts', exact: true }).click()
  const review = screen.getByRole('region', { name: 'Drafts to judge' })
  await expect.element(review.getByText('Page 1 of a.', { exact: true })).toBeVisible()
  expect(review.element().querySelector('mark')!.textContent).toBe('Page 1 of a.')
  ;(review.element() as HTMLElement).focus()
  await userEvent.keyboard('c')
  await expect.element(review.getByText('Draft 1 of 2')).toBeVisible()
  await userEvent.keyboard('r')
  await vi.waitFor(() =>
    expect(sets.open!.questions.map(({ state }) => state)).toEqual(['confirmed', 'rejected', 'draft']),
  )
  expect(app.announcer.messages.map(({ text }) => text)).toContain('Rejected. Draft 1 of 1')
  await userEvent.keyboard('z')
  await expect.element(review.getByText('Draft 1 of 2')).toBeVisible()
  app.settings.singleKeys = false
  await userEvent.keyboard('c')
  await expect.element(review.getByText('Draft 1 of 2')).toBeVisible()
  await userEvent.keyboard('{Tab}')
  await review.getByRole('button', { name: 'Confirm' }).click()
  await expect.element(review.getByText('Draft 1 of 1')).toBeVisible()
})

test('without a language model drafting says so, and leads to the models', async () => {
  const { screen, app } = await open([])
  await screen.getByRole('button', { name: 'Drafts', exact: true }).click()
  await screen.getByRole('button', { name: 'Choose a model…' }).click()
  expect(app.dialog).toBe('models')
})

test('a deleted question is gone from the list, and the focus is not', async () => {
  const { screen, sets } = await open([choiceQuestion('1'), openQuestion('2', { answers: [] })])
  await expect.element(screen.getByText('The documents do not say.')).toBeVisible()
  await screen.getByRole('button', { name: 'Delete question 1' }).click()
  await vi.waitFor(() => expect(sets.open!.questions).toHaveLength(1))
  await expect.element(screen.getByRole('button', { name: 'Change question 2' })).toHaveFocus()
})

test('a dropped file is taken here, and not for a document', async () => {
  const { screen, sets } = await open([])
  const data = new DataTransfer()
  data.items.add(new File(['question,answer1\nHow many?,two\n'], 'dropped.csv'))
  const drop = new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true })
  screen.getByRole('group', { name: 'Files' }).element().dispatchEvent(drop)
  expect(drop.defaultPrevented).toBe(true)
  await screen.getByRole('button', { name: 'Add to “Mine”' }).click()
  await vi.waitFor(() => expect(sets.open!.questions).toHaveLength(1))
})

test('all of it speaks Japanese', async () => {
  locale.language = 'ja'
  const { screen } = await open([
    choiceQuestion('1', { question: '取扱いは何か。', language: 'ja' }),
    choiceQuestion('2', { question: '取り扱いは何か。', language: 'ja', state: 'draft' }),
    choiceQuestion('3', { question: '取り扱いの者は誰か。', language: 'ja' }),
  ])
  await expect.element(screen.getByText('3 問 · 確定 2、案 1、却下 0 · 選択式 3、記述式 0').first()).toBeVisible()
  await screen.getByRole('button', { name: '整い具合' }).click()
  await expect.element(screen.getByRole('button', { name: '直す：「取扱い」を「取り扱い」に' })).toBeVisible()
  await screen.getByRole('button', { name: '訓練とテスト' }).click()
  await expect.element(screen.getByRole('spinbutton', { name: 'シード' })).toBeVisible()
  await screen.getByRole('button', { name: '案', exact: true }).click()
  await expect.element(screen.getByRole('region', { name: '判断を待つ案' })).toBeVisible()
  expect(screen.container.textContent).not.toMatch(/labQuestions\.|\{[a-z]+\}/)
})
