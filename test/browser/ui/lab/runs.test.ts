import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { render } from 'vitest-browser-svelte'
import { App } from '../../../../src/app/app.svelte'
import { SearchIndex } from '../../../../src/app/search-index'
import { adapterName, type AdapterEntry } from '../../../../src/engines/llm/adapters/catalogue'
import { catalogue } from '../../../../src/engines/llm/catalogue'
import { Interrupted } from '../../../../src/errors'
import { locale } from '../../../../src/i18n/i18n.svelte'
import { commitDocument } from '../../../../src/storage/documents'
import { listRuns, saveQuestionSet } from '../../../../src/storage/lab'
import { getPassages } from '../../../../src/storage/passages'
import Lab from '../../../../src/ui/lab/Lab.svelte'
import '../../../../src/ui/styles/tokens.css'
import '../../../../src/ui/styles/base.css'
import '../../../../src/ui/styles/controls.css'
import { emptyStore, keepModel } from '../../../fixtures/keep-model'
import { choiceQuestion, questionSet } from '../../../fixtures/lab-questions'
import { ReadingModel } from '../../../fixtures/reading-model'
import { temporaryDatabase, withCollections } from '../../storage/fixtures'
import { hashOf, prepare } from '../../storage/prepared'

const [llm] = catalogue
const adapter: AdapterEntry = {
  ...{ id: 'facts', name: 'Facts', revision: '1', kind: 'domain', rank: 4, alpha: 8, targets: ['q_proj'] },
  ...{ languages: ['en'], files: [{ path: 'adapter_config.json' }] },
}
/** What is right stands in the one passage that is found; "alpha 2!" is what the adapter likes. */
const questions = ['1', '2', '3'].map((id) =>
  choiceQuestion(id, {
    question: `What is thing ${id} called?`,
    options: ['beta', `Page 1 of a.`, 'gamma'],
    answer: 1,
    evidence: [{ document: hashOf('a'), page: 1, start: 0, end: 10 }],
  }),
)

beforeEach(emptyStore)
afterEach(async () => {
  locale.language = 'en'
  await emptyStore()
})

async function open({ adapters = [adapter] }: { adapters?: AdapterEntry[] } = {}) {
  const db = await temporaryDatabase()
  await withCollections(db, 'one')
  await commitDocument(db, prepare('a'))
  await saveQuestionSet(db, questionSet(questions, { name: 'Things' }))
  const model = new ReadingModel()
  Object.assign(model.capabilities, { adapters: 'exact' })
  const owner = { open: () => Promise.resolve({ model, passedOver: [] }), close: () => Promise.resolve() }
  const index = new SearchIndex()
  const [passage] = await getPassages(db, hashOf('a'))
  vi.spyOn(index, 'search').mockResolvedValue({
    evidence: [{ passage: passage!, documentName: 'a.pdf', rank: 1, score: 9, termCoverage: 1, matches: [] }],
    coverage: { passagesRead: 1, passagesSearched: 3, documentsRead: 1, documentsSearched: 1 },
  })
  const app = new App(db, () => Promise.reject(new Interrupted()), index, owner)
  for (const entry of adapters) {
    await keepModel(adapterName(entry), new Map([['adapter_config.json', new Uint8Array(2)]]))
    await app.adapters.add(entry)
  }
  await app.library.load()
  await app.writer.load()
  await app.writer.model.choose(llm)
  app.inLab = true
  const screen = await render(Lab, { app })
  await expect.poll(() => app.lab.sets.length).toBe(1)
  return { app, db, model, screen }
}

const compareAll = async (screen: Awaited<ReturnType<typeof open>>['screen']) => {
  const button = screen.getByRole('button', { name: 'Compare all four arms' })
  await expect.element(button).toBeEnabled()
  button.element().focus()
  await userEvent.keyboard('{Enter}')
  const table = screen.getByRole('region', { name: 'Measures by approach' })
  await expect.element(table).toBeVisible()
  return table
}

test('one key press makes a run of four arms; its table has heads for rows and columns, and RAG is far above base', async () => {
  const { app, screen } = await open()
  const table = await compareAll(screen)
  await expect.poll(() => app.labWork.running.busy).toBe(false)
  const rows = table
    .getByRole('row')
    .elements()
    .map((row) => row.textContent.replaceAll(/\s+/g, ' ').trim())
  expect(rows).toHaveLength(5)
  expect(
    table
      .getByRole('rowheader')
      .elements()
      .map((head) => head.textContent),
  ).toEqual(['Model alone', 'RAG', 'LoRA', 'LoRA + RAG'])
  expect(rows[2]).toMatch(/^RAG\s*100% \(100% to 100%\) 33%/)
  await expect.element(screen.getByRole('heading', { name: /^Things · / })).toHaveFocus()
})

