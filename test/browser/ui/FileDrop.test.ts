import { expect, test, vi } from 'vitest'
import { render } from 'vitest-browser-svelte'
import type { App } from '../../../src/app/app.svelte'
import FileDropInPage from './FileDropInPage.svelte'

async function open() {
  const add = vi.fn()
  const ondropped = vi.fn()
  const app = { library: { collections: { current: { name: 'House' } }, add } } as unknown as App
  const screen = await render(FileDropInPage, { app, ondropped })
  const page = screen.getByRole('heading', { name: 'Documents' }).element()
  const part = screen.getByRole('group', { name: 'Questions' }).element()
  return { screen, page, part, add, ondropped }
}

const file = new File(['a'], 'a.csv')

/** @return whether the page takes what is dragged */
function drag(type: 'dragenter' | 'dragover' | 'drop', target: Element, what: File | string = file): boolean {
  const dataTransfer = new DataTransfer()
  if (typeof what === 'string') dataTransfer.setData('text/plain', what)
  else dataTransfer.items.add(what)
  const event = new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true })
  target.dispatchEvent(event)
  return event.defaultPrevented
}

test('the page offers to take documents, but not over a part that takes other files', async () => {
  const { screen, page, part } = await open()
  const offer = screen.getByText('into “House”')
  drag('dragenter', page)
  expect(drag('dragover', page)).toBe(true)
  await expect.element(offer).toBeVisible()
  expect(drag('dragover', part)).toBe(true)
  await expect.element(offer).not.toBeInTheDocument()
  expect(drag('dragover', page)).toBe(true)
  await expect.element(offer).toBeVisible()
})

test('what is dropped goes to the part or to the documents, never to both', async () => {
  const { page, part, add, ondropped } = await open()
  drag('drop', part)
  await vi.waitFor(() => expect(ondropped).toHaveBeenCalledWith([{ path: 'a.csv', file: expect.any(File) }]))
  expect(add).not.toHaveBeenCalled()
  drag('drop', page)
  await vi.waitFor(() => expect(add).toHaveBeenCalledOnce())
  expect(ondropped).toHaveBeenCalledOnce()
})

test('text that is dragged is left to the browser', async () => {
  const { page, part } = await open()
  expect([drag('dragover', page, 'words'), drag('drop', part, 'words')]).toEqual([false, false])
})
