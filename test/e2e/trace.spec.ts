import { readFile } from 'node:fs/promises'
import AxeBuilder from '@axe-core/playwright'
import { expect, test, type Locator, type Page } from '@playwright/test'
import type { QuestionTrace } from '../../src/app/question-trace'
import { sharedData } from '../fixtures/shared-data'
import { add, ask, open } from './person'

/** How a question was searched, and the passages of a document, over two real documents. */
const SCREENSHOTS = process.env.SCREENSHOTS ?? 'test-results/screenshots'
const FILES = {
  en: sharedData('pdf/northwind/employee_handbook.pdf'),
  ja: sharedData('pdf/work-rules-ja/001018385.pdf'),
}
const QUESTION = {
  en: 'How often are performance reviews conducted?',
  ja: '採用日から6か月間継続勤務した労働者には何日の年次有給休暇を与えますか？',
}
const REFUSED = 'How much does a curry cost in the canteen of Osaka?'
const WORDS = {
  en: {
    title: 'How this was found',
    passages: 'Passages',
    show: 'Show its passages',
    export: 'Export as JSON',
    all: /^Show all \d+$/,
    table: /^Every passage that was looked at/,
    options: /^Options for /,
    filter: 'Filter by words',
    open: /^Open passage \d+: /,
    neighbours: /^Show passage \d+ among its neighbours$/,
  },
  ja: {
    title: 'どう見つけたか',
    passages: '索引の箇所',
    show: '索引の箇所を見る',
    export: 'JSON で書き出す',
    all: /^\d+ 件すべて表示$/,
    table: /^調べたすべての箇所/,
    options: / の操作$/,
    filter: '語で絞り込む',
    open: /^\d+ 番を開く：/,
    neighbours: /^\d+ 番を前後の箇所とともに表示$/,
  },
} as const
type Spoken = keyof typeof WORDS

const trail = (page: Page, language: Spoken): Locator =>
  page.getByRole('region', { name: WORDS[language].title, exact: true })
const explorer = (page: Page, language: Spoken): Locator =>
  page.getByRole('region', { name: WORDS[language].passages, exact: true })
const rows = (panel: Locator, language: Spoken): Locator =>
  panel.getByRole('table', { name: WORDS[language].table }).locator('tbody').getByRole('row')

/** Asks over the document of a language, and opens the trace. */
async function traced(page: Page, language: Spoken, question: string = QUESTION[language]): Promise<Locator> {
  await open(page)
  await add(page, [FILES[language]!], 150_000)
  const turn = await ask(page, question)
  await turn.getByRole('button', { name: WORDS[language].title }).click()
  await expect(trail(page, language)).toBeFocused()
  return trail(page, language)
}

async function exported(page: Page, panel: Locator, language: Spoken): Promise<QuestionTrace> {
  const download = page.waitForEvent('download')
  await panel.getByRole('button', { name: WORDS[language].export }).click()
  const file = await download
  expect(file.suggestedFilename()).toBe('fumikura-trace.json')
  return JSON.parse(await readFile(await file.path(), 'utf8')) as QuestionTrace
}

const score = (value: number) =>
  new Intl.NumberFormat('en', { minimumSignificantDigits: 3, maximumSignificantDigits: 3 }).format(value)

/** What is on the page is what was exported: terms, stages with their times, and every row with its scores. */
async function expectShown(panel: Locator, trace: QuestionTrace, language: Spoken): Promise<void> {
  await expect(panel.getByRole('heading', { level: 3 }).first()).toHaveText(trace.question)
  const more = panel.getByRole('button', { name: WORDS[language].all })
  while (await more.count()) await more.first().click()
  const terms = panel.locator('.terms li')
  await expect(terms).toHaveCount(trace.query.terms.length)
  for (const [at, text] of (await terms.allTextContents()).entries()) {
    const { term, weight, substitute } = trace.query.terms[at]!
    expect(text).toContain(term.replace(/^=(?=.)/, ''))
    expect(text).toContain(score(weight))
    if (substitute !== undefined) expect(text).toContain(substitute)
  }
  await expect(panel.locator('dl > div')).toHaveCount(trace.query.pieces.length)
  const stages = panel.locator('ol > li')
  await expect(stages).toHaveCount(trace.stages.length)
  for (const [at, { milliseconds, skipped }] of trace.stages.entries())
    if (skipped === undefined) {
      const digits = milliseconds < 100 ? 2 : 3
      const time = new Intl.NumberFormat('en', { maximumSignificantDigits: digits }).format(milliseconds)
      await expect(stages.nth(at)).toContainText(`${time} ms`)
    }
  const shown = await rows(panel, language).allTextContents()
  expect(shown).toHaveLength(trace.candidates.length)
  for (const [at, { scores, documentName, excerpt, fate }] of trace.candidates.entries()) {
    expect(shown[at]).toContain(documentName)
    expect(shown[at]).toContain(excerpt)
    for (const part of Object.values(scores)) expect(shown[at]).toContain(score(part.score))
    if (fate.name === 'evidence') expect(shown[at]).toMatch(new RegExp(`(Evidence|根拠) ${fate.rank}`))
  }
}

