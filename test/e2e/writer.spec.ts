import AxeBuilder from '@axe-core/playwright'
import { expect, test, type Locator, type Page } from '@playwright/test'
import { chromiumArguments, findChromium } from '../../scripts/chromium.mjs'
import { open } from './person'

// Without a graphics processor: one that is simulated writes three tokens a second.
const executablePath = findChromium()
test.use({
  launchOptions: {
    args: [...chromiumArguments.filter((argument) => !/webgpu|Vulkan/.test(argument)), '--disable-features=WebGPU'],
    ...(executablePath ? { executablePath } : {}),
  },
})

/**
 * A language model on the page, from a folder of the disk to its answers. The model is the tiny one of the tests: its weights
 * are random, so what it writes is nonsense, and whatever is said of its sentences has to be said by us.
 */
const TINY = 'models/tiny/llm'
const NAME = 'llm'
const QUESTION = 'How many days of paid annual leave do full-time staff have?'
const SCREENSHOTS = process.env.SCREENSHOTS ?? 'test-results/screenshots'

const WORDS = {
  en: { sample: 'Try the English sample', models: 'Models', close: 'Close', use: 'Use', inUse: /^In use/ },
  ja: { sample: '日本語のサンプルを試す', models: 'モデル', close: '閉じる', use: '使う', inUse: /使用中です/ },
} as const
type Interface = keyof typeof WORDS

async function withSample(page: Page, language: Interface = 'en'): Promise<void> {
  await open(page)
  await page.getByRole('button', { name: WORDS[language].sample }).first().click()
  await expect(page.getByRole('checkbox', { name: /\.pdf/, includeHidden: true })).toHaveCount(3)
}

const cardOf = (page: Page): Locator =>
  page
    .getByRole('dialog')
    .getByRole('listitem')
    .filter({ has: page.getByRole('heading', { name: NAME, exact: true }) })

/** Takes the tiny model from the disk into use, as a person does. */
async function useTiny(page: Page, language: Interface = 'en'): Promise<Locator> {
  const words = WORDS[language]
  await page.getByRole('button', { name: words.models, exact: true }).click()
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.getByRole('button', { name: /^(Another model from a folder|ほかのモデルをフォルダーから)/ }).click(),
  ])
  await chooser.setFiles(TINY)
  const card = cardOf(page)
  await card.getByRole('button', { name: new RegExp(`^${words.use} |を${words.use}$`) }).click({ timeout: 30_000 })
  await expect(card.getByText(words.inUse)).toBeVisible({ timeout: 180_000 })
  return card
}

const close = (page: Page, language: Interface = 'en') =>
  page.getByRole('button', { name: WORDS[language].close, exact: true }).click()

/** Sends a question and does not wait for its answer. */
async function send(page: Page, question: string): Promise<Locator> {
  const turns = page.locator('article')
  const before = await turns.count()
  await page.locator('#question').fill(question)
  await page.locator('#question').press('Enter')
  await expect(turns).toHaveCount(before + 1)
  return turns.last()
}

const finished = (turn: Locator) => expect(turn).toHaveAttribute('aria-busy', 'false', { timeout: 120_000 })

async function findings(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    .analyze()
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)
}

/**
 * Presses Stop as soon as there is text, from within the page: in the time that a busy machine takes to bring a click there, a
 * tiny model has written all it has to say.
 */
const stopAtFirstText = (page: Page): Promise<void> =>
  page.evaluate(
    () =>
      new Promise((resolve) => {
        const timer = setInterval(() => {
          const text = [...document.querySelectorAll('article .sentences')].at(-1)?.textContent.trim()
          const stop = document.querySelector<HTMLElement>('button[aria-label="Stop"]')
          if (!text || !stop) return
          clearInterval(timer)
          stop.click()
          resolve()
        }, 5)
      }),
  )

