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

test.describe('models from elsewhere', () => {
  const RURI = 'Ruri v3 30M'
  const tiny = (path: string) => `models/tiny/embedder/${path}`

  test('one from the hub is asked for at the press of a button only; one that cannot be run says so, and words go on', async ({
    browser,
    baseURL,
  }) => {
    const context = await browser.newContext({ serviceWorkers: 'block', baseURL: baseURL!, locale: 'en-US' })
    const asked: string[] = []
    await context.route('https://huggingface.co/**', async (route) => {
      const { pathname } = new URL(route.request().url())
      asked.push(pathname)
      const path = /\/resolve\/main\/(.*)$/.exec(pathname)?.[1]
      const headers = { 'access-control-allow-origin': '*' }
      // The files of another model, whole: nothing is wrong with them but that they are not what the catalogue says.
      if (path) await route.fulfill({ path: tiny(path), headers })
      else await route.fulfill({ status: 404, headers })
    })
    const page = await context.newPage()
    await open(page)
    const ruri = await card(page, RURI)
    expect(asked).toEqual([])
    await ruri.getByRole('button', { name: `Download ${RURI}` }).click()
    await ruri.getByRole('button', { name: `Use ${RURI}` }).click({ timeout: 60_000 })
    // The graphics processor is given up, and for running without it other files are needed: they are not fetched unasked.
    await expect(ruri.getByRole('alert')).toContainText('onnx/model_quantized.onnx', { timeout: 60_000 })
    expect(asked.some((path) => path.endsWith('onnx/model_quantized.onnx'))).toBe(false)
    await ruri.getByRole('button', { name: `Go on downloading ${RURI}` }).click()
    await expect(ruri.getByRole('alert')).toContainText('This browser cannot run the model.', { timeout: 60_000 })
    await close(page)
    await page.getByRole('button', { name: 'Try the English sample' }).first().click()
    await expect(page.getByRole('checkbox', { name: /^Ask in .*/ }).first()).toBeVisible({ timeout: 60_000 })
    const turn = await ask(page, 'How many days of paid leave do employees get?')
    await expect(turn.getByText(/passages? found/)).toBeVisible()
    await context.close()
  })

  test('one from files of the disk is copied into the store, and told when a file is missing', async ({ page }) => {
    await open(page)
    const ruri = await card(page, RURI)
    const files = ruri.locator('input[type=file]').nth(1)
    await files.setInputFiles([tiny('tokenizer.json'), tiny('tokenizer_config.json')])
    await expect(ruri.getByRole('alert')).toContainText('onnx/model.onnx')
    await files.setInputFiles(['tokenizer.json', 'tokenizer_config.json', 'onnx/model.onnx'].map(tiny))
    await expect(ruri.getByRole('button', { name: `Use ${RURI}` })).toBeVisible()
  })
})
