import { readFile } from 'node:fs/promises'
import { expect, test, type Page } from '@playwright/test'
import { sharedData } from '../fixtures/shared-data'
import { add, ask, installed, open } from './person'

const WORK_RULES = sharedData('pdf/work-rules-ja/001018385.pdf')
const STARTER = 'Fumikura starter'

/** Of an exported trace. */
interface Stage {
  stage: string
  skipped?: string
  ranking?: { score: number }[]
}

/** Opens the dialog of models and finds the card of one. */
async function card(page: Page, name: string) {
  await page.getByRole('button', { name: 'Models', exact: true }).click()
  return page
    .getByRole('dialog')
    .getByRole('listitem')
    .filter({ has: page.getByRole('heading', { name, exact: true }) })
}

const close = (page: Page) => page.getByRole('button', { name: 'Close', exact: true }).click()

/** Takes the model that comes with the page into use. */
async function useStarter(page: Page): Promise<void> {
  const starter = await card(page, STARTER)
  await starter.getByRole('button', { name: `Get ${STARTER} ready` }).click()
  await starter.getByRole('button', { name: `Use ${STARTER}` }).click({ timeout: 60_000 })
  await expect(starter.getByText(/^In use/)).toBeVisible({ timeout: 120_000 })
}

test.describe('search by meaning', () => {
  test.slow()
  test.skip(!WORK_RULES, 'needs ../shared/data (Japanese work rules)')

  test('an English question finds a passage of Japanese rules, and the trace says how', async ({ page }) => {
    await open(page)
    await add(page, [WORK_RULES!])
    await useStarter(page)
    const starter = page.getByRole('dialog')
    await expect(starter.getByText('All documents can be searched by meaning.')).toBeVisible({ timeout: 120_000 })
    await close(page)
    const turn = await ask(page, 'How many days before dismissal must an employee be given notice?')
    await turn.getByRole('button', { name: 'How this was found' }).click()
    await expect(page.getByText('Question to vector')).toBeVisible()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export as JSON' }).click(),
    ])
    const trace = JSON.parse(await readFile(await download.path(), 'utf8')) as { stages: Stage[] }
    const meaning = trace.stages.find(({ stage }) => stage === 'meaning')
    expect(meaning?.skipped).toBeUndefined()
    expect(meaning?.ranking).toHaveLength(50)

    const next = await ask(page, 'And when they are on probation?')
    await expect(next.getByText(/^Searched as: .*dismissal/)).toBeVisible()
  })

  test('it is used again after a reload without a network, and put aside', async ({ page, context }) => {
    await open(page)
    await installed(page)
    await useStarter(page)
    await context.setOffline(true)
    await page.reload()
    await open(page)
    await add(page, [WORK_RULES!])
    const starter = await card(page, STARTER)
    await expect(starter.getByText(/^In use/)).toBeVisible({ timeout: 120_000 })
    await expect(starter.getByText('All documents can be searched by meaning.')).toBeVisible({ timeout: 120_000 })
    await starter.getByRole('button', { name: `Stop using ${STARTER}` }).click()
    await expect(starter.getByRole('button', { name: `Remove ${STARTER} from this machine` })).toBeVisible()
    await starter.getByRole('button', { name: `Remove ${STARTER} from this machine` }).click()
    await expect(starter.getByRole('button', { name: `Get ${STARTER} ready` })).toBeVisible()
  })
})