test('a model from the disk writes as a stream, is stopped, asked again, and put aside for quotations', async ({
  page,
}) => {
  await withSample(page)
  const card = await useTiny(page)
  expect(await findings(page), 'the dialog').toEqual([])
  await card.page().screenshot({ path: `${SCREENSHOTS}/language-models.png` })
  await close(page)
  await expect(page.getByText(`Answers are written by ${NAME}.`)).toBeVisible()

  const stopped = stopAtFirstText(page)
  const turn = await send(page, QUESTION)
  await stopped
  await finished(turn)
  await expect(turn.getByText(/passages? found/)).toBeVisible()
  await expect(turn.getByText('Stopped.')).toBeVisible()
  await expect(turn.locator('.sentences'), 'what was said stays').toHaveText(/\S/)

  await turn.getByRole('button', { name: 'Ask again' }).click()
  const again = page.locator('article').last()
  await expect(page.locator('article')).toHaveCount(2)
  await finished(again)
  const foot = again.locator('.foot .note')
  await expect(foot).toContainText(NAME)
  await expect(foot).toContainText(/[\d,]+ of 1,024 tokens: \d+ passages?/)
  await expect(foot).toContainText(/first token after [\d.]+s/)
  await expect(foot).toContainText(/[\d.]+ tokens per second/)
  const mark = again.getByRole('button', { name: 'Not held by its sources' }).first()
  await mark.click()
  await expect(mark).toHaveAttribute('aria-expanded', 'true')
  expect(await findings(page), 'the answer').toEqual([])
  await page.screenshot({ path: `${SCREENSHOTS}/written-answer.png` })

  await again.getByRole('button', { name: 'Answer by quoting' }).click()
  await expect(page.locator('article')).toHaveCount(3)
  await expect(page.locator('article').last()).toContainText('27 days')
  await expect(page.locator('article').last().locator('.foot')).toContainText('Quoted')

  await page.getByRole('button', { name: 'Models', exact: true }).click()
  await cardOf(page)
    .getByRole('button', { name: `Stop using ${NAME}` })
    .click()
  await close(page)
  const quoted = await send(page, QUESTION)
  await finished(quoted)
  await expect(quoted.locator('.foot')).toContainText('Quoted')
  await expect(quoted.getByRole('button', { name: 'Answer by quoting' })).toHaveCount(0)
})

test('a question that asks for all of a document can be answered by reading every passage, with its progress', async ({
  page,
}) => {
  await withSample(page)
  await useTiny(page)
  await close(page)
  // By quoting: what is to be looked at comes after it.
  const turn = await send(page, 'Summarize the employee handbook.')
  await finished(turn)
  const all = turn.getByRole('button', { name: /^Read all \d+ passages\?$/ })
  await expect(all).toBeVisible()
  await all.scrollIntoViewIfNeeded()
  await page.screenshot({ path: `${SCREENSHOTS}/read-all.png` })
  await all.click()
  const reading = page.locator('article').last()
  await expect(reading.getByRole('progressbar', { name: /^Read \d+ of \d+ passages$/ })).toBeVisible({
    timeout: 60_000,
  })
  await expect(reading.getByText(/^Read [1-9]\d* of \d+ passages$/)).toBeVisible({ timeout: 60_000 })
  expect(await findings(page), 'while it reads').toEqual([])
  await page.screenshot({ path: `${SCREENSHOTS}/reading-all.png` })
  await reading.getByRole('button', { name: 'Stop reading' }).click()
  await finished(reading)
  await expect(reading.getByText('Stopped before anything was found.')).toBeVisible()
  await page.screenshot({ path: `${SCREENSHOTS}/read-all-stopped.png` })
})

test.describe('in Japanese', () => {
  test.use({ locale: 'ja-JP' })

  test('the dialog and an answer speak Japanese, and the model is there after a reload', async ({ page }) => {
    await withSample(page, 'ja')
    await useTiny(page, 'ja')
    expect(await findings(page), 'the dialog').toEqual([])
    await page.screenshot({ path: `${SCREENSHOTS}/language-models-ja.png` })
    await page.reload()
    await expect(page.getByText(`${NAME} が回答を書きます。`)).toBeVisible({ timeout: 120_000 })
    const turn = await send(page, '試用期間は何か月ですか。')
    await finished(turn)
    await expect(turn.locator('.foot .note')).toContainText(/1,024 トークン中/)
    expect(await findings(page), 'the answer').toEqual([])
    await page.screenshot({ path: `${SCREENSHOTS}/written-answer-ja.png` })
  })
})

test('a prompt text that lacks its passages is refused with its reason, and ours comes back', async ({ page }) => {
  await open(page)
  await page.getByRole('button', { name: 'Models', exact: true }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('What the model is told').click()
  await dialog.getByLabel('Text', { exact: true }).selectOption('strict.user')
  const wording = dialog.getByLabel('Wording', { exact: true })
  await wording.fill('Question: {question}')
  await dialog.getByRole('button', { name: 'Save wording' }).click()
  await expect(dialog.getByText('The prompt text “strict.user” must contain {passages}.')).toBeVisible()
  await wording.fill('Read: {passages} Then answer: {question}')
  await dialog.getByRole('button', { name: 'Save wording' }).click()
  await expect(dialog.getByText('Saved. The next question goes by it.')).toBeVisible()
  expect(await findings(page)).toEqual([])
  await dialog.getByRole('button', { name: 'Back to ours' }).click()
  await expect(wording).toHaveValue(/^Passages:/)
})
