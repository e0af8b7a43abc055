import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { render } from 'vitest-browser-svelte'
import { App } from '../../../../src/app/app.svelte'
import { SearchIndex } from '../../../../src/app/search-index'
import { adapterName, type AdapterEntry } from '../../../../src/engines/llm/adapters/catalogue'
import { catalogue } from '../../../../src/engines/llm/catalogue'
import type { ModelCapabilities } from '../../../../src/engines/llm/language-model'
import { Interrupted } from '../../../../src/errors'
import { locale } from '../../../../src/i18n/i18n.svelte'
import { commitDocument } from '../../../../src/storage/documents'
import { getPassages } from '../../../../src/storage/passages'
import { listTurns } from '../../../../src/storage/turns'
import Chat from '../../../../src/ui/chat/Chat.svelte'
import '../../../../src/ui/styles/tokens.css'
import '../../../../src/ui/styles/base.css'
import '../../../../src/ui/styles/controls.css'
import { emptyStore, keepModel } from '../../../fixtures/keep-model'
import { ScriptedModel, type Script } from '../../../fixtures/scripted-model'
import { temporaryDatabase, withCollections } from '../../storage/fixtures'
import { hashOf, prepare } from '../../storage/prepared'

const [llm] = catalogue
const entryOf = (id: string, more: Partial<AdapterEntry> = {}): AdapterEntry => ({
  ...{ id, name: id, revision: '1', kind: 'style', rank: 4, alpha: 8, targets: ['q_proj'], languages: ['ja'] },
  files: [{ path: 'adapter_config.json' }],
  ...more,
})
const gozaru = entryOf('gozaru', { name: { en: 'Gozaru', ja: 'ござる' } })
const json = entryOf('json', { name: 'JSON', kind: 'format' })

/** What the model says depends on what it wears, as it does in life. */
const dressed: Script = (_prompt, _messages, options) => {
  const worn = options?.adapters?.map(({ adapter }) => adapter) ?? []
  if (worn.includes('adapter-json@1')) return '{"answer": "Page 1 of a.", "citations": [1]}'
  return worn.length ? 'Page 1 of a, de gozaru [1].' : 'Page 1 of a [1].'
}

beforeEach(emptyStore)
afterEach(async () => {
  locale.language = 'en'
  await emptyStore()
})

/** The chat over a real app, whose model is scripted and whose search finds the first passage. */
async function open(effect: ModelCapabilities['adapters'] = 'exact', entries = [gozaru, json]) {
  const db = await temporaryDatabase()
  await withCollections(db, 'one')
  await commitDocument(db, prepare('a'))
  const model = new ScriptedModel(dressed, { effect })
  const owner = { open: () => Promise.resolve({ model, passedOver: [] }), close: () => Promise.resolve() }
  const index = new SearchIndex()
  const [passage] = await getPassages(db, hashOf('a'))
  vi.spyOn(index, 'search').mockResolvedValue({
    evidence: [{ passage: passage!, documentName: 'a.pdf', rank: 1, score: 9, termCoverage: 1, matches: [] }],
    coverage: { passagesRead: 1, passagesSearched: 3, documentsRead: 1, documentsSearched: 1 },
  })
  const app = new App(db, () => Promise.reject(new Interrupted()), index, owner)
  for (const entry of entries) {
    await keepModel(adapterName(entry), new Map([['adapter_config.json', new Uint8Array(2)]]))
    await app.adapters.add(entry)
  }
  await app.library.load()
  await app.conversation.load()
  await Promise.all([app.writer.load(), app.adapterChoice.load()])
  await app.writer.setStrict(false)
  await app.writer.model.choose(llm)
  const screen = await render(Chat, { app, onpick: () => undefined })
  return { app, db, model, screen }
}

test('adapters are put on, blended and taken off by keyboard, and the button says what is on', async () => {
  const { screen, app } = await open()
  const button = screen.getByRole('button', { name: 'Adapters: none' })
  button.element().focus()
  await userEvent.keyboard('{Enter}')
  const panel = screen.getByRole('group', { name: /^Adapters for / })
  await expect.element(panel).toBeVisible()
  const first = screen.getByRole('checkbox', { name: 'JSON Format' })
  await expect.element(first).toHaveFocus()
  await userEvent.keyboard(' ')
  const strength = screen.getByRole('slider', { name: 'Strength of JSON' })
  await expect.element(strength).toHaveAttribute('aria-valuetext', '×1')
  await userEvent.keyboard('{Tab}')
  await expect.element(strength).toHaveFocus()
  await userEvent.keyboard('{ArrowLeft}{ArrowLeft}')
  await expect.element(strength).toHaveAttribute('aria-valuetext', '×0.9')
  await userEvent.keyboard('{End}')
  await expect.element(strength).toHaveAttribute('aria-valuetext', '×1.5')
  await screen.getByRole('checkbox', { name: 'Gozaru Style' }).click()
  await expect.element(screen.getByRole('button', { name: 'Adapters: JSON ×1.5, Gozaru' })).toBeVisible()
  await userEvent.keyboard('{Escape}')
  await expect.element(panel).not.toBeInTheDocument()
  await expect.element(screen.getByRole('button', { name: /^Adapters: JSON/ })).toHaveFocus()
  expect(app.adapterChoice.on).toHaveLength(2)
})

