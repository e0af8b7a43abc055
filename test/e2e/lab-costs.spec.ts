import { readFile } from 'node:fs/promises'
import AxeBuilder from '@axe-core/playwright'
import { expect, test, type Page } from '@playwright/test'
import { strFromU8, unzipSync } from 'fflate'
import { open } from './person'

/** Costs, advice and training pack of the Lab, as a person uses them: by keyboard, in both languages, over a reload. */
const SCREENSHOTS = process.env.SCREENSHOTS ?? 'test-results/screenshots'

const WORDS = {
  en: {
    lab: 'Lab',
    costs: 'Costs',
    advice: 'Advice',
    training: 'Training pack',
    sample: 'Try the English sample',
    reading: 'Reading, model with RAG',
    style: 'A way of speaking',
    make: 'Make the pack',
    save: 'Save the pack (.zip)',
  },
  ja: {
    lab: 'ラボ',
    costs: '費用',
    advice: '助言',
    training: '学習データ',
    sample: '日本語のサンプルを試す',
    reading: '入力（RAG のモデル）',
    style: '話し方',
    make: 'パックを作る',
    save: 'パックを保存（.zip）',
  },
} as const
type Interface = keyof typeof WORDS

async function toPart(page: Page, part: 'costs' | 'advice' | 'training', language: Interface = 'en'): Promise<void> {
  const words = WORDS[language]
  const tab = page.getByRole('tab', { name: words[part], exact: true })
  if (!(await tab.isVisible())) await page.getByRole('button', { name: words.lab, exact: true }).click()
  await tab.click()
}

async function findings(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    .analyze()
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)
}

const isWithin = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth)

// Axe and pictures alone take minutes where two cores are shared by many.
test.describe.configure({ timeout: 400_000 })

test('a price that is edited changes the costs, stays over a reload, and goes back to the article’s', async ({
  page,
}) => {
  await open(page)
  await toPart(page, 'costs')
  const reading = page.locator('[data-approach=retrieval] [data-step=input] td').last()
  await expect(reading).toHaveText('$0.000048')
  const price = page.getByLabel(WORDS.en.reading)
  await price.fill('150')
  await expect(reading).toHaveText('$0.048')
  await price.fill('-1')
  await expect(page.getByRole('alert').filter({ hasText: 'Until then 150 counts' })).toBeVisible()
  await expect(reading).toHaveText('$0.048')
  await price.blur()
  await expect(price).toHaveValue('150')
  await expect(page.getByText('From 1 question on, fine-tuning has cost less')).toBeVisible()
  expect(await findings(page), 'the costs').toEqual([])
  await page.screenshot({ path: `${SCREENSHOTS}/lab-costs.png`, fullPage: true })

  await page.reload()
  await toPart(page, 'costs')
  await expect(price).toHaveValue('150')
  await page.getByRole('button', { name: 'Back to the article’s example' }).click()
  await expect(reading).toHaveText('$0.000048')
  await expect(page.getByText('Fine-tuning never pays')).toBeVisible()
  await expect(page.getByRole('row', { name: /^Reading a question: RAG/ })).toContainText('31 times too high')
})

