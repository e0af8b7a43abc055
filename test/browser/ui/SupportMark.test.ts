import { afterEach, expect, test } from 'vitest'
import { userEvent } from 'vitest/browser'
import { render } from 'vitest-browser-svelte'
import type { AnswerSentence } from '../../../src/domain'
import { locale } from '../../../src/i18n/i18n.svelte'
import SupportMark from '../../../src/ui/chat/SupportMark.svelte'

afterEach(() => (locale.language = 'en'))

const shown = (sentence: Partial<AnswerSentence>) =>
  render(SupportMark, { sentence: { text: 'It is 27 or 30.', marks: [], citations: [], ...sentence } })

test('a sentence that its passages hold has no mark', async () => {
  const screen = await shown({ support: 'supported' })
  expect(screen.container.querySelector('button')).toBeNull()
})

test('one that they do not hold has a mark that says why, by pointer and by keyboard', async () => {
  const screen = await shown({ support: 'unsupported' })
  const mark = screen.getByRole('button', { name: 'Not held by its sources' })
  const why = () => screen.container.querySelector<HTMLElement>('.why')!
  await expect.element(mark).toHaveAttribute('aria-expanded', 'false')
  expect(why().hidden).toBe(true)
  await mark.click()
  await expect.element(mark).toHaveAttribute('aria-expanded', 'true')
  expect(mark.element().getAttribute('aria-controls')).toBe(why().id)
  expect(why().hidden).toBe(false)
  expect(why().textContent.trim().length).toBeGreaterThan(10)
  await userEvent.keyboard('{Enter}')
  await expect.element(mark).toHaveAttribute('aria-expanded', 'false')
})

test('figures that stand in no passage are named as they were written', async () => {
  const screen = await shown({
    support: 'unsupported',
    unheldNumbers: [
      [6, 8],
      [12, 14],
    ],
  })
  await screen.getByRole('button').click()
  expect(screen.container.querySelector('.why')?.textContent).toContain('27, 30')
})

test('a sentence that was not checked is told from one that failed, also in Japanese', async () => {
  const screen = await shown({ support: 'unchecked' })
  const english = screen.getByRole('button').element()
  expect(english.classList.contains('grave')).toBe(false)
  const label = english.textContent
  locale.language = 'ja'
  await expect.poll(() => screen.getByRole('button').element().textContent).not.toBe(label)
})
