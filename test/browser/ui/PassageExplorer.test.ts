import { expect, test, vi } from 'vitest'
import { userEvent } from 'vitest/browser'
import { render } from 'vitest-browser-svelte'
import { PassageList } from '../../../src/app/passage-list.svelte'
import type { Document, Passage } from '../../../src/domain'
import PassageExplorer from '../../../src/ui/passages/PassageExplorer.svelte'

const handbook: Document = {
  hash: 'a'.repeat(64),
  name: 'handbook.pdf',
  type: 'pdf',
  bytes: 1,
  added: 0,
  collections: ['c'],
  language: 'en',
  pages: 900,
  imagePages: [],
  passages: 0,
  outline: [],
  locked: false,
}

const passage = (ordinal: number, more: Partial<Passage> = {}): Passage => {
  const text = more.text ?? `Sentence ${ordinal} of the handbook.`
  return {
    id: `a/${ordinal}/0-9`,
    document: handbook.hash,
    ordinal,
    kind: 'text',
    headingPath: ['Chapter', `Section ${ordinal}`],
    text,
    pieces: [{ at: 0, page: Math.floor(ordinal / 4) + 1, start: 0, length: text.length }],
    sentences: [[0, text.length]],
    overlap: 0,
    tokens: 9,
    language: 'en',
    ...more,
  }
}

async function explorer(passages: Passage[], lacking?: number[]) {
  const list = new PassageList(handbook, {
    passages: () => Promise.resolve(passages),
    lacking: () => Promise.resolve(lacking && new Set(lacking)),
  })
  await list.load()
  const onopen = vi.fn()
  const screen = await render(PassageExplorer, { list, onopen })
  const items = () => screen.container.querySelectorAll('li')
  return { list, screen, items, onopen, field: screen.getByRole('searchbox', { name: 'Filter by words' }) }
}

test('a passage tells where it stands and what it is, and opens', async () => {
  const { screen, items, onopen } = await explorer([
    passage(0, {
      kind: 'table',
      text: 'a\tb\n1\t2',
      sentences: [
        [0, 3],
        [4, 7],
      ],
      overlap: 1,
      language: 'ja',
    }),
    passage(1, {
      text: 'Said before. Said now.',
      sentences: [
        [0, 12],
        [13, 22],
      ],
      overlap: 1,
    }),
  ])
  await expect.element(screen.getByText(/9 tokens · Japanese · Table$/)).toBeVisible()
  await expect.element(screen.getByText('Begins with the header row of its table')).toBeVisible()
  await expect.element(screen.getByText('Begins with 1 sentence of the passage before')).toBeVisible()
  expect(items()[1]?.querySelector('.repeated')?.textContent).toBe('Said before.')
  await screen.getByRole('button', { name: 'Open no. 2 on its page' }).click()
  expect(onopen.mock.calls[0]?.[0]).toMatchObject({ ordinal: 1 })
})

test('nothing is said of vectors where there is no embedder, and which lack one where there is', async () => {
  const without = await explorer([passage(0)])
  expect(without.screen.container.textContent).not.toMatch(/vector/i)
  const { screen, items } = await explorer([passage(0), passage(1)], [1])
  await expect.element(screen.getByText(/1 of 2 have vectors/)).toBeVisible()
  expect(items()[0]?.textContent).toContain('Has a vector')
  expect(items()[1]?.textContent).toContain('No vector yet')
})

test('five thousand passages: a hundred at a time, and paging goes to the beginning of the next', async () => {
  const { screen, items } = await explorer(Array.from({ length: 5000 }, (_, at) => passage(at)))
  expect(items()).toHaveLength(100)
  const pager = screen.getByRole('group', { name: 'Pages of the list' }).first()
  await expect.element(pager).toHaveTextContent('1–100 of 5,000')
  await expect.element(pager.getByRole('button', { name: 'Previous' })).toHaveAttribute('aria-disabled', 'true')
  await pager.getByRole('button', { name: 'Last' }).click()
  await expect.element(pager).toHaveTextContent('4,901–5,000 of 5,000')
  expect(items()[0]?.getAttribute('data-ordinal')).toBe('4900')
})

test('the filter finds text and headings whatever their width and case, and marks what it found', async () => {
  const { screen, items, field } = await explorer([
    passage(0, { text: 'ＧＵＩＤＥ for staff' }),
    passage(1, { headingPath: ['Guide'], text: 'About staff.' }),
    passage(2),
  ])
  await field.fill('guide STAFF')
  await expect.poll(() => items().length).toBe(2)
  expect([...items()].map((item) => item.getAttribute('data-ordinal'))).toEqual(['0', '1'])
  expect(items()[0]?.querySelector('mark')?.textContent).toBe('ＧＵＩＤＥ')
  await expect.element(screen.getByRole('status')).toHaveTextContent('2 of 3 passages')
  await field.fill('nowhere')
  await expect.element(screen.getByText('No passage holds all of these words.')).toBeVisible()
  await userEvent.keyboard('{Escape}')
  await expect.poll(() => items().length).toBe(3)
})

test('what an input method composes is not searched for until it is chosen', async () => {
  const { list, field } = await explorer([passage(0, { text: '有給休暇を与える。' }), passage(1)])
  const input = field.element() as HTMLInputElement
  input.value = 'きゅう'
  input.dispatchEvent(new InputEvent('input', { bubbles: true, isComposing: true }))
  expect(list.filter).toBe('')
  expect(list.found).toHaveLength(2)
  input.value = '休暇'
  input.dispatchEvent(new CompositionEvent('compositionend', { bubbles: true }))
  expect(list.filter).toBe('休暇')
  expect(list.found).toHaveLength(1)
})

test('a passage that is asked for is brought into view with its neighbours, out of any filter, with the focus', async () => {
  const { list, screen, items, field } = await explorer(Array.from({ length: 350 }, (_, at) => passage(at)))
  await field.fill('Sentence 7')
  list.reveal(234)
  await vi.waitFor(() => expect(document.activeElement?.getAttribute('aria-label')).toBe('Open no. 235 on its page'))
  expect(list.filter).toBe('')
  expect(items()[0]?.getAttribute('data-ordinal')).toBe('200')
  expect(screen.container.querySelector('li[aria-current]')?.getAttribute('data-ordinal')).toBe('234')
})

test('a document without text says so', async () => {
  const { screen } = await explorer([])
  await expect.element(screen.getByText('This document has no passages: no text was found in it.')).toBeVisible()
})

test('a database that cannot be read is told, and tried again', async () => {
  let broken = true
  const list = new PassageList(handbook, {
    passages: () => (broken ? Promise.reject(new Error('closed')) : Promise.resolve([passage(0)])),
    lacking: () => Promise.resolve(undefined),
  })
  await list.load()
  const screen = await render(PassageExplorer, { list, onopen: vi.fn() })
  await expect.element(screen.getByRole('alert')).toBeVisible()
  broken = false
  await screen.getByRole('button', { name: 'Try again' }).click()
  await expect.element(screen.getByText('Sentence 0 of the handbook.')).toBeVisible()
})
