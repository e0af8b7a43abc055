import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { userEvent } from 'vitest/browser'
import { render } from 'vitest-browser-svelte'
import { App } from '../../../../src/app/app.svelte'
import { SearchIndex } from '../../../../src/app/search-index'
import { catalogue } from '../../../../src/engines/llm/catalogue'
import { Interrupted } from '../../../../src/errors'
import { locale } from '../../../../src/i18n/i18n.svelte'
import { defaultSpec } from '../../../../src/lab/run-spec'
import type { Result, Run } from '../../../../src/lab/run'
import { keepRun, saveQuestionSet } from '../../../../src/storage/lab'
import { commitDocument } from '../../../../src/storage/documents'
import Advice from '../../../../src/ui/lab/advice/Advice.svelte'
import Costs from '../../../../src/ui/lab/costs/Costs.svelte'
import Training from '../../../../src/ui/lab/training/Training.svelte'
import { emptyStore } from '../../../fixtures/keep-model'
import { openQuestion, questionSet } from '../../../fixtures/lab-questions'
import { ScriptedModel } from '../../../fixtures/scripted-model'
import { temporaryDatabase, withCollections } from '../../storage/fixtures'
import { hashOf, prepare } from '../../storage/prepared'

const runOf = (id: string, started: number): Run => ({
  ...{ id, name: `Run ${id}`, set: 'set', spec: defaultSpec, started, state: 'finished', planned: 24, done: 24 },
  stamp: {} as Run['stamp'],
})

/** Twelve written answers of each arm: RAG right as often as told, the adapter always. */
const resultsOf = (run: string, right: number): Result[] =>
  (['base', 'rag', 'lora'] as const).flatMap((arm) =>
    Array.from({ length: 12 }, (_, at) => ({
      run,
      key: `${arm}/0/${at}`,
      condition: { arm, shots: 0, passages: arm === 'rag' ? 3 : 0, seed: 1 },
      question: `${at}`,
      measures: {
        f1: arm === 'lora' ? 1 : Number(at < right),
        promptTokens: arm === 'rag' ? 640 : 40,
        generatedTokens: 25,
        firstToken: arm === 'rag' ? 2000 : 200,
        tokensPerSecond: 10,
        milliseconds: 4500,
      },
      shots: [],
      passages: [],
    })),
  )

beforeEach(emptyStore)
afterEach(async () => {
  locale.language = 'en'
  await emptyStore()
})

async function appWith(model?: ScriptedModel): Promise<App> {
  const db = await temporaryDatabase()
  await withCollections(db, 'one')
  await commitDocument(db, prepare('a', { text: (page) => `${page}頁は長く、7行あります。` }))
  const owner = {
    open: () => (model ? Promise.resolve({ model, passedOver: [] }) : Promise.reject(new Interrupted())),
    close: () => Promise.resolve(),
  }
  const index = new SearchIndex()
  vi.spyOn(index, 'search').mockResolvedValue({
    evidence: [],
    coverage: { passagesRead: 0, passagesSearched: 3, documentsRead: 0, documentsSearched: 1 },
  })
  const app = new App(db, () => Promise.reject(new Interrupted()), index, owner)
  if (model) await app.writer.model.choose(catalogue[0])
  return app
}

test('an own run gives the seconds of the table, and its token counts can be taken over', async () => {
  const app = await appWith()
  await keepRun(app.lab.db, runOf('a', 1), resultsOf('a', 6))
  await app.lab.load()
  const screen = await render(Costs, { app })
  await expect.element(screen.getByRole('row', { name: 'RAG, 3 passages 640 25 4.5' })).toBeVisible()
  await expect.element(screen.getByText(/320 tokens read and 10 written a second/)).toBeVisible()
  const answer = screen.container.querySelector('[data-approach=retrieval] [data-step=answer]')!
  // 320 tokens at 320 a second, 300 at 10.
  await expect.element(answer as HTMLElement).toHaveTextContent('620')
  await expect.element(answer as HTMLElement).toHaveTextContent('31')
  await screen.getByRole('button', { name: 'Take these token counts' }).click()
  await expect.element(screen.getByLabelText('Its passages (RAG)')).toHaveValue(600)
  await expect.element(screen.getByLabelText('A question', { exact: true })).toHaveValue(40)
  await expect.element(screen.getByLabelText('An answer', { exact: true })).toHaveValue(25)
  await expect.element(answer as HTMLElement).toHaveTextContent('665')
  await expect.element(screen.getByText('Energy is not measured: browsers do not tell it.')).toBeVisible()
})

