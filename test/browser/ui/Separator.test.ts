import { expect, test, vi } from 'vitest'
import { userEvent } from 'vitest/browser'
import { render } from 'vitest-browser-svelte'
import { DEFAULT_WIDTHS, MINIMUM } from '../../../src/app/pane-sizes'
import { Panes } from '../../../src/app/panes.svelte'
import Separator from '../../../src/ui/shell/Separator.svelte'
import { temporaryDatabase } from '../storage/fixtures'

async function separator(pane: 'library' | 'reader') {
  const db = await temporaryDatabase()
  const panes = new Panes(db)
  const screen = await render(Separator, { panes, pane, label: 'Resize' })
  const element = screen.getByRole('separator', { name: 'Resize' }).element() as HTMLElement
  element.focus()
  return { db, panes, element }
}

const value = (element: HTMLElement) => Number(element.getAttribute('aria-valuenow'))

test('arrows move it, Home and End go to the limits, and the value is told', async () => {
  const { panes, element } = await separator('library')
  expect(value(element)).toBe(DEFAULT_WIDTHS.library)
  await userEvent.keyboard('{ArrowRight}')
  expect(panes.widths.library).toBe(DEFAULT_WIDTHS.library + 16)
  expect(value(element)).toBe(DEFAULT_WIDTHS.library + 16)
  await userEvent.keyboard('{Home}')
  expect(value(element)).toBe(MINIMUM.library)
  await userEvent.keyboard('{End}')
  expect(value(element)).toBe(Number(element.getAttribute('aria-valuemax')))
})

test('the reader grows to the left', async () => {
  const { panes } = await separator('reader')
  await userEvent.keyboard('{Shift>}{ArrowLeft}{/Shift}')
  expect(panes.widths.reader).toBe(DEFAULT_WIDTHS.reader + 96)
})

test('Enter folds its pane away, and the last pane stays', async () => {
  const { panes } = await separator('library')
  await userEvent.keyboard('{Enter}')
  expect(panes.visible('library')).toBe(false)
  panes.toggle('reader')
  panes.toggle('chat')
  expect(panes.visible('chat')).toBe(true)
})

test('widths and folded panes are there again after a reload', async () => {
  const { db, panes } = await separator('library')
  await userEvent.keyboard('{ArrowRight}')
  panes.toggle('reader')
  await vi.waitFor(async () => expect(await db.get('settings', 'panes')).toBeDefined())
  const reloaded = new Panes(db)
  await reloaded.load()
  expect(reloaded.widths.library).toBe(DEFAULT_WIDTHS.library + 16)
  expect(reloaded.visible('reader')).toBe(false)
})

test('under 900 px one pane is shown at a time', async () => {
  const { panes } = await separator('library')
  panes.total = 800
  panes.show('reader')
  expect(['library', 'chat', 'reader'].map((pane) => panes.visible(pane as 'library'))).toEqual([false, false, true])
})