test('a chart says what it shows, and every figure of it stands in a table', async () => {
  const { app, screen } = await open()
  await compareAll(screen)
  await expect.poll(() => app.labWork.running.busy).toBe(false)
  const chart = screen.getByRole('img', { name: /^Bar chart\. Accuracy: .*RAG, This run: 100%/ })
  await expect.element(chart).toBeVisible()
  await expect.poll(() => (chart.element().querySelector('canvas')?.width ?? 0) > 0).toBe(true)
  await screen.getByText('Figures of this chart').click()
  const figures = screen.getByRole('table', { name: 'Accuracy', exact: true })
  await expect.element(figures).toBeVisible()
  expect(
    figures
      .getByRole('columnheader')
      .elements()
      .map((head) => head.textContent),
  ).toEqual(['Approach', 'This run', 'Guessing', 'Published: Ovadia et al.', 'Published: RAFT'])
  expect(figures.getByRole('row', { name: /^RAG 100%/ }).element().textContent).toMatch(/33%/)
  await screen.getByRole('checkbox', { name: 'Show published figures beside it' }).click()
  expect(figures.getByRole('columnheader').elements()).toHaveLength(3)
})

test('a canvas is painted, in the colours of the theme, with hatched bars for what is published', async () => {
  const { app, screen } = await open()
  await compareAll(screen)
  await expect.poll(() => app.labWork.running.busy).toBe(false)
  const colours = (): Set<string> => {
    const canvas = screen
      .getByRole('img', { name: /^Bar chart/ })
      .element()
      .querySelector('canvas')!
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height)
    const found = new Set<string>()
    for (let at = 0; at < data.length; at += 4)
      if (data[at + 3] === 255) found.add(`${data[at]},${data[at + 1]},${data[at + 2]}`)
    return found
  }
  // --accent of the light theme.
  await expect.poll(() => colours().has('42,74,138'), { timeout: 10_000 }).toBe(true)
  document.documentElement.dataset['theme'] = 'dark'
  try {
    await expect.poll(() => colours().has('163,188,242'), { timeout: 10_000 }).toBe(true)
  } finally {
    delete document.documentElement.dataset['theme']
  }
})

test('each question tells what every arm made of it, with its options, its passage and its prompt', async () => {
  const { app, screen } = await open()
  await compareAll(screen)
  await expect.poll(() => app.labWork.running.busy).toBe(false)
  await screen.getByText('What is thing 2 called?').click()
  await screen.getByText(/^RAG, 0 examples, k = 3/).click()
  await expect.element(screen.getByRole('row', { name: /Page 1 of a\. chosen right/ })).toBeVisible()
  await expect.element(screen.getByRole('button', { name: 'Open a.pdf, page 1' })).toBeVisible()
  await screen.getByRole('button', { name: 'Show the prompt' }).click()
  await expect.element(screen.getByText('This is the very prompt: its hash is the same.')).toBeVisible()
  const prompt = screen.getByRole('region', { name: 'Prompt' }).element().textContent
  expect(prompt).toMatch(/Page 1 of a\.[^]*Question: What is thing 2 called\?\nAnswer:$/)
})

test('without an adapter it says so and offers what can be compared', async () => {
  const { app, screen, db } = await open({ adapters: [] })
  await expect.element(screen.getByText(/so LoRA and LoRA \+ RAG are left out/)).toBeVisible()
  await screen.getByRole('button', { name: 'Compare Model alone, RAG' }).click()
  await expect.poll(() => app.labWork.running.done).toBe(6)
  await expect.poll(async () => (await listRuns(db))[0]?.state).toBe('finished')
})

test('two runs are compared: what differs, and how much the second is above the first', async () => {
  const { app, screen, db } = await open()
  await compareAll(screen)
  await expect.poll(() => app.labWork.running.busy).toBe(false)
  const set = app.lab.sets[0]!
  const spec = { ...app.labWork.draft.toSpec(), passages: [1] }
  await app.labWork.start(spec, set, 'Other')
  expect(await listRuns(db)).toHaveLength(2)
  await app.lab.load()
  await screen.getByRole('button', { name: 'All runs' }).click()
  for (const box of screen.getByRole('checkbox', { name: /^Compare / }).elements()) await userEvent.click(box)
  await screen.getByRole('button', { name: 'Compare the two' }).click()
  await expect.element(screen.getByRole('rowheader', { name: 'spec.passages' })).toBeVisible()
  await expect.element(screen.getByRole('rowheader', { name: 'Model alone, 0 examples' })).toBeVisible()
})

test('in Japanese nothing is left in English', async () => {
  locale.language = 'ja'
  const { screen } = await open()
  const button = screen.getByRole('button', { name: '四つの方式をすべて比べる' })
  await expect.element(button).toBeEnabled()
  await page.viewport(360, 740)
  expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(360)
  await page.viewport(1280, 800)
})