test('own runs that are clear come before the answers; which run counts is chosen', async () => {
  const app = await appWith()
  await keepRun(app.lab.db, runOf('poor', 1), resultsOf('poor', 1))
  await keepRun(app.lab.db, runOf('good', 2), resultsOf('good', 12))
  await app.lab.load()
  const screen = await render(Advice, { app })
  await screen.getByRole('radio', { name: 'Facts', exact: true }).click()
  await screen.getByRole('radio', { name: 'Documents, no examples' }).click()
  const verdict = screen.getByRole('status')
  await expect.element(verdict).toHaveTextContent(/Use RAG\.\s*Your own runs do not contradict it/)
  await expect.element(screen.getByText(/^RAG: 100% \(100% to 100%\) over 12 questions; 4\.5 seconds/)).toBeVisible()
  const run = screen.getByLabelText('Run', { exact: true })
  await run.selectOptions('poor')
  await expect.element(verdict).toHaveTextContent(/Use an adapter \(LoRA\)\.\s*Your own runs say otherwise/)
  await expect.element(verdict).toHaveTextContent('Your answers alone would have come to: RAG')
  await run.selectOptions('None')
  await expect.element(verdict).toHaveTextContent('This follows from your answers.')
})

test('without a run the way to one is shown, in Japanese too', async () => {
  locale.language = 'ja'
  const app = await appWith()
  const screen = await render(Advice, { app })
  await expect.element(screen.getByText('終わった実験がまだありません。')).toBeVisible()
  await screen.getByRole('radio', { name: 'ほぼ毎日' }).click()
  await expect.element(screen.getByRole('status')).toHaveTextContent('RAG を使ってください。')
  app.lab.part = 'advice'
  await screen.getByRole('button', { name: 'ラボで実験する' }).click()
  expect(app.lab.part).toBe('runs')
})

test('every question is a group of radio buttons that arrows go through', async () => {
  const app = await appWith()
  const screen = await render(Advice, { app })
  expect(screen.container.querySelectorAll('fieldset')).toHaveLength(6)
  const group = screen.getByRole('group', { name: 'How often do the facts change?' })
  ;(group.getByRole('radio', { name: 'I do not know' }).element() as HTMLElement).focus()
  await userEvent.keyboard('{ArrowUp}')
  await expect.element(group.getByRole('radio', { name: 'Every day or so' })).toBeChecked()
  await expect.element(screen.getByRole('status')).toHaveTextContent('Use RAG.')
})

test('passages are reworded where a model can, what was dropped is told, and what is left out too', async () => {
  let asked = 0
  const model = new ScriptedModel(() =>
    asked++ % 2 ? '7行もある長い文章が続きます。' : '長い文章がここに続いています。',
  )
  const app = await appWith(model)
  const questions = [1, 2, 3].map((page) =>
    openQuestion(`${page}`, {
      question: ['', '公園はどこですか。', '橋の長さは。', '何を食べますか。'][page]!,
      language: 'ja',
      answers: ['7行'],
      group: `${page}`,
      evidence: [{ document: page === 3 ? hashOf('gone') : hashOf('a'), page, start: 0, end: 4 }],
    }),
  )
  await saveQuestionSet(app.lab.db, questionSet([...questions], { name: 'Own set' }))
  await app.lab.load()
  const screen = await render(Training, { app })
  await screen.getByLabelText('Question set', { exact: true }).selectOptions('Own set')
  await screen.getByLabelText('Share that is tested').fill('1')
  await expect.element(screen.getByText('2 questions may be trained on; 1 are kept for the test.')).toBeVisible()
  await screen.getByRole('checkbox', { name: 'Have the local model reword the passages' }).click()
  await screen.getByLabelText('Wordings of each passage').fill('1')
  await screen.getByRole('button', { name: 'Make the pack' }).click()
  await expect.element(screen.getByText('The pack is ready.')).toBeVisible()
  await expect.element(screen.getByText(/^\d wordings? (was|were) dropped$/)).toBeVisible()
  await expect.element(screen.getByText(/^A number was lost or invented\. \(\d\)$/)).toBeVisible()
  await expect.element(screen.getByText('To be learnt').first()).toBeVisible()
  await screen.getByRole('button', { name: 'Open the models dialog' }).click()
  expect(app.dialog).toBe('models')
})

test('without a model there is no rewording, and why is said; a base without a name makes no pack', async () => {
  locale.language = 'ja'
  const app = await appWith()
  const screen = await render(Training, { app })
  await expect.element(screen.getByRole('checkbox', { name: /言い換えさせる/ })).toBeDisabled()
  await expect
    .element(screen.getByText('どんな質問にも使える言語モデルが必要です。「モデル」で選んでください。'))
    .toBeVisible()
  const make = screen.getByRole('button', { name: 'パックを作る' })
  await expect.element(make).toBeEnabled()
  await screen.getByLabelText('学習用の重みがあるリポジトリ').fill('')
  await expect.element(make).toBeDisabled()
})
