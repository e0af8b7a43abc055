import { expect, test, vi } from 'vitest'
import { render } from 'vitest-browser-svelte'
import type { QuestionTrace } from '../../../src/app/question-trace'
import TracePanel from '../../../src/ui/trace/TracePanel.svelte'
import { questionTrace } from '../../fixtures/question-trace'

async function panel(trace: QuestionTrace = questionTrace, removed: string[] = []) {
  const onopen = vi.fn()
  const onneighbours = vi.fn()
  const screen = await render(TracePanel, { trace, removed: new Set(removed), paged: () => true, onopen, onneighbours })
  const table = screen.getByRole('table', { name: /Every passage that was looked at/ })
  const numbers = () =>
    [...screen.container.querySelectorAll('tbody tr[data-number]')].map((row) =>
      Number(row.getAttribute('data-number')),
    )
  return { screen, table, numbers, onopen, onneighbours }
}

test('the table has a column for each stage that scored, also for one the page has no name for', async () => {
  const { table } = await panel()
  const headers = [...table.element().querySelectorAll('thead th')].map((header) => header.textContent?.trim())
  expect(headers).toEqual(['No.', 'Passage', 'Words', 'Like meaning', 'astrology', 'Merging', 'What became of it'])
  const row = table.element().querySelector('tr[data-number="3"]')
  expect(row?.textContent).toMatch(/9\.00\s*rank 3/)
  expect(row?.textContent).toMatch(/7\.00\s*rank 1/)
  expect(row?.textContent).toContain('no score')
})

test('a score without a rank says that the passage was not on the list', async () => {
  const { table } = await panel()
  expect(table.element().querySelector('tr[data-number="1"]')?.textContent).toMatch(/0\.500\s*not on its list/)
})

test('sorted by any column, best first; pressed again, worst first; and the header says so', async () => {
  const { screen, numbers } = await panel()
  const words = screen.getByRole('columnheader', { name: 'Words' })
  await words.getByRole('button').click()
  expect(numbers()).toEqual([1, 3, 2, 4, 6, 7, 5])
  await expect.element(words).toHaveAttribute('aria-sort', 'descending')
  await words.getByRole('button').click()
  expect(numbers()).toEqual([7, 6, 4, 2, 3, 1, 5])
  await expect.element(words).toHaveAttribute('aria-sort', 'ascending')
  await screen.getByRole('columnheader', { name: 'What became of it' }).getByRole('button').click()
  expect(numbers().slice(0, 2)).toEqual([2, 1])
  expect(words.element().hasAttribute('aria-sort')).toBe(false)
})

test('filtered by fate; a passage that gave way leads to the better one even when the filter hides it', async () => {
  const { screen, numbers } = await panel()
  await screen.getByRole('button', { name: 'Repetition 1' }).click()
  expect(numbers()).toEqual([3])
  await screen.getByRole('button', { name: 'Go to no. 1' }).click()
  expect(numbers()).toEqual([1, 2, 3, 4, 5, 6, 7])
  await vi.waitFor(() => expect(document.activeElement?.getAttribute('aria-label')).toBe('Open passage 1: page 4'))
})

test('one that gave way to a passage that is not in the table names no number', async () => {
  const { table } = await panel()
  const row = table.element().querySelector('tr[data-number="4"]')
  expect(row?.textContent).toContain('Says almost word for word what a better passage says')
})

test('a row opens its passage wherever it is clicked, and can be seen among its neighbours', async () => {
  const { screen, table, onopen, onneighbours } = await panel()
  const row = table.element().querySelector<HTMLElement>('tr[data-number="2"]')!
  row.scrollIntoView({ block: 'center' })
  const box = row.getBoundingClientRect()
  const hit = document.elementFromPoint(box.left + box.width * 0.8, box.top + box.height * 0.6)
  expect(hit?.closest('tr')).toBe(row)
  ;(hit as HTMLElement).click()
  expect(onopen).toHaveBeenCalledOnce()
  expect(onopen.mock.calls[0]?.[0]).toMatchObject({ ordinal: 0 })
  expect(onopen.mock.calls[0]?.[1]).toBe('handbook.pdf')
  await screen.getByRole('button', { name: 'Show passage 2 among its neighbours' }).click()
  expect(onneighbours.mock.calls[0]?.[0]).toMatchObject({ ordinal: 0 })
})

test('a document that was removed since is told of, and its passages open nothing', async () => {
  const { screen, table } = await panel(questionTrace, ['a'.repeat(64)])
  expect(table.element().querySelector('tr[data-number="1"]')?.textContent).toContain('Document removed since')
  expect(screen.container.querySelector('tr[data-number="1"] button')).toBeNull()
})

test('stages: those not run say why, lists open, and weights and stand-ins are told', async () => {
  const { screen } = await panel()
  await expect.element(screen.getByText('Not run: no embedding model is chosen')).toBeVisible()
  await expect.element(screen.getByText('Not run: the device was lost')).toBeVisible()
  await screen.getByText('Best 1 passage').first().click()
  await expect
    .element(screen.getByRole('table', { name: 'Best passages of “Words”' }))
    .toHaveTextContent(/page 4.*12\.3/)
  const terms = screen.getByRole('list', { name: 'Words searched' })
  await expect.element(terms).toHaveTextContent(/leave.*3\.50.*daye.*in no document; searched instead.*day/)
})

test('neighbours that are more often chance than meaning are shown on demand only', async () => {
  const { screen } = await panel()
  const entry = screen.getByRole('definition')
  await expect.element(entry).toHaveTextContent(/休暇\s*92/)
  expect(entry.element().textContent).not.toContain('tree')
  await screen.getByRole('button', { name: 'Show all 1' }).click()
  await expect.element(entry).toHaveTextContent(/tree\s*6/)
})

test('a refusal tells the probability, what was needed, and what it is made of', async () => {
  const { screen } = await panel()
  await expect.element(screen.getByText('Refused: these passages do not seem to answer.')).toBeVisible()
  await expect.element(screen.getByText('The probability of 8% is below the 14% that an answer needs.')).toBeVisible()
  await screen.getByText('What the probability is made of').first().click()
  await expect
    .element(screen.getByRole('table', { name: 'What the probability is made of' }))
    .toHaveTextContent(/−3\.53/)
})

test('a question that was stopped before the gate, and nothing found: the rest is told all the same', async () => {
  const { gate, ...stopped } = questionTrace
  expect(gate).toBeDefined()
  const trace = { ...stopped, candidates: [], query: { terms: [], pieces: [] } }
  const screen = await render(TracePanel, {
    trace,
    removed: new Set<string>(),
    paged: () => true,
    onopen: vi.fn(),
    onneighbours: vi.fn(),
  })
  await expect.element(screen.getByText('No passage holds anything of the question.').first()).toBeVisible()
  await expect.element(screen.getByText('Nothing in the question could be searched by words.')).toBeVisible()
  expect(screen.container.textContent).not.toContain('Refused')
})

test('text from a document is never markup', async () => {
  const excerpt = '<img src=x onerror=alert(1)> & <b>bold</b>'
  const candidates = questionTrace.candidates.map((candidate) => ({ ...candidate, excerpt, documentName: excerpt }))
  const { screen } = await panel({ ...questionTrace, candidates })
  expect(screen.container.querySelector('img, b')).toBeNull()
  expect(screen.container.textContent).toContain(excerpt)
})
