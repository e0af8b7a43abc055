import AxeBuilder from '@axe-core/playwright'
import { expect, test, type Locator, type Page } from '@playwright/test'
import { readFile } from 'node:fs/promises'
import { chromiumArguments, findChromium } from '../../scripts/chromium.mjs'
import { makeAdapter } from '../fixtures/make-adapter'
import { layersOfLlama, TINY as SHAPE } from '../fixtures/random-adapter'
import { open } from './person'

// Without a graphics processor: one that is simulated writes three tokens a second.
const executablePath = findChromium()
test.use({
  launchOptions: {
    args: [...chromiumArguments.filter((argument) => !/webgpu|Vulkan/.test(argument)), '--disable-features=WebGPU'],
    ...(executablePath ? { executablePath } : {}),
  },
})

/** Runs of the Lab, as a person makes them. Model and adapter are filled by chance: what is looked at is the way, not the figures. */
const TINY = 'models/tiny/llm'
const SCREENSHOTS = process.env.SCREENSHOTS ?? 'test-results/screenshots'

const SET = {
  id: 'e2e',
  name: 'Three questions',
  purpose: 'questions',
  licence: 'own',
  created: 1,
  questions: [
    {
      ...{ kind: 'choice', id: 'leave', language: 'en', evidence: [], state: 'confirmed', answer: 1 },
      question: 'How many days of paid annual leave do full-time staff have?',
      options: ['20 days', '27 days', '31 days'],
    },
    {
      ...{ kind: 'choice', id: 'founded', language: 'en', evidence: [], state: 'confirmed', answer: 0 },
      question: 'In which year was the workshop founded?',
      options: ['2009', '2014'],
    },
    {
      ...{ kind: 'open', id: 'open', language: 'en', evidence: [], state: 'confirmed', answers: ['27 days'] },
      question: 'How many days of paid annual leave do full-time members have in a year?',
    },
  ],
}

/** The sample's documents, the tiny model in use, an adapter for it, and a set of questions. */
async function prepare(page: Page, adapter = true): Promise<void> {
  await open(page)
  await page.getByRole('button', { name: 'Try the English sample' }).first().click()
  await expect(page.getByRole('checkbox', { name: /\.pdf/, includeHidden: true })).toHaveCount(3, { timeout: 60_000 })
  await page.getByRole('button', { name: 'Models', exact: true }).click()
  const dialog = page.getByRole('dialog')
  const [model] = await Promise.all([
    page.waitForEvent('filechooser'),
    dialog.getByRole('button', { name: /^Another model from a folder/ }).click(),
  ])
  await model.setFiles(TINY)
  await dialog.getByRole('button', { name: 'Use llm', exact: true }).click({ timeout: 60_000 })
  await expect(dialog.getByText(/^In use/)).toBeVisible({ timeout: 180_000 })
  if (adapter) await addAdapter(page, dialog)
  await page.getByRole('button', { name: 'Close', exact: true }).click()
  await page.evaluate(
    (set) =>
      new Promise<void>((resolve, reject) => {
        const opening = indexedDB.open('fumikura')
        opening.onerror = () => reject(opening.error!)
        opening.onsuccess = () => {
          const transaction = opening.result.transaction('labSets', 'readwrite')
          transaction.objectStore('labSets').put(set)
          transaction.oncomplete = () => {
            opening.result.close()
            resolve()
          }
        }
      }),
    SET,
  )
}

async function addAdapter(page: Page, dialog: Locator): Promise<void> {
  const [files] = await Promise.all([
    page.waitForEvent('filechooser'),
    dialog.getByRole('button', { name: 'From files…', exact: true }).click(),
  ])
  const layers = layersOfLlama(SHAPE, ['q_proj', 'v_proj']).map(({ module, ...shape }) => ({ path: module, ...shape }))
  const { config, weights } = makeAdapter({ layers, rank: 8, size: 0.5 })
  await files.setFiles([
    { name: 'adapter_config.json', mimeType: 'application/json', buffer: Buffer.from(config) },
    { name: 'adapter_model.safetensors', mimeType: 'application/octet-stream', buffer: Buffer.from(weights) },
  ])
  await expect(dialog.locator('[data-adapter]:not([data-adapter^="adapter-starter"])')).toHaveCount(1, {
    timeout: 60_000,
  })
}

async function openLab(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Lab', exact: true }).click()
  await expect(page.getByRole('heading', { name: 'Lab', exact: true })).toBeVisible()
}

async function findings(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    .analyze()
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)
}

const measures = (page: Page): Locator => page.getByRole('region', { name: 'Measures by approach' })
const finished = (page: Page) => expect(page.getByText('12 of 12 results')).toBeHidden({ timeout: 180_000 })

