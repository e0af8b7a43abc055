import { readFile } from 'node:fs/promises'
import AxeBuilder from '@axe-core/playwright'
import { expect, test, type Download, type Locator, type Page } from '@playwright/test'
import { chromiumArguments, findChromium } from '../../scripts/chromium.mjs'
import { documentNamed, open } from './person'

// Without a graphics processor: one that is simulated writes three tokens a second.
const executablePath = findChromium()
test.use({
  launchOptions: {
    args: [...chromiumArguments.filter((argument) => !/webgpu|Vulkan/.test(argument)), '--disable-features=WebGPU'],
    ...(executablePath ? { executablePath } : {}),
  },
})

const SCREENSHOTS = process.env.SCREENSHOTS ?? 'test-results/screenshots'
const WORDS = {
  en: { lab: 'Lab', sets: 'Question sets', bundled: 'Come with Fumikura' },
  ja: { lab: 'ラボ', sets: '質問集', bundled: '付属の質問集' },
} as const
type Interface = keyof typeof WORDS

async function toSets(page: Page, language: Interface = 'en'): Promise<void> {
  await page.getByRole('button', { name: WORDS[language].lab, exact: true }).click()
  await page.getByRole('tab', { name: WORDS[language].sets }).click()
  await expect(page.getByRole('list', { name: WORDS[language].bundled }).getByRole('listitem')).toHaveCount(4)
}

/** The sample, as soon as its first document can be searched. */
async function withSample(page: Page): Promise<void> {
  await open(page)
  await page.getByRole('button', { name: 'Try the English sample' }).first().click()
  await expect(documentNamed(page, 'Staff handbook.pdf')).toBeVisible({ timeout: 120_000 })
}

async function findings(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    .analyze()
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)
}

async function textOf(download: Promise<Download>): Promise<string> {
  return readFile(await (await download).path(), 'utf8')
}

async function take(page: Page, name: string, text: string): Promise<void> {
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.getByRole('button', { name: 'Take in a file…' }).click(),
  ])
  await chooser.setFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(text) })
}

const questions = (page: Page): Locator => page.getByRole('list', { name: 'Questions of the set' })
const rows = (page: Page): Locator => questions(page).locator('[data-question]')

test('a set is made by hand with its evidence, saved as a file, and comes back the same', async ({ page }) => {
  await withSample(page)
  await toSets(page)
  await page.getByRole('button', { name: 'New set' }).click()
  await page.getByRole('textbox', { name: 'Name' }).fill('Bicycles')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'Bicycles' })).toBeVisible()

  await page.getByRole('button', { name: 'New question' }).click()
  await expect(page.getByRole('textbox', { name: 'Question', exact: true })).toBeFocused()
  await page.keyboard.press('Control+Enter')
  await expect(page.getByText('Say which option is right.')).toBeVisible()
  expect(await findings(page), 'a form with faults').toEqual([])
  await page.getByRole('textbox', { name: 'Question', exact: true }).fill('How many days of annual leave are there?')
  for (const [letter, option] of Object.entries({ A: '20 days', B: '27 days', C: '24 days', D: '31 days' }))
    await page.getByRole('textbox', { name: `Option ${letter}` }).fill(option)
  await page.getByRole('radio', { name: 'B is right' }).check()
  await page.getByRole('searchbox', { name: 'Find it in your documents' }).fill('days of paid annual leave')
  await page.keyboard.press('Enter')
  const sentence = page.getByRole('checkbox', { name: /27 days/ }).first()
  await sentence.check({ timeout: 60_000 })
  await page.screenshot({ path: `${SCREENSHOTS}/lab-question-form.png`, fullPage: true })
  await page.getByRole('button', { name: 'Use as evidence' }).click()
  await expect(page.getByRole('button', { name: /^Show “.*27 days/ })).toBeVisible()
  await expect(page.locator('li:last-child > .icon-button:focus')).toHaveCount(1)
  await page.getByRole('textbox', { name: 'Option D' }).focus()
  await page.keyboard.press('Control+Enter')
  await expect(rows(page)).toHaveCount(1)
  await expect(page.getByRole('button', { name: 'Change question 1' })).toBeFocused()

  const [lines] = await Promise.all([
    textOf(page.waitForEvent('download')),
    page.getByRole('button', { name: 'Save as JSON Lines' }).click(),
  ])
  const [table] = await Promise.all([
    textOf(page.waitForEvent('download')),
    page.getByRole('button', { name: 'Save as CSV' }).click(),
  ])
  await page.getByRole('button', { name: 'Delete set' }).click()
  await expect(page.getByText('Open a set to see its questions.')).toBeVisible()
  await take(page, 'bicycles.jsonl', lines)
  await expect(page.getByRole('heading', { name: 'Bicycles' })).toBeVisible()
  await expect(rows(page)).toHaveCount(1)
  const [again] = await Promise.all([
    textOf(page.waitForEvent('download')),
    page.getByRole('button', { name: 'Save as JSON Lines' }).click(),
  ])
  expect(again).toBe(lines)
  const [tableAgain] = await Promise.all([
    textOf(page.waitForEvent('download')),
    page.getByRole('button', { name: 'Save as CSV' }).click(),
  ])
  expect(tableAgain).toBe(table)

  await rows(page)
    .getByRole('button', { name: /^Show “.*27 days/ })
    .click()
  await expect(page.locator('.highlight.current').first()).toBeVisible({ timeout: 60_000 })
  await toSets(page)
  await expect(page.getByRole('heading', { name: 'Bicycles' }), 'the set stays open').toBeVisible()
})

