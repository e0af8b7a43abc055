import { readFile } from 'node:fs/promises'
import { expect, test, type Page } from '@playwright/test'
import { chromiumArguments, findChromium } from '../../scripts/chromium.mjs'
import { makeSmallWorld } from '../fixtures/handbook'
import { toJsonLines } from '../../src/lab/questions/jsonl'
import { choose, documentNamed, open } from './person'
import { MODEL } from './starter-steps'

// The model that comes with the page runs on the processor.
const executablePath = findChromium()
test.use({
  launchOptions: {
    args: [...chromiumArguments.filter((argument) => !/webgpu|Vulkan/.test(argument)), '--disable-features=WebGPU'],
    ...(executablePath ? { executablePath } : {}),
  },
})

const SCREENSHOTS = process.env.SCREENSHOTS ?? 'test-results/screenshots'
const measures = (page: Page) => page.getByRole('region', { name: 'Measures by approach' })

test('one click runs all four arms over generated documents with trained weights, and the export comes back to the same numbers', async ({
  page,
}) => {
  test.setTimeout(600_000)
  const { name, pdf, set } = makeSmallWorld('en')
  await open(page)
  const buffer = Buffer.from(await pdf.arrayBuffer())
  await choose(page, { name, mimeType: 'application/pdf', buffer })
  await expect(documentNamed(page, name)).toBeVisible({ timeout: 60_000 })

  await page.getByRole('button', { name: 'Lab', exact: true }).click()
  await page.getByRole('tab', { name: 'Question sets' }).click()
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.getByRole('button', { name: 'Take in a file…' }).click(),
  ])
  const file = { name: 'small-world.jsonl', mimeType: 'text/plain', buffer: Buffer.from(toJsonLines(set)) }
  await chooser.setFiles(file)
  await page.getByRole('tab', { name: 'Runs' }).click()
  const label = `${set.name} (${set.questions.length} questions)`
  await page.getByLabel('Question set', { exact: true }).first().selectOption({ label })
  await page.getByRole('button', { name: 'Compare all four arms' }).click({ timeout: 120_000 })
  const run = `${set.name} · ${MODEL}`
  await expect(page.getByRole('heading', { name: run })).toBeVisible({ timeout: 120_000 })
  await expect(measures(page).getByRole('row')).toHaveCount(5, { timeout: 400_000 })
  await expect(page.getByRole('progressbar')).toHaveCount(0, { timeout: 400_000 })
  const table = await measures(page).innerText()
  await page.screenshot({ path: `${SCREENSHOTS}/starter-lab.png`, fullPage: true })
  const held = await shares(page, 'Holds the answer')
  expect(held.RAG! - held['Model alone']!, 'the answers stand only in the document').toBeGreaterThan(30)
  expect(held.LoRA! - held['Model alone']!, 'or in the adapter').toBeGreaterThan(30)

  await page.getByRole('button', { name: 'All runs' }).click()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: `Export ${run} as JSON` }).click(),
  ])
  const exported = await readFile(await download.path())
  await page.getByRole('button', { name: `Delete ${run}` }).click()
  await expect(page.getByText('There is no run yet.')).toBeVisible()
  const [runChooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.getByRole('button', { name: 'Import a run…' }).click(),
  ])
  await runChooser.setFiles({ name: 'run.json', mimeType: 'application/json', buffer: exported })
  await page.getByRole('button', { name: `Open ${run}` }).click()
  await expect(measures(page).getByRole('row')).toHaveCount(5)
  await expect.poll(() => measures(page).innerText()).toBe(table)
})

/** Per cent of one measure by approach, as the table shows them. */
async function shares(page: Page, measure: string): Promise<Record<string, number>> {
  const rows = await measures(page)
    .getByRole('row')
    .evaluateAll((all) => all.map((row) => [...row.querySelectorAll('th, td')].map((cell) => cell.textContent!.trim())))
  const [head, ...body] = rows
  const column = head!.findIndex((cell) => cell.startsWith(measure))
  return Object.fromEntries(body.map((cells) => [cells[0]!.replace(/,.*/, ''), parseFloat(cells[column]!)]))
}
