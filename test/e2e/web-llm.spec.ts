import { expect, test } from '@playwright/test'
import { cardOf, findings, openModels } from './models-dialog'

/** On a simulated graphics processor: a model of MLC can be downloaded there, but none whose library can be had here. */
const SCREENSHOTS = process.env.SCREENSHOTS ?? 'test-results/screenshots'
const ANYONE = { 'access-control-allow-origin': '*', 'access-control-expose-headers': '*' }

// What the service worker asks for cannot be answered here in the place of a host.
test.use({ serviceWorkers: 'block' })

/** A model of MLC as far as the downloads look at it: its library is none. */
const CONTENTS: Record<string, string> = {
  'mlc-chat-config.json': '{}',
  'tensor-cache.json': JSON.stringify({
    records: [{ dataPath: 'params_shard_0.bin', nbytes: 1000, records: [{ nbytes: 1000, byteOffset: 0 }] }],
  }),
  'tokenizer.json': '{}',
  'tokenizer_config.json': '{}',
  'params_shard_0.bin': 'x'.repeat(1000),
}

test('a model of web-llm is downloaded from its two places by the one worker that may, and its failure to start is told', async ({
  page,
  context,
}) => {
  const asked: string[] = []
  await context.route(/^https:\/\/(huggingface\.co|raw\.githubusercontent\.com)\//, (route) => {
    const url = new URL(route.request().url())
    const file = url.pathname.split('/').at(-1)!
    asked.push(`${url.host} ${file}`)
    const body = url.host === 'raw.githubusercontent.com' ? 'no library' : CONTENTS[file]
    return route.fulfill({ headers: ANYONE, ...(body === undefined ? { status: 404 } : { body }) })
  })
  const dialog = await openModels(page)
  await dialog.getByText('The same models with the engine web-llm').click()
  const name = 'SmolLM2 360M Instruct with web-llm'
  const card = cardOf(dialog, name)
  await expect(card).toContainText(/about .+ to download · takes about .+ of memory/)
  expect(asked).toEqual([])
  await card.scrollIntoViewIfNeeded()
  await page.screenshot({ path: `${SCREENSHOTS}/web-llm-models.png` })
  await card.getByRole('button', { name: `Download ${name}` }).click()
  await card.getByRole('button', { name: `Use ${name}` }).click({ timeout: 30_000 })
  expect(asked).toContain('huggingface.co params_shard_0.bin')
  expect(asked.some((each) => /^raw\.githubusercontent\.com .+-webgpu\.wasm$/.test(each))).toBe(true)
  const attempts = await page.evaluate(() =>
    fetch('https://raw.githubusercontent.com/x').then(
      () => 'reached',
      () => 'refused',
    ),
  )
  expect(attempts, 'the page itself may not').toBe('refused')
  await expect(card.getByRole('alert')).toBeVisible({ timeout: 60_000 })
  expect(await findings(page)).toEqual([])
  await page.screenshot({ path: `${SCREENSHOTS}/web-llm-failed.png` })
  await card.getByRole('button', { name: `Stop using ${name}` }).click()
  await expect(
    card.getByRole('button', { name: `Go on downloading ${name}` }),
    'what is damaged can be had again',
  ).toBeVisible()
  await dialog.getByText(/^Models and adapters on this machine: /).click()
  await dialog.getByRole('button', { name: `Remove ${name} from this machine` }).click()
  await expect(card.getByRole('button', { name: `Download ${name}` })).toBeVisible()
})