test('the advice follows the answers by keyboard, cites what it rests on, and is there after a reload', async ({
  page,
}) => {
  await open(page)
  await toPart(page, 'advice')
  const verdict = page.getByRole('status').filter({ hasText: 'This follows from your answers' })
  const facts = page.getByRole('radio', { name: 'Facts', exact: true })
  await facts.focus()
  await page.keyboard.press('Space')
  await expect(verdict).toContainText('Use RAG.')
  await expect(page.getByText('Articles 001, 003 say so; 000 says otherwise.')).toBeVisible()
  await page.keyboard.press('ArrowDown')
  await expect(page.getByRole('radio', { name: WORDS.en.style })).toBeChecked()
  await page.getByRole('radio', { name: 'Hundreds of examples or more' }).check()
  await expect(verdict).toContainText('Use an adapter together with RAG.')
  await expect(page.getByRole('row', { name: /^RAG \+12\.0\s?%/ })).toBeVisible()
  await expect(page.getByRole('row', { name: /^LoRA \+3\.3\s?%/ })).toBeVisible()
  await expect(page.getByRole('row', { name: /^LoRA \+ RAG \+10\.5\s?%/ })).toBeVisible()
  expect(await findings(page), 'the advice').toEqual([])
  await page.screenshot({ path: `${SCREENSHOTS}/lab-advice.png`, fullPage: true })
  await page.reload()
  await toPart(page, 'advice')
  await expect(verdict).toContainText('Use an adapter together with RAG.')
  await page.getByRole('button', { name: 'Run the Lab on this' }).click()
  await expect(page.getByRole('tab', { name: 'Runs' })).toBeFocused()
})

test('a pack is made from a bundled set on the sample, looked at, and saved as a zip that is whole', async ({
  page,
}) => {
  await open(page)
  await page.getByRole('button', { name: WORDS.en.sample }).first().click()
  await expect(page.getByRole('checkbox', { name: /\.pdf/, includeHidden: true })).toHaveCount(3, { timeout: 60_000 })
  await toPart(page, 'training')
  await page.getByLabel('Question set', { exact: true }).selectOption('Lantern Row Bicycle Workshop')
  await page.getByRole('button', { name: WORDS.en.make }).click()
  await expect(page.getByText('The pack is ready.')).toBeVisible({ timeout: 60_000 })
  await expect(page.getByText('To be learnt').first()).toBeVisible()
  expect(await findings(page), 'the pack').toEqual([])
  await page.screenshot({ path: `${SCREENSHOTS}/lab-training.png`, fullPage: true })

  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: WORDS.en.save }).click(),
  ])
  expect(download.suggestedFilename()).toBe('fumikura-training-pack.zip')
  const files = unzipSync(new Uint8Array(await readFile(await download.path())))
  expect(Object.keys(files).sort()).toEqual([
    'CARD.md',
    'README.md',
    'manifest.json',
    'raft.jsonl',
    'requirements.txt',
    'train.py',
  ])
  const rows = strFromU8(files['raft.jsonl']!)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { passages: string[]; oracle?: string; messages: { content: string }[] })
  expect(rows.length).toBeGreaterThan(0)
  for (const { passages, oracle, messages } of rows) {
    expect(passages.length).toBeGreaterThan(1)
    expect(passages.length).toBeLessThanOrEqual(5)
    const number = passages.indexOf(oracle ?? '') + 1
    expect(messages.at(-1)!.content).toMatch(
      oracle === undefined
        ? /^The documents do not say\.$/
        : new RegExp(`^“.+” \\[${number}\\] The answer: .+ \\[${number}\\]\\.$`, 's'),
    )
  }
  expect(strFromU8(files['train.py']!)).toContain('raft.jsonl')

  await page.getByRole('radio', { name: /^Question and answer/ }).check()
  await expect(page.getByRole('button', { name: WORDS.en.save }), 'another wish: another pack').toHaveCount(0)
  await page.getByRole('button', { name: 'Open the models dialog' }).click()
  await expect(page.getByRole('dialog')).toBeVisible()
})

test.describe('in Japanese, dark and 360 pixels wide', () => {
  test.use({ locale: 'ja-JP', colorScheme: 'dark', viewport: { width: 360, height: 780 } })

  test('all three parts fit, and axe finds nothing', async ({ page }) => {
    await open(page)
    for (const part of ['costs', 'advice', 'training'] as const) {
      await toPart(page, part, 'ja')
      await expect(page.getByRole('tabpanel').getByRole('heading', { level: 3 })).toBeVisible()
      expect(await isWithin(page), part).toBe(true)
      expect(await findings(page), part).toEqual([])
      await page.screenshot({ path: `${SCREENSHOTS}/lab-${part}-narrow-ja-dark.png` })
    }
  })
})