test('a choice is kept for the collection by a press, and taken off by another', async () => {
  const { screen, app } = await open()
  await screen.getByRole('button', { name: 'Adapters: none' }).click()
  const keep = screen.getByRole('button', { name: 'Use for this collection' })
  await expect.element(keep).toBeDisabled()
  await screen.getByRole('checkbox', { name: 'Gozaru Style' }).click()
  await expect.element(screen.getByText('This collection begins without adapters.')).toBeVisible()
  await keep.click()
  await expect.element(screen.getByText('This collection begins with: Gozaru.')).toBeVisible()
  await expect.element(keep).toBeDisabled()
  await screen.getByRole('button', { name: 'Take all off' }).click()
  await expect.element(screen.getByRole('checkbox', { name: 'Gozaru Style' })).not.toBeChecked()
  await expect.element(keep).toBeEnabled()
  expect(app.adapterChoice.on).toEqual([])
})

test('a press elsewhere closes the choice', async () => {
  const { screen } = await open()
  await screen.getByRole('button', { name: 'Adapters: none' }).click()
  await screen.getByRole('textbox', { name: 'Question' }).click()
  await expect.element(screen.getByRole('group', { name: /^Adapters for / })).not.toBeInTheDocument()
})

test('a model that merges says that effects are rounded; one that takes none has no switch, and says what is off', async () => {
  const merged = await open('merged')
  await merged.screen.getByRole('button', { name: 'Adapters: none' }).click()
  await expect.element(merged.screen.getByText(/their effect is rounded/)).toBeVisible()
  await merged.screen.unmount()
  const none = await open('none')
  await expect.element(none.screen.getByText(/^Answers are written by/)).toBeVisible()
  expect(none.screen.getByRole('button', { name: /^Adapters/ }).query()).toBeNull()
  none.app.adapterChoice.wear(gozaru)
  await expect.element(none.screen.getByText(/^Gozaru is off: .* cannot take adapters\.$/)).toBeVisible()
})

test('where no adapter is here yet, the way to some is shown', async () => {
  const { screen, app } = await open('exact', [])
  await screen.getByRole('button', { name: 'Adapters: none' }).click()
  await screen.getByRole('button', { name: 'Get adapters' }).click()
  expect(app.dialog).toBe('models')
})

test('an answer says what it was written with; answered again without, both stand side by side with their figures', async () => {
  const { screen, app, db } = await open()
  app.adapterChoice.wear(gozaru)
  await app.conversation.ask('What is on the page?')
  await expect.element(screen.getByText(/Scripted model · with: Gozaru ·/)).toBeVisible()
  await screen.getByRole('button', { name: 'Answer again without adapters' }).click()
  const answers = screen.getByRole('group', { name: 'Answers to compare' })
  const dressedUp = answers.getByRole('group', { name: 'Scripted model · with: Gozaru' })
  const plain = answers.getByRole('group', { name: 'Scripted model · without adapters' })
  await expect.element(dressedUp.getByText('Page 1 of a, de gozaru.')).toBeVisible()
  await expect.element(plain.getByText('Page 1 of a.', { exact: true })).toBeVisible()
  for (const one of [dressedUp, plain]) {
    await expect
      .element(one.getByText(/\d+ tokens written · first token after 0\.02s · [\d.]+ tokens per second/))
      .toBeVisible()
    await expect.element(one.getByRole('button', { name: /^Citation 1: / })).toBeVisible()
  }
  await expect.element(screen.getByRole('button', { name: 'Answer again without adapters' })).not.toBeInTheDocument()
  await page.viewport(1200, 800)
  const [left, right] = [dressedUp, plain].map((one) => one.element().getBoundingClientRect())
  expect(right!.left, 'side by side').toBeGreaterThanOrEqual(left!.right)
  await page.viewport(360, 800)
  const [above, below] = [dressedUp, plain].map((one) => one.element().getBoundingClientRect())
  expect(below!.top, 'one under the other').toBeGreaterThanOrEqual(above!.bottom)
  expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(360)
  await page.viewport(414, 896)
  // Deleted since, it is still named.
  await app.adapters.remove(gozaru)
  await expect.element(dressedUp).toBeVisible()
  await plain.getByRole('button', { name: 'Remove this answer' }).click()
  await expect.element(answers).not.toBeInTheDocument()
  expect((await listTurns(db, 'one'))[0]?.answer?.adapters?.[0]?.name).toEqual({ en: 'Gozaru', ja: 'ござる' })
})

test('another adapter is one press away, and its JSON is shown as an answer and as it was written', async () => {
  const { screen, app } = await open()
  await app.conversation.ask('What is on the page?')
  const other = screen.getByRole('button', { name: 'Answer again with another adapter' })
  await expect.element(other).toHaveAttribute('aria-expanded', 'false')
  await other.click()
  await screen.getByRole('button', { name: 'Answer again with JSON' }).click()
  const answer = screen.getByRole('group', { name: 'Scripted model · with: JSON' })
  await expect.element(answer.getByText('Page 1 of a.', { exact: true })).toBeVisible()
  await expect.element(answer.getByRole('button', { name: /^Citation 1: / })).toBeVisible()
  await answer.getByText('JSON as it was written').click()
  await expect.element(answer.getByText('{"answer": "Page 1 of a.", "citations": [1]}')).toBeVisible()
})

test('in Japanese', async () => {
  locale.language = 'ja'
  const { screen, app } = await open()
  app.adapterChoice.wear(gozaru, 0.5)
  await app.conversation.ask('What is on the page?')
  await expect.element(screen.getByText(/アダプター：ござる ×0\.5 ·/)).toBeVisible()
  await screen.getByRole('button', { name: 'アダプターなしで答え直す' }).click()
  await expect.element(screen.getByRole('group', { name: 'Scripted model · アダプターなし' })).toBeVisible()
})
