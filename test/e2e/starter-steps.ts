import { expect, type Locator, type Page } from '@playwright/test'
import { makeHandbook, type Handbook } from '../fixtures/handbook'
import type { Language } from '../../src/domain'
import { choose, documentNamed, open } from './person'

/** The model that comes with the page, as a person uses it. */
export const MODEL = 'Fumikura Tiny'
const WORDS = {
  en: { with: `Answer with ${MODEL}`, adapters: /^Adapters: /, off: 'Take all off' },
  ja: { with: `${MODEL} で答える`, adapters: /^アダプター：/, off: 'すべて外す' },
} as const

/** Opens the page as at the first visit and adds a generated handbook. */
export async function openHandbook(page: Page, language: Language): Promise<Handbook> {
  const handbook = makeHandbook(language)
  await open(page)
  const buffer = Buffer.from(await handbook.pdf.arrayBuffer())
  await choose(page, { name: handbook.name, mimeType: 'application/pdf', buffer })
  await expect(documentNamed(page, handbook.name)).toBeVisible({ timeout: 60_000 })
  return handbook
}

/** Questions asked for one answer. */
const PATIENCE = 6

const finished = (turn: Locator) => expect(turn).toHaveAttribute('aria-busy', 'false', { timeout: 120_000 })

/** Asks, and waits for the answer, whoever gives it. */
export async function askAnyone(page: Page, question: string): Promise<Locator> {
  const turns = page.locator('article')
  const before = await turns.count()
  await page.locator('#question').fill(question)
  await page.locator('#question').press('Enter')
  await expect(turns).toHaveCount(before + 1)
  await finished(turns.last())
  return turns.last()
}

/** Asks, and has the answer that was quoted written by the model, which is awaited. */
export async function askModel(page: Page, question: string, language: Language): Promise<Locator> {
  const quoted = await askAnyone(page, question)
  const turns = page.locator('article')
  const before = await turns.count()
  await quoted.getByRole('button', { name: WORDS[language].with }).click({ timeout: 120_000 })
  await expect(turns).toHaveCount(before + 1)
  await finished(turns.last())
  return turns.last()
}

/**
 * Asks question after question until an answer reads as wanted: the model refuses some, and an adapter forgets itself in some.
 * How many is for `npm run eval -- starter`.
 */
export async function answeredOne<Question extends { question: string }>(
  questions: readonly Question[],
  wanted: RegExp,
  ask: (question: string) => Promise<Locator>,
): Promise<{ turn: Locator; asked: Question }> {
  const heard: string[] = []
  for (const asked of questions.slice(0, PATIENCE)) {
    const turn = await ask(asked.question)
    const text = await said(turn)
    if (wanted.test(text)) return { turn, asked }
    heard.push(text)
  }
  throw new Error(`none of these is ${wanted}: ${heard.join(' / ')}`)
}

/** Puts these adapters on and all others off, by the names that the person sees. */
export async function wear(page: Page, language: Language, names: readonly string[]): Promise<void> {
  await page.getByRole('button', { name: WORDS[language].adapters }).click({ timeout: 120_000 })
  const panel = page.locator('.panel[role=group]')
  const off = panel.getByRole('button', { name: WORDS[language].off })
  if (await off.isEnabled()) await off.click()
  for (const name of names)
    await panel.getByRole('checkbox', { name: new RegExp(`^${name}`) }).check({ timeout: 60_000 })
  await page.keyboard.press('Escape')
}

/** What an answer says, without its chips. */
export async function said(turn: Locator): Promise<string> {
  const texts = await turn.locator('.sentences .text').allTextContents()
  return texts.join('').trim()
}
