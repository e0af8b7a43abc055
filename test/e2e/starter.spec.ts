import AxeBuilder from '@axe-core/playwright'
import { expect, test } from '@playwright/test'
import { chromiumArguments, findChromium } from '../../scripts/chromium.mjs'
import { citationsOf, openCitation } from './person'
import { answeredOne, askAnyone, askModel, MODEL, openHandbook, said, wear } from './starter-steps'

// The model that comes with the page runs on the processor; a simulated graphics processor would only be in its way.
const executablePath = findChromium()
test.use({
  launchOptions: {
    args: [...chromiumArguments.filter((argument) => !/webgpu|Vulkan/.test(argument)), '--disable-features=WebGPU'],
    ...(executablePath ? { executablePath } : {}),
  },
})

const SCREENSHOTS = process.env.SCREENSHOTS ?? 'test-results/screenshots'

test('at the first visit a question is quoted, and written by the model that came with the page, with the right page cited', async ({
  page,
}) => {
  const { questions } = await openHandbook(page, 'en')
  const answerable = questions.slice(2).filter((each) => each.answer !== undefined)
  const { turn, asked } = await answeredOne(answerable, /./, (question) => askModel(page, question, 'en'))
  const { answer, page: number } = asked
  expect(await said(turn)).toContain(answer)
  await expect(turn.locator('.foot .note')).toContainText(MODEL)
  const cited = await openCitation(page, citationsOf(turn).first())
  expect(cited.page).toBe(number)
  expect(cited.quote).toContain(answer!.replaceAll(/\s/g, ''))
  await page.screenshot({ path: `${SCREENSHOTS}/starter.png` })
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag22aa']).analyze()
  expect(violations).toEqual([])
})

test('it goes on answering without a network', async ({ page, context }) => {
  const { questions } = await openHandbook(page, 'en')
  const [first, second] = questions.filter(({ answer }) => answer !== undefined)
  await askModel(page, first!.question, 'en')
  await page.evaluate(() => navigator.serviceWorker.ready)
  await context.setOffline(true)
  await page.reload()
  await expect(page.locator('article')).toHaveCount(2)
  const turn = await askModel(page, second!.question, 'en')
  await expect(turn.locator('.foot .note')).toContainText(MODEL)
})

test.describe('in Japanese', () => {
  test.use({ locale: 'ja-JP' })

  test('an adapter changes how it answers, JSON is JSON, two are a blend, and all is there after a reload', async ({
    page,
  }) => {
    const { questions } = await openHandbook(page, 'ja')
    const answerable = questions.filter(({ answer }) => answer !== undefined)
    const plain = await answeredOne(answerable, /です/, (question) => askModel(page, question, 'ja'))
    expect(await said(plain.turn)).not.toMatch(/ござ/)

    const ask = (question: string) => askAnyone(page, question)
    await wear(page, 'ja', ['ござる'])
    const gozaru = await answeredOne(answerable, /でござる/, ask)
    await expect(gozaru.turn.locator('.foot .note')).toContainText('ござる')

    await wear(page, 'ja', ['JSON'])
    // The object was read, and what it says stands without braces.
    const json = await answeredOne(answerable, /^[^{}"]+$/, ask)
    await expect(json.turn.locator('.foot .note')).toContainText('JSON')

    await wear(page, 'ja', ['ござる', '敬語'])
    const blend = await ask(gozaru.asked.question)
    await expect(blend.locator('.foot .note')).toContainText(/ござる.*敬語/)
    await page.screenshot({ path: `${SCREENSHOTS}/starter-adapters-ja.png` })

    const turns = await page.locator('article').count()
    const before = await page.locator('.sentences .text').allTextContents()
    await page.reload()
    await expect(page.locator('article')).toHaveCount(turns)
    expect(await page.locator('.sentences .text').allTextContents()).toEqual(before)
  })
})
