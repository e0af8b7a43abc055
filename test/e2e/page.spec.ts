import AxeBuilder from '@axe-core/playwright'
import { expect, test, type Page } from '@playwright/test'
import { ask, citationsOf, open, openCitation } from './person'

/** The page as a whole: three panes, keyboard, input methods, languages, themes, screen readers. */
/** `npm run screenshots` keeps them in the repository; a test run leaves the repository as it is. */
const SCREENSHOTS = process.env.SCREENSHOTS ?? 'test-results/screenshots'

const SAMPLE = { en: 'Try the English sample', ja: '日本語のサンプルを試す' }
const QUESTION = { en: 'How many days of paid annual leave do full-time staff have?', ja: '試用期間は何か月ですか。' }

async function withSample(page: Page, language: 'en' | 'ja'): Promise<void> {
  await open(page)
  await page.getByRole('button', { name: SAMPLE[language] }).first().click()
  await expect(page.getByRole('checkbox', { name: /\.pdf/, includeHidden: true })).toHaveCount(3)
}

/** Serious and critical findings of axe under WCAG 2.2 AA, one line each. */
async function findings(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    .analyze()
  return violations.map(
    ({ id, help, nodes }) => `${id}: ${help} (${nodes.map(({ target }) => target.join(' ')).join(', ')})`,
  )
}

const looks = [
  { name: 'wide', language: 'en', scheme: 'light', width: 1440, height: 900 },
  { name: 'wide-dark', language: 'en', scheme: 'dark', width: 1440, height: 900 },
  { name: 'wide-ja', language: 'ja', scheme: 'light', width: 1440, height: 900 },
  { name: 'narrow', language: 'en', scheme: 'light', width: 390, height: 844 },
  { name: 'narrow-ja-dark', language: 'ja', scheme: 'dark', width: 390, height: 844 },
] as const

for (const { name, language, scheme, width, height } of looks) {
  test.describe(name, () => {
    test.use({ locale: language === 'ja' ? 'ja-JP' : 'en-US', colorScheme: scheme, viewport: { width, height } })

    test('empty, with an answer and with the reader open: nothing for axe to find', async ({ page }) => {
      // Axe alone takes half a minute for its three looks where two cores are shared.
      await open(page)
      expect(await findings(page), 'empty').toEqual([])
      await withSample(page, language)
      const turn = await ask(page, QUESTION[language])
      expect(await findings(page), 'answered').toEqual([])
      if (width < 900) await page.screenshot({ path: `${SCREENSHOTS}/${name}-chat.png` })
      await openCitation(page, citationsOf(turn, language).first())
      expect(await findings(page), 'reading').toEqual([])
      await page.waitForTimeout(700) // the highlight's arrival
      await page.screenshot({ path: `${SCREENSHOTS}/${name}.png` })
    })
  })
}

test('the keyboard does everything: question, citation, reader and back', async ({ page }) => {
  await withSample(page, 'en')
  await page.locator('body').press('/')
  await expect(page.locator('#question')).toBeFocused()
  await page.keyboard.type(QUESTION.en)
  await page.keyboard.press('Shift+Enter')
  await expect(page.locator('#question')).toHaveValue(`${QUESTION.en}\n`)
  await page.keyboard.press('Enter')
  const chip = citationsOf(page.locator('article')).first()
  await expect(chip).toBeVisible()
  await chip.focus()
  await page.keyboard.press('Enter')
  await expect(page.locator('.highlight.current').first()).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(chip).toBeFocused()
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)

  for (const [key, pane] of [
    ['Alt+1', 'Library'],
    ['Alt+3', 'Reader'],
  ] as const) {
    await page.keyboard.press(key)
    await expect(page.getByRole('region', { name: pane, exact: true })).toBeHidden()
    await page.keyboard.press(key)
    await expect(page.getByRole('region', { name: pane, exact: true })).toBeVisible()
  }
  const separator = page.getByRole('separator', { name: 'Resize Library' })
  const before = Number(await separator.getAttribute('aria-valuenow'))
  await separator.focus()
  await page.keyboard.press('ArrowRight')
  expect(Number(await separator.getAttribute('aria-valuenow'))).toBeGreaterThan(before)
})

test('nothing is sent while an input method composes', async ({ page }) => {
  await withSample(page, 'en')
  const session = await page.context().newCDPSession(page)
  await page.locator('#question').focus()
  await session.send('Input.imeSetComposition', { text: 'きゅうか', selectionStart: 4, selectionEnd: 4 })
  await page
    .locator('#question')
    .dispatchEvent('keydown', { key: 'Enter', keyCode: 229, isComposing: true, bubbles: true })
  await expect(page.locator('article')).toHaveCount(0)
  await session.send('Input.insertText', { text: '休暇' })
  await expect(page.locator('#question')).toHaveValue('休暇')
  await page.waitForTimeout(100) // the Enter that ends a composition in Safari comes in the same moment
  await page.keyboard.press('Enter')
  await expect(page.locator('article')).toHaveCount(1)
})

test('language and theme switch at once, and stay after a reload', async ({ page }) => {
  await open(page)
  await page.getByRole('button', { name: 'Settings' }).click()
  await page.getByRole('radio', { name: '日本語' }).or(page.getByLabel('日本語')).first().check()
  await expect(page.getByRole('heading', { name: 'ライブラリ' })).toBeVisible()
  await expect(page.locator('html')).toHaveAttribute('lang', 'ja')
  await page.getByLabel('ダーク').first().check()
  await page.keyboard.press('Escape')
  await page.reload()
  await expect(page.getByRole('heading', { name: 'ライブラリ' })).toBeVisible()
  expect(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)).toContain('dark')
})

test('a question is limited to the ticked documents, and the history stays with its collection', async ({ page }) => {
  await withSample(page, 'en')
  await page.getByRole('checkbox', { name: /Staff handbook/ }).uncheck()
  const turn = await ask(page, 'How many days of paid annual leave do full-time staff have?')
  await expect(turn).toContainText(/of 2 documents/)
  await expect(turn).not.toContainText('27 days')
  await page.reload()
  await expect(page.locator('article')).toHaveCount(1)
  await expect(page.getByRole('checkbox', { name: /Staff handbook/ })).not.toBeChecked()
})

test('an answer is copied and exported as Markdown with its sources', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await withSample(page, 'en')
  const turn = await ask(page, QUESTION.en)
  await turn.getByRole('button', { name: 'Copy answer' }).click()
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain('Staff handbook.pdf')
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Export conversation' }).click()
  const file = await download
  expect(file.suggestedFilename()).toMatch(/\.md$/)
})

test('the shortcuts of the installed app go to the question and to the library', async ({ page }) => {
  await page.goto('./?action=ask')
  await expect(page.locator('#question')).toBeFocused()
  expect(new URL(page.url()).search).toBe('')
  await page.setViewportSize({ width: 390, height: 844 })
  await page.goto('./?action=add')
  await expect(page.getByRole('region', { name: 'Library' })).toBeVisible()
})
