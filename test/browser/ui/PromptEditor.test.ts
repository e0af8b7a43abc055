import { afterEach, expect, test } from 'vitest'
import { render } from 'vitest-browser-svelte'
import { defaultTemplates } from '../../../src/answering/templates/templates'
import { PromptTexts } from '../../../src/app/prompt-texts.svelte'
import { locale } from '../../../src/i18n/i18n.svelte'
import { getSetting } from '../../../src/storage/settings'
import PromptEditor from '../../../src/ui/models/PromptEditor.svelte'
import { temporaryDatabase } from '../storage/fixtures'

afterEach(() => (locale.language = 'en'))

async function shown() {
  const db = await temporaryDatabase()
  const texts = new PromptTexts(db)
  await texts.load()
  const screen = await render(PromptEditor, { texts })
  await screen.getByText('What the model is told').click()
  return {
    db,
    texts,
    screen,
    wording: screen.getByLabelText('Wording', { exact: true }),
    name: screen.getByLabelText('Text', { exact: true }),
    language: screen.getByLabelText('Language of the question'),
    save: screen.getByRole('button', { name: 'Save wording' }),
    back: screen.getByRole('button', { name: 'Back to ours' }),
  }
}

test('a wording is kept, is shown as changed, and gives way to ours again', async () => {
  const { db, texts, screen, wording, name, save, back } = await shown()
  await name.selectOptions('strict.user')
  await expect.element(wording).toHaveValue(defaultTemplates.en['strict.user'])
  await expect.element(back).toBeDisabled()
  const own = 'Read {passages} and answer {question}'
  await wording.fill(own)
  await save.click()
  await expect.element(screen.getByRole('status')).toHaveTextContent('Saved. The next question goes by it.')
  expect(texts.of('en')['strict.user']).toBe(own)
  expect(await getSetting(db, 'templates')).toMatchObject({ en: { 'strict.user': own } })
  await expect.element(screen.getByRole('option', { name: 'strict.user (changed)' })).toBeInTheDocument()
  await back.click()
  await expect.element(wording).toHaveValue(defaultTemplates.en['strict.user'])
  expect(texts.isOwn('en', 'strict.user')).toBe(false)
})

test('a wording that lacks what has to be filled in is refused, stays to be mended, and changes nothing', async () => {
  const { texts, screen, wording, name, save } = await shown()
  await name.selectOptions('strict.user')
  await wording.fill('Only {question}')
  await save.click()
  await expect.element(screen.getByRole('status')).toHaveTextContent('must contain {passages}')
  await expect.element(wording).toHaveAttribute('aria-invalid', 'true')
  await expect.element(wording).toHaveValue('Only {question}')
  expect(texts.isOwn('en', 'strict.user')).toBe(false)
})

test('each language has its own wording, and what was said of one is not said of the other', async () => {
  const { texts, screen, wording, name, language, save } = await shown()
  await name.selectOptions('strict.user')
  await wording.fill('Only {question}')
  await save.click()
  await language.selectOptions('日本語')
  await expect.element(wording).toHaveValue(defaultTemplates.ja['strict.user'])
  await expect.element(wording).toHaveAttribute('lang', 'ja')
  await expect.element(screen.getByRole('status')).not.toBeInTheDocument()
  await wording.fill('{passages} {question}')
  await save.click()
  expect(texts.of('ja')['strict.user']).toBe('{passages} {question}')
  expect(texts.of('en')['strict.user']).toBe(defaultTemplates.en['strict.user'])
})
