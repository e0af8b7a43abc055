import { expect, test, type Locator, type Page } from '@playwright/test'
import { open } from './person'

/**
 * A graphics processor that is lost in the middle of an answer, on a simulated one: shaders compile for half a minute, and a
 * token takes a second.
 */
test.use({ serviceWorkers: 'block' })
test.setTimeout(8 * 60_000)

/** Before the worker's own script: what it asks the browser for can be taken away again. */
const REMEMBER_DEVICE = `
  const { requestDevice } = GPUAdapter.prototype
  GPUAdapter.prototype.requestDevice = async function (...given) {
    return (globalThis.deviceToLose = await requestDevice.apply(this, given))
  }
`

interface Losing {
  deviceToLose?: GPUDevice
}

async function send(page: Page, question: string): Promise<Locator> {
  const turns = page.locator('article')
  const before = await turns.count()
  await page.locator('#question').fill(question)
  await page.locator('#question').press('Enter')
  await expect(turns).toHaveCount(before + 1)
  return turns.last()
}

test('the answer breaks off with a sentence, what was written stays, and the next question is answered', async ({
  page,
  context,
}) => {
  await context.route(/\/assets\/worker-llm-[^/]+\.js$/, async (route) => {
    const response = await route.fetch()
    await route.fulfill({ response, body: `${REMEMBER_DEVICE}\n${await response.text()}` })
  })
  await open(page)
  await page.getByRole('button', { name: 'Try the English sample' }).first().click()
  await expect(page.getByRole('checkbox', { name: /\.pdf/, includeHidden: true })).toHaveCount(3, { timeout: 120_000 })
  await page.getByRole('button', { name: 'Models', exact: true }).click()
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.getByRole('button', { name: /^Another model from a folder/ }).click(),
  ])
  await chooser.setFiles('models/tiny/llm')
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Use llm' }).click({ timeout: 30_000 })
  await expect(dialog.getByText('In use on the graphics processor.')).toBeVisible({ timeout: 180_000 })
  await page.getByRole('button', { name: 'Close', exact: true }).click()

  const turn = await send(page, 'How many days of paid annual leave do full-time staff have?')
  await expect(turn.locator('.sentences')).toHaveText(/\S/, { timeout: 120_000 })
  for (const worker of page.workers())
    await worker.evaluate(() => (globalThis as Losing).deviceToLose?.destroy()).catch(() => undefined)
  await expect(turn).toHaveAttribute('aria-busy', 'false')
  await expect(turn).toContainText('The graphics processor stopped in the middle of the answer.')
  await expect(turn.locator('.sentences')).toHaveText(/\S/)

  const next = await send(page, 'Who approves travel costs?')
  await expect(next.locator('.sentences')).toHaveText(/\S/, { timeout: 180_000 })
  await expect(next).not.toContainText('The graphics processor stopped')
  await page.getByRole('button', { name: 'Stop', exact: true }).click()
  await expect(next).toHaveAttribute('aria-busy', 'false')
})
