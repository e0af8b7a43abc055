import { statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, type BrowserContext } from '@playwright/test'
import { chromiumArguments, findChromium } from '../../scripts/chromium.mjs'
import { cardOf, findings, openModels } from './models-dialog'

const SCREENSHOTS = process.env.SCREENSHOTS ?? 'test-results/screenshots'
const TINY = 'models/tiny/llm'
const FILES = [
  'config.json',
  'generation_config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'onnx/model.onnx',
  'onnx/model_q4.onnx',
  'onnx/model_q4.onnx_data',
]
const ANYONE = { 'access-control-allow-origin': '*', 'access-control-expose-headers': '*' }
const COMMIT = 'c0ffee'.padEnd(40, '0')

const executablePath = findChromium()
test.use({
  // What the service worker asks for cannot be answered here in the place of a host.
  serviceWorkers: 'block',
  // Without a graphics processor.
  launchOptions: {
    args: [...chromiumArguments.filter((argument) => !/webgpu|Vulkan/.test(argument)), '--disable-features=WebGPU'],
    ...(executablePath ? { executablePath } : {}),
  },
})

/** Answers in the place of the hub: one repository of ours, one that is gated, and none else. Tells what was asked. */
async function standForHub(context: BrowserContext): Promise<string[]> {
  const asked: string[] = []
  await context.route('https://huggingface.co/**', async (route) => {
    const path = new URL(route.request().url()).pathname
    asked.push(`${route.request().method()} ${path}`)
    const [, owner, name] = path.replace('/api/models', '').split('/')
    const json = (value: unknown) => route.fulfill({ json: value, headers: ANYONE })
    const refuse = (status: number, code: string) =>
      route.fulfill({ status, headers: { ...ANYONE, 'x-error-code': code } })
    if (owner === 'closed') return refuse(401, 'GatedRepo')
    if (`${owner}/${name}` !== 'someone/tiny') return refuse(401, 'RepoNotFound')
    if (path.startsWith('/api/') && path.includes('/tree/'))
      return json(FILES.map((file) => ({ type: 'file', path: file, size: statSync(join(TINY, file)).size })))
    if (path.startsWith('/api/')) return json({ cardData: { license: 'apache-2.0' } })
    const file = path.split('/').slice(5).map(decodeURIComponent).join('/')
    if (!FILES.includes(file)) return refuse(404, 'EntryNotFound')
    return route.fulfill({ path: join(TINY, file), headers: { ...ANYONE, 'x-repo-commit': COMMIT } })
  })
  return asked
}

test('a model of the hub is looked up by its name, told what it takes, downloaded, used, and deleted', async ({
  page,
  context,
}) => {
  const asked = await standForHub(context)
  const dialog = await openModels(page)
  await expect(dialog.getByText('There is no graphics processor that the browser may use.')).toBeVisible()
  await expect(dialog.getByText(/The browser has .+ free for this page/)).toBeVisible()
  await dialog.getByText('A model from Hugging Face').click()
  const name = dialog.getByLabel('Its name')
  const lookUp = dialog
    .locator('details', { has: page.getByLabel('Its name') })
    .getByRole('button', { name: 'Look up' })

  await name.fill('tiny')
  await lookUp.click()
  await expect(dialog.getByText('This is not the name of a model: “tiny”.')).toBeVisible()
  expect(asked, 'nothing is asked for what is no name').toEqual([])
  await name.fill('closed/model')
  await lookUp.click()
  await expect(dialog.getByText('Its host gives this model only to people who have signed in')).toBeVisible()
  await name.fill('someone/other@v2')
  await lookUp.click()
  await expect(dialog.getByText('There is no public model “someone/other@v2” there')).toBeVisible()

  await name.fill('someone/tiny')
  await lookUp.click()
  await expect(dialog.getByText('someone/tiny: llama, apache-2.0')).toBeVisible()
  await expect(dialog.getByRole('radio')).toHaveCount(2)
  await expect(dialog.getByLabel(/^q4: .+ to download, takes about .+ of memory$/)).toBeChecked()
  expect(
    asked.filter((each) => /onnx\/|tokenizer/.test(each)),
    'no file of the model before Download',
  ).toEqual([])
  expect(await findings(page)).toEqual([])
  await lookUp.scrollIntoViewIfNeeded()
  await page.screenshot({ path: `${SCREENSHOTS}/hub-model.png` })
  await dialog.getByRole('button', { name: 'Add and download' }).click()

  const card = cardOf(dialog, 'someone/tiny')
  await card.getByRole('button', { name: 'Use someone/tiny' }).click({ timeout: 30_000 })
  await expect(card.getByText(/^In use/)).toBeVisible({ timeout: 120_000 })
  expect(asked).toContain(`GET /someone/tiny/resolve/${COMMIT}/onnx/model_q4.onnx_data`)
  expect(asked.filter((each) => each.endsWith('onnx/model.onnx'))).toEqual([])

  await page.reload()
  await expect(page.getByText('Answers are written by someone/tiny.')).toBeVisible({ timeout: 120_000 })
  await page.getByRole('button', { name: 'Models', exact: true }).click()
  await cardOf(dialog, 'someone/tiny').getByRole('button', { name: 'Stop using someone/tiny' }).click()
  await dialog.getByText(/^Models and adapters on this machine: /).click()
  const kept = dialog.getByRole('list', { name: /^Models and adapters on this machine/ }).getByRole('listitem')
  const downloaded = kept.filter({ hasText: 'someone/tiny' })
  await expect(downloaded).toHaveCount(1)
  await downloaded.getByRole('button', { name: 'Remove someone/tiny from this machine' }).click()
  await expect(downloaded).toHaveCount(0)
  await expect(cardOf(dialog, 'someone/tiny')).toHaveCount(0)
})

test('models of web-llm say that they cannot run here, and offer no download', async ({ page }) => {
  const dialog = await openModels(page)
  await dialog.getByText('The same models with the engine web-llm').click()
  const card = cardOf(dialog, 'Qwen3 0.6B with web-llm')
  await expect(card).toContainText('It cannot run here: it needs a graphics processor that the browser may use.')
  await expect(card.getByRole('button')).toHaveCount(0)
})
