import AxeBuilder from '@axe-core/playwright'
import { expect, test, type Locator, type Page } from '@playwright/test'
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

/**
 * Adapters on the page, from files of the disk to two answers side by side. Model and adapter are filled by chance, so what
 * they write is nonsense: that it is another nonsense with the adapter is what an adapter is.
 */
const TINY = 'models/tiny/llm'
const SCREENSHOTS = process.env.SCREENSHOTS ?? 'test-results/screenshots'

const WORDS = {
  en: {
    question: 'How many days of paid annual leave do full-time staff have?',
    sample: 'Try the English sample',
    models: 'Models',
    close: 'Close',
    folder: /^Another model from a folder/,
    use: 'Use llm',
    inUse: /^In use/,
    files: 'From files…',
    none: 'Adapters: none',
    keep: 'Use for this collection',
    without: 'Answer again without adapters',
    compared: 'Answers to compare',
    sides: { dressed: /^llm · with: (?!out)/, plain: 'llm · without adapters' },
    figures: /\d+ tokens? written · first token after [\d.]+s · [\d.]+ tokens per second/,
    remove: 'Remove this answer',
  },
  ja: {
    question: '試用期間は何か月ですか。',
    sample: '日本語のサンプルを試す',
    models: 'モデル',
    close: '閉じる',
    folder: /^ほかのモデルをフォルダーから/,
    use: 'llm を使う',
    inUse: /使用中です/,
    files: 'ファイルから…',
    none: 'アダプター：なし',
    keep: 'このコレクションで使う',
    without: 'アダプターなしで答え直す',
    compared: '回答の比較',
    sides: { dressed: /^llm · アダプター：/, plain: 'llm · アダプターなし' },
    figures: /\d+ トークンを生成 · 最初のトークンまで [\d.]+/,
    remove: 'この回答を削除',
  },
} as const
type Interface = keyof typeof WORDS

/** A sample's documents, the tiny model in use, and an adapter for it, taken from the disk as a person takes them. */
async function withAdapter(page: Page, language: Interface = 'en'): Promise<void> {
  const words = WORDS[language]
  await open(page)
  await page.getByRole('button', { name: words.sample }).first().click()
  await expect(page.getByRole('checkbox', { name: /\.pdf/, includeHidden: true })).toHaveCount(3, { timeout: 60_000 })
  await page.getByRole('button', { name: words.models, exact: true }).click()
  const dialog = page.getByRole('dialog')
  const [model] = await Promise.all([
    page.waitForEvent('filechooser'),
    dialog.getByRole('button', { name: words.folder }).click(),
  ])
  await model.setFiles(TINY)
  await dialog.getByRole('button', { name: words.use, exact: true }).click({ timeout: 60_000 })
  await expect(dialog.getByText(words.inUse)).toBeVisible({ timeout: 180_000 })
  const [files] = await Promise.all([
    page.waitForEvent('filechooser'),
    dialog.getByRole('button', { name: words.files, exact: true }).click(),
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
  await page.getByRole('button', { name: words.close, exact: true }).click()
}

async function ask(page: Page, language: Interface = 'en'): Promise<Locator> {
  const { question } = WORDS[language]
  await page.locator('#question').fill(question)
  await page.locator('#question').press('Enter')
  const turn = page.locator('article').last()
  await expect(turn.getByRole('heading', { level: 3 })).toContainText(question)
  await finished(turn)
  return turn
}

const finished = (turn: Locator) => expect(turn).toHaveAttribute('aria-busy', 'false', { timeout: 180_000 })

/** Puts the one adapter on and closes the choice. */
async function wear(page: Page, language: Interface = 'en'): Promise<void> {
  const words = WORDS[language]
  await page.getByRole('button', { name: words.none }).click()
  await page.locator('.panel').getByRole('checkbox').check()
  await page.getByRole('button', { name: words.keep }).click()
  await page.screenshot({ path: `${SCREENSHOTS}/adapter-choice-${language}.png` })
  expect(await findings(page), 'the choice').toEqual([])
  await page.keyboard.press('Escape')
}

async function findings(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    .analyze()
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)
}

/** What an answer says first, its sources left out. */
const said = (answer: Locator) => answer.locator('.sentences .text').first()

test('an adapter from the disk writes another answer, both stand side by side, and are there after a reload', async ({
  page,
}) => {
  test.setTimeout(400_000)
  const words = WORDS.en
  await withAdapter(page)
  await wear(page)
  const turn = await ask(page)
  await expect(turn.locator('.foot .note')).toContainText(/llm · with: /)

  await turn.getByRole('button', { name: words.without }).click()
  await finished(turn)
  await expect(page.locator('article'), 'it is the same question').toHaveCount(1)
  const compared = turn.getByRole('group', { name: words.compared })
  const dressed = compared.getByRole('group', { name: words.sides.dressed })
  const plain = compared.getByRole('group', { name: words.sides.plain, exact: true })
  await expect(dressed.getByText(words.figures)).toBeVisible()
  await expect(plain.getByText(words.figures)).toBeVisible()
  const texts = [await said(dressed).textContent(), await said(plain).textContent()]
  expect(texts[0], 'greedy both times: only the adapter differs').not.toBe(texts[1])
  expect(await findings(page), 'two answers').toEqual([])
  await page.screenshot({ path: `${SCREENSHOTS}/two-answers.png` })

  const download = page.waitForEvent('download')
  await turn.getByRole('button', { name: 'Export as Markdown' }).click()
  const file = await (await download).createReadStream()
  const markdown = Buffer.concat(await file.toArray()).toString('utf8')
  expect(markdown).toMatch(/### llm · with: /)
  expect(markdown).toContain('### llm · without adapters')

  await page.reload()
  await expect(said(dressed)).toHaveText(texts[0]!)
  await expect(said(plain)).toHaveText(texts[1]!)
  await expect(page.getByRole('button', { name: /^Adapters: (?!none)/ }), 'kept for the collection').toBeVisible({
    timeout: 180_000,
  })
  // From the passages that were kept, not from a new search.
  await plain.getByRole('button', { name: words.remove }).click()
  await expect(compared).toHaveCount(0)
  await turn.getByRole('button', { name: words.without }).click()
  await finished(turn)
  await expect(said(plain)).toHaveText(texts[1]!)
})

test.describe('in Japanese, on a narrow screen', () => {
  test.use({ locale: 'ja-JP', viewport: { width: 390, height: 844 } })

  test('the choice and two answers, one under the other', async ({ page }) => {
    test.setTimeout(400_000)
    const words = WORDS.ja
    await withAdapter(page, 'ja')
    await wear(page, 'ja')
    const turn = await ask(page, 'ja')
    await turn.getByRole('button', { name: words.without }).click()
    await finished(turn)
    const sides = turn.getByRole('group', { name: words.compared }).getByRole('group')
    await expect(sides).toHaveCount(2)
    const [above, below] = [await sides.first().boundingBox(), await sides.last().boundingBox()]
    expect(below!.y).toBeGreaterThanOrEqual(above!.y + above!.height)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
    expect(await findings(page), 'two answers').toEqual([])
    await page.screenshot({ path: `${SCREENSHOTS}/two-answers-ja-narrow.png` })
  })
})
