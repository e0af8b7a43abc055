import { expect, test, vi } from 'vitest'
import { userEvent } from 'vitest/browser'
import { render } from 'vitest-browser-svelte'
import type { AnswerSentence, Citation } from '../../../src/domain'
import SentenceWithCard from './SentenceWithCard.svelte'

const citation: Citation = {
  marker: 1,
  document: 'a'.repeat(64),
  documentName: 'handbook.pdf',
  passage: 'a/12/0-28',
  quote: 'Staff have 27 days of leave.',
  spans: [{ page: 12, start: 0, end: 28 }],
  headingPath: ['Leave'],
}

async function shown(sentence: Partial<AnswerSentence> = {}) {
  const onopen = vi.fn()
  const text = 'Staff have 27 days of leave.'
  const screen = await render(SentenceWithCard, {
    sentence: { text, marks: [[11, 18]], citations: [citation], ...sentence },
    onopen,
  })
  return { screen, onopen, chip: screen.getByRole('button', { name: 'Citation 1: handbook.pdf, page 12' }) }
}

test('the likely answer is marked', async () => {
  const { screen } = await shown()
  expect(screen.container.querySelector('mark')?.textContent).toBe('27 days')
})

test('text from a document is never markup', async () => {
  const text = '<img src=x onerror=alert(1)> & <b>bold</b>'
  const { screen } = await shown({ text, marks: [[0, 4]] })
  expect(screen.container.querySelector('img, b')).toBeNull()
  expect(screen.container.textContent).toContain(text)
})

test('a chip opens its citation', async () => {
  const { chip, onopen } = await shown()
  await chip.click()
  expect(onopen).toHaveBeenCalledExactlyOnceWith(citation, chip.element())
})

test('focus by keyboard shows the card, which describes the chip; Escape dismisses it and nothing else', async () => {
  const { screen, chip } = await shown()
  const outer = vi.fn()
  window.addEventListener('keydown', outer, { once: true })
  await userEvent.keyboard('{Tab}')
  const card = screen.getByRole('tooltip')
  await expect.element(card).toHaveTextContent(/handbook\.pdf.*Page 12.*Leave.*Staff have 27 days of leave\./)
  expect(chip.element().getAttribute('aria-describedby')).toBe(card.element().id)
  await userEvent.keyboard('{Escape}')
  await expect.element(card).not.toBeInTheDocument()
  expect(document.activeElement).toBe(chip.element())
  window.removeEventListener('keydown', outer)
})

test('the card stays while the pointer is on it, and goes when it leaves', async () => {
  const { screen, chip } = await shown()
  await chip.hover()
  const card = screen.getByRole('tooltip')
  await expect.element(card).toBeVisible()
  await card.hover()
  await new Promise((resolve) => setTimeout(resolve, 500))
  await expect.element(card).toBeVisible()
  await screen.getByTestId('elsewhere').hover()
  await expect.element(card).not.toBeInTheDocument()
})