test('a bad file is told line by line, and what can be read of it is taken', async ({ page }) => {
  await open(page)
  await toSets(page)
  const good = JSON.stringify({ question: 'How many?', options: ['one', 'two'], answer: 'B' })
  await take(page, 'bad.jsonl', `${good}\n{"question":\n${JSON.stringify({ question: 'Q?', options: ['one'] })}\n`)
  await expect(page.getByText('bad.jsonl: 1 question can be read.')).toBeVisible()
  await expect(page.getByText(/^Line 2 cannot be read/)).toBeVisible()
  await expect(page.getByText(/^Line 3: a multiple-choice question needs/)).toBeVisible()
  expect(await findings(page)).toEqual([])
  const [left] = await Promise.all([
    textOf(page.waitForEvent('download')),
    page.getByRole('button', { name: 'Save what cannot be read' }).click(),
  ])
  expect(left.trim().split('\n')).toHaveLength(2)
  await page.getByRole('button', { name: 'Make a set of it' }).click()
  await expect(rows(page)).toHaveCount(1)
})

test('drafts are judged by keys, the split shows a leak, and a rare spelling is put right', async ({ page }) => {
  await open(page)
  await toSets(page)
  const question = (id: string, text: string, more: object = {}) =>
    JSON.stringify({ id, question: text, answers: ['three'], language: 'en', state: 'confirmed', ...more })
  const lines = [
    question('1', 'How many servers are in the cellar?', { state: 'draft' }),
    question('2', 'How many servers are in the attic?', { state: 'draft' }),
    question('3', 'Who reads the email of the workshop in the morning?', { group: 'a' }),
    question('4', 'Who reads the e-mail of the workshop in the morning?', { group: 'b' }),
    question('5', 'Where does the email of a customer go?', { group: 'a' }),
  ]
  await take(page, 'set.jsonl', lines.join('\n'))
  await page.getByRole('button', { name: 'Drafts', exact: true }).click()
  const review = page.getByRole('region', { name: 'Drafts to judge' })
  await expect(review.getByText('Draft 1 of 2')).toBeVisible()
  expect(await findings(page), 'drafts').toEqual([])
  await review.focus()
  await page.keyboard.press('c')
  await expect(review.getByText('Draft 1 of 1')).toBeVisible()
  await page.keyboard.press('r')
  await expect(review.getByText('No draft waits for your judgement.')).toBeVisible()
  await page.keyboard.press('z')
  await expect(review.getByText('How many servers are in the attic?')).toBeVisible()

  await page.getByRole('button', { name: 'Train and test' }).click()
  await expect(page.getByText('1 pair stands on both sides')).toBeVisible()
  expect(await findings(page), 'the split').toEqual([])
  await page.screenshot({ path: `${SCREENSHOTS}/lab-split.png`, fullPage: true })

  await page.getByRole('button', { name: 'Tidiness' }).click()
  await page.getByRole('button', { name: 'Put right: “e-mail” becomes “email”' }).click()
  await expect(page.getByText('“e-mail” is written “email” elsewhere.')).toHaveCount(0)
  expect(await findings(page), 'tidiness').toEqual([])
  await page.getByRole('button', { name: 'Go to question 4' }).first().click()
  await expect(page.getByRole('textbox', { name: 'Question', exact: true })).toHaveValue(
    'Who reads the email of the workshop in the morning?',
  )
})

test('the tiny model drafts from the sample; whatever it writes, each passage is accounted for', async ({ page }) => {
  await withSample(page)
  await page.getByRole('button', { name: 'Models', exact: true }).click()
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.getByRole('button', { name: /^Another model from a folder/ }).click(),
  ])
  await chooser.setFiles('models/tiny/llm')
  const card = page
    .getByRole('dialog')
    .getByRole('listitem')
    .filter({ has: page.getByRole('heading', { name: 'llm', exact: true }) })
  await card.getByRole('button', { name: 'Use llm' }).click({ timeout: 60_000 })
  await expect(card.getByText(/^In use/)).toBeVisible({ timeout: 180_000 })
  await page.getByRole('button', { name: 'Close', exact: true }).click()
  await toSets(page)
  await page.getByRole('button', { name: 'New set' }).click()
  await page.getByRole('textbox', { name: 'Name' }).fill('Drafted')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Drafts', exact: true }).click()
  await page.getByRole('spinbutton', { name: 'Passages' }).fill('2')
  await page.getByRole('button', { name: 'Draft questions' }).click()
  await expect(page.getByRole('progressbar', { name: /^Passage \d of 2$/ })).toBeVisible({ timeout: 60_000 })
  await expect(page.getByText('Drafts of 2 passages are done.').first()).toBeVisible({ timeout: 180_000 })
  await expect(page.getByRole('region', { name: 'What came of each passage' }).locator('summary')).toHaveCount(2)
  expect(await findings(page)).toEqual([])
})

test.describe('in Japanese, on a small screen', () => {
  test.use({ locale: 'ja-JP', viewport: { width: 360, height: 740 }, colorScheme: 'dark' })

  test('a set of the app is read, copied and changed', async ({ page }) => {
    await open(page)
    await toSets(page, 'ja')
    await page.getByRole('list', { name: '付属の質問集' }).getByRole('button').nth(1).click()
    await page.getByRole('button', { name: '自分の質問集に写す' }).click()
    await page
      .getByRole('button', { name: /^問題 .*1 を変更$/ })
      .first()
      .click()
    await expect(page.getByRole('textbox', { name: '質問', exact: true })).toBeFocused()
    expect(await findings(page)).toEqual([])
    const width = await page.evaluate(() => document.querySelector('main.lab')!.scrollWidth)
    expect(width, 'nothing is wider than the screen').toBeLessThanOrEqual(360)
    await page.screenshot({ path: `${SCREENSHOTS}/lab-questions-ja.png` })
  })
})