test('one click compares all four approaches; the run is exported, deleted, and comes back to the same figures', async ({
  page,
}) => {
  test.setTimeout(500_000)
  await prepare(page)
  await openLab(page)
  await page.getByLabel('Question set', { exact: true }).first().selectOption('e2e')
  expect(await findings(page), 'before a run').toEqual([])
  await page.screenshot({ path: `${SCREENSHOTS}/lab-runs.png` })
  await page.getByRole('button', { name: 'Compare all four arms' }).click()
  await expect(page.getByRole('heading', { name: 'Three questions · llm' })).toBeVisible({ timeout: 60_000 })
  await expect(measures(page).getByRole('row')).toHaveCount(5, { timeout: 240_000 })
  await finished(page)
  await expect(page.getByRole('progressbar')).toHaveCount(0, { timeout: 240_000 })
  const table = await measures(page).innerText()
  for (const arm of ['Model alone', 'RAG', 'LoRA', 'LoRA + RAG']) expect(table).toContain(arm)
  expect(table).toMatch(/Accuracy/)
  expect(table).toMatch(/\d+% \(\d+% to \d+%\)/)

  // Each chart tells its figures in a table too, and what is published is called so.
  await page.getByText('Figures of this chart').first().click()
  await expect(page.getByRole('columnheader', { name: 'Published: RAFT' })).toBeVisible()
  expect(await page.getByRole('img', { name: /^Bar chart\. Accuracy: / }).count()).toBe(1)
  expect(await findings(page), 'the run').toEqual([])
  await page.screenshot({ path: `${SCREENSHOTS}/lab-run.png`, fullPage: true })

  await page.getByRole('button', { name: 'All runs' }).click()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Export Three questions · llm as JSON' }).click(),
  ])
  const file = await readFile(await download.path())
  await page.getByRole('button', { name: 'Delete Three questions · llm' }).click()
  await expect(page.getByText('There is no run yet.')).toBeVisible()
  const [runChooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.getByRole('button', { name: 'Import a run…' }).click(),
  ])
  await runChooser.setFiles({ name: 'run.json', mimeType: 'application/json', buffer: file })
  await page.getByRole('button', { name: 'Open Three questions · llm' }).click()
  await expect(measures(page).getByRole('row')).toHaveCount(5)
  await expect.poll(() => measures(page).innerText()).toBe(table)

  // Down to one result: its prompt is the very one, and its passage opens on its page.
  await page.getByRole('tabpanel').getByText(SET.questions[0]!.question).click()
  await page.getByText(/^RAG, 0 examples, k = 3/).click()
  await expect(page.getByRole('row', { name: /27 days.*right/ })).toBeVisible()
  await page.getByRole('button', { name: 'Show the prompt' }).click()
  await expect(page.getByText('This is the very prompt: its hash is the same.')).toBeVisible()
  await page.getByRole('button', { name: 'Search once more and show how' }).click()
  await expect(page.getByRole('button', { name: 'Export trace' }).or(page.locator('.trace table'))).not.toHaveCount(0)
  expect(await findings(page), 'a result').toEqual([])
  await page.screenshot({ path: `${SCREENSHOTS}/lab-result.png` })
  await page
    .getByRole('button', { name: /^Open .*\.pdf, page \d+$/ })
    .first()
    .click()
  await expect(page.locator('.highlight.current').first()).toBeVisible()
})

test('a run goes on while the chat is used, is stopped, and goes on later', async ({ page }) => {
  test.setTimeout(500_000)
  await prepare(page, false)
  await openLab(page)
  await expect(page.getByText(/LoRA and LoRA \+ RAG are left out/)).toBeVisible()
  await page.getByText('Set up a run').click()
  await page.getByLabel('Question set', { exact: true }).nth(1).selectOption('e2e')
  await page.getByLabel('All from 0 to 10').check()
  await page.getByLabel('Repetitions (seeds)').fill('5')
  await expect(page.getByText('180 results from 3 questions')).toBeVisible()
  await page.getByRole('button', { name: 'Start the run' }).click()
  await expect(page.getByText(/^[1-9]\d* of 180 results/)).toBeVisible({ timeout: 120_000 })
  await page.getByRole('button', { name: 'Lab', exact: true }).click()
  await page.locator('#question').fill(SET.questions[0]!.question)
  await page.locator('#question').press('Enter')
  await expect(page.locator('article').last()).toHaveAttribute('aria-busy', 'false', { timeout: 180_000 })
  await openLab(page)
  await page.getByRole('button', { name: 'Stop', exact: true }).click()
  await expect(page.getByRole('progressbar')).toHaveCount(0, { timeout: 60_000 })
  await expect(page.getByRole('img', { name: /^Line chart\./ })).toBeVisible()
  await page.getByRole('button', { name: 'All runs' }).click()
  await expect(page.getByRole('row', { name: /Three questions · llm.*Stopped/ })).toBeVisible()
  await page.getByRole('button', { name: 'Resume Three questions · llm' }).click()
  await expect(page.getByText(/^[1-9]\d* of 180 results/)).toBeVisible({ timeout: 60_000 })
  await page.getByRole('button', { name: 'Stop', exact: true }).click()
  await expect(page.getByRole('progressbar')).toHaveCount(0, { timeout: 60_000 })
})

test('one question is answered in four columns by keyboard, in the dark and on a narrow screen', async ({ page }) => {
  test.setTimeout(300_000)
  await page.emulateMedia({ colorScheme: 'dark' })
  await prepare(page)
  await openLab(page)
  await page.getByRole('tab', { name: 'Runs' }).focus()
  await page.keyboard.press('ArrowRight')
  await expect(page.getByRole('tab', { name: 'Side by side' })).toHaveAttribute('aria-selected', 'true')
  await page.getByLabel('Right answer, if you have one').fill('27 days')
  const box = page.getByRole('tabpanel').getByRole('textbox', { name: 'Question', exact: true })
  await box.fill(SET.questions[2]!.question)
  await box.press('Enter')
  for (const arm of ['Model alone', 'RAG', 'LoRA', 'LoRA + RAG'])
    await expect(page.getByRole('region', { name: arm, exact: true }).getByText(/tokens read/)).toBeVisible({
      timeout: 120_000,
    })
  expect(await findings(page), 'four columns').toEqual([])
  await page.screenshot({ path: `${SCREENSHOTS}/lab-side-by-side.png` })
  await page.setViewportSize({ width: 360, height: 740 })
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
  await page.screenshot({ path: `${SCREENSHOTS}/lab-side-by-side-narrow.png` })
})