const highlighted = (page: Page): Locator => page.locator('.highlight.current').first()

test.describe('over the Japanese work rules', () => {
  test.skip(!FILES.ja, 'needs ../shared/data (Japanese work rules)')
  test.use({ locale: 'ja-JP' })

  test('a Japanese question: how it was found, each passage on its page and among its neighbours', async ({ page }) => {
    // 93 pages are read once, and looked into from every side.
    const panel = await traced(page, 'ja')
    const answering = rows(panel, 'ja').filter({ hasText: '１０日の年次有給休暇を' }).first()
    const trace = await exported(page, panel, 'ja')

    await test.step('the trace tells how the answer was found', async () => {
      await expect(panel.getByText('回答しました。')).toBeVisible()
      await expect(panel.getByRole('list', { name: '検索した語' })).toContainText('年次有給休暇')
      await expect(panel.getByRole('definition').filter({ hasText: 'vacation' }).first()).toBeVisible()
      for (const stage of ['語', '類語', '統合', '読み出し', '選択'])
        await expect(panel.locator('ol > li').filter({ hasText: new RegExp(`^\\s*${stage}.*ms`) })).toHaveCount(1)
      await expect(panel.getByText('実行なし：埋め込みモデルが選ばれていません')).toBeVisible()
      await expect(answering).toContainText(/根拠 \d/)
      await expect(answering).toContainText('1 位')
    })

    await test.step('and is exported as it is shown', async () => {
      expect(trace).toMatchObject({ version: 1, question: QUESTION.ja, language: 'ja', gate: { refused: false } })
      expect(trace.candidates.length).toBeGreaterThan(8)
      await expectShown(panel, trace, 'ja')
    })

    await test.step('its neighbours are shown among all passages, and Escape leads back', async () => {
      const { ordinal } = trace.candidates[0]!
      const button = rows(panel, 'ja').first().getByRole('button', { name: WORDS.ja.neighbours })
      await button.click()
      const list = explorer(page, 'ja')
      const current = list.locator('li[aria-current]')
      await expect(current.getByRole('button')).toBeFocused()
      await expect(current).toHaveAttribute('data-ordinal', String(ordinal))
      await expect(current).toContainText('１０日の年次有給休暇を')
      await expect(list.locator(`li[data-ordinal="${ordinal + 1}"]`)).toBeVisible()
      await page.keyboard.press('Escape')
      await expect(button).toBeFocused()
    })

    await test.step('a row opens its passage on its page; Escape leads to the row, and from there to the answer', async () => {
      const opener = answering.getByRole('button', { name: WORDS.ja.open })
      await opener.press('Enter')
      await expect(highlighted(page)).toBeFocused()
      expect(await highlighted(page).getAttribute('aria-label')).toContain('１０日の年次有給休暇を')
      await page.keyboard.press('Escape')
      await expect(opener).toBeFocused()
      await page.keyboard.press('Escape')
      await expect(page.locator('article').getByRole('button', { name: WORDS.ja.title })).toBeFocused()
    })

    await test.step('the explorer of the library lists every passage, filters them, and opens one', async () => {
      await page.getByRole('button', { name: WORDS.ja.options }).first().click()
      await page.getByRole('button', { name: WORDS.ja.show }).click()
      const list = explorer(page, 'ja')
      const found = list.getByRole('listitem')
      await expect(found).toHaveCount(100)
      await expect(list.getByText(/^\d+ 箇所$/)).toBeVisible()
      await expect(list).not.toContainText('ベクトル')
      await list.getByRole('searchbox', { name: WORDS.ja.filter }).fill('３０日前 予告')
      await expect(list.getByText(/箇所中 \d+ 箇所/)).toBeVisible()
      expect(await found.count()).toBeLessThan(100)
      for (const text of await found.allTextContents()) expect(text.normalize('NFKC')).toMatch(/30日前|予告/)
      await found.first().getByRole('button').click()
      await expect(highlighted(page)).toBeVisible()
      await page.keyboard.press('Escape')
      await expect(found.first().getByRole('button')).toBeFocused()
    })
  })
})

test.describe('over an English handbook', () => {
  test.skip(!FILES.en, 'needs ../shared/data (an English handbook)')

  test('an English question and a refused one: how they were found, and the way there and back', async ({ page }) => {
    const panel = await traced(page, 'en')
    const trace = await exported(page, panel, 'en')
    await expectShown(panel, trace, 'en')
    await expect(rows(panel, 'en').filter({ hasText: 'Performance Reviews' }).first()).toContainText('Evidence 1')

    await test.step('sorted by words, the best comes first', async () => {
      await panel.getByRole('columnheader', { name: 'Words' }).getByRole('button').click()
      const words = trace.candidates.flatMap(({ scores }) => (scores['words'] ? [scores['words'].score] : []))
      await expect(rows(panel, 'en').first()).toContainText(score(Math.max(...words)))
    })

    await test.step('pressed again, the button closes the trace', async () => {
      const button = page.locator('article').getByRole('button', { name: WORDS.en.title })
      await expect(button).toHaveAttribute('aria-pressed', 'true')
      await button.click()
      await expect(panel).toHaveCount(0)
      await expect(button).toBeFocused()
    })

    await test.step('a refused question tells by which signs', async () => {
      const turn = await ask(page, REFUSED)
      await turn.getByRole('button', { name: WORDS.en.title }).click()
      await expect(panel.getByText('Refused: these passages do not seem to answer.')).toBeVisible()
      await panel.getByText('What the probability is made of').first().click()
      const { gate } = await exported(page, panel, 'en')
      expect(gate?.refused).toBe(true)
      const signs = panel.getByRole('table', { name: 'What the probability is made of' })
      await expect(signs.getByRole('row')).toHaveCount(2 + Object.keys(gate!.signs).length)
      await expect(signs).toContainText('−3.53')
    })

    await test.step('a question that is removed takes its trace along', async () => {
      await page.getByRole('button', { name: 'Remove question and answer' }).last().click()
      await expect(panel).toHaveCount(0)
    })
  })

  test('a document that is removed while its trace is open: its rows say so and open nothing', async ({ page }) => {
    const panel = await traced(page, 'en')
    await rows(panel, 'en').first().getByRole('button', { name: WORDS.en.neighbours }).click()
    await expect(explorer(page, 'en')).toBeVisible()
    await page.getByRole('button', { name: WORDS.en.options }).click()
    await page.getByRole('button', { name: 'Remove', exact: true }).click()
    await page.getByRole('alert').getByRole('button', { name: 'Remove', exact: true }).click()
    await expect(explorer(page, 'en')).toHaveCount(0)
    await expect(panel).toBeVisible()
    await expect(rows(panel, 'en').first()).toContainText('Document removed since')
    await expect(rows(panel, 'en').getByRole('button', { name: WORDS.en.open })).toHaveCount(0)
  })
})

/** Findings of axe under WCAG 2.2 AA, one line each. */
async function findings(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    .analyze()
  return violations.map(
    ({ id, help, nodes }) => `${id}: ${help} (${nodes.map(({ target }) => target.join(' ')).join(', ')})`,
  )
}

const SAMPLE = {
  en: {
    name: 'Try the English sample',
    question: 'How many days of paid annual leave do full-time staff have?',
    filter: 'leave',
  },
  ja: { name: '日本語のサンプルを試す', question: '試用期間は何か月ですか。', filter: '期間' },
} as const

const looks = [
  { name: 'trace-wide', language: 'en', scheme: 'light', width: 1440, height: 900 },
  { name: 'trace-wide-ja-dark', language: 'ja', scheme: 'dark', width: 1440, height: 900 },
  { name: 'trace-narrow-ja', language: 'ja', scheme: 'light', width: 360, height: 780 },
  { name: 'trace-narrow-dark', language: 'en', scheme: 'dark', width: 360, height: 780 },
] as const

for (const { name, language, scheme, width, height } of looks) {
  test.describe(name, () => {
    test.use({ locale: language === 'ja' ? 'ja-JP' : 'en-US', colorScheme: scheme, viewport: { width, height } })

    test('the trace and the explorer: nothing for axe to find, and nothing wider than the pane', async ({ page }) => {
      await open(page)
      await page.getByRole('button', { name: SAMPLE[language].name }).first().click()
      await expect(page.getByRole('checkbox', { name: /\.pdf/, includeHidden: true })).toHaveCount(3, {
        timeout: 60_000,
      })
      const turn = await ask(page, SAMPLE[language].question)
      await turn.getByRole('button', { name: WORDS[language].title }).click()
      const panel = trail(page, language)
      await expect(panel).toBeFocused()
      // As wide as it goes, so that the table is drawn as one.
      if (width > 900) await page.getByRole('separator').last().press('End')
      for (const summary of await panel.locator('summary').all()) await summary.click()
      expect(await findings(page), 'the trace').toEqual([])
      expect(await overflow(panel), 'what sticks out of the trace').toEqual([])
      await page.screenshot({ path: `${SCREENSHOTS}/${name}.png` })
      await rows(panel, language).first().getByRole('button', { name: WORDS[language].neighbours }).click()
      const list = explorer(page, language)
      await expect(list.locator('li[aria-current]').getByRole('button')).toBeFocused()
      await list.getByRole('searchbox').fill(SAMPLE[language].filter)
      await expect(list.locator('mark').first()).toBeVisible()
      expect(await findings(page), 'the explorer').toEqual([])
      expect(await overflow(list), 'what sticks out of the explorer').toEqual([])
      await page.screenshot({ path: `${SCREENSHOTS}/${name}-passages.png` })
    })
  })
}

/** Elements that reach past the right edge of their region. */
const overflow = (region: Locator): Promise<string[]> =>
  region.evaluate((element) => {
    const right = element.getBoundingClientRect().right
    const out = [...element.querySelectorAll('*')].filter((one) => one.getBoundingClientRect().right > right + 1)
    return element.scrollWidth > element.clientWidth
      ? out.map(({ className, tagName }) => `${tagName} ${className}`)
      : []
  })
