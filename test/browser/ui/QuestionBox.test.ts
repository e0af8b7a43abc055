import { expect, test, vi } from 'vitest'
import { userEvent } from 'vitest/browser'
import { render } from 'vitest-browser-svelte'
import QuestionBox from '../../../src/ui/chat/QuestionBox.svelte'

async function box(props: Partial<{ ready: boolean; asking: boolean; question: string }> = {}) {
  const onsend = vi.fn()
  const onstop = vi.fn()
  const screen = await render(QuestionBox, {
    question: '',
    ready: true,
    asking: false,
    placeholder: 'Ask',
    focus: 0,
    onsend,
    onstop,
    ...props,
  })
  const field = screen.getByRole('textbox', { name: 'Question' })
  return { screen, field, element: field.element() as HTMLTextAreaElement, onsend, onstop }
}

test('Enter sends and empties the box', async () => {
  const { field, element, onsend } = await box()
  await field.fill('How much leave?')
  await userEvent.keyboard('{Enter}')
  expect(onsend).toHaveBeenCalledExactlyOnceWith('How much leave?')
  expect(element.value).toBe('')
})

test('Ctrl+Enter sends, Shift+Enter begins a new line', async () => {
  const { field, element, onsend } = await box()
  await field.fill('one')
  await userEvent.keyboard('{Shift>}{Enter}{/Shift}two')
  expect(element.value).toBe('one\ntwo')
  expect(onsend).not.toHaveBeenCalled()
  await userEvent.keyboard('{Control>}{Enter}{/Control}')
  expect(onsend).toHaveBeenCalledExactlyOnceWith('one\ntwo')
})

test('an Enter that chooses kanji does not send', async () => {
  const { field, element, onsend } = await box()
  await field.fill('有給休暇')
  const enter = (init: KeyboardEventInit) =>
    element.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true, ...init }))
  element.dispatchEvent(new CompositionEvent('compositionstart', { bubbles: true }))
  enter({ isComposing: true })
  enter({ keyCode: 229 } as KeyboardEventInit)
  enter({})
  // Safari: the composition ends first, and the same stroke of Enter comes after it.
  element.dispatchEvent(new CompositionEvent('compositionend', { bubbles: true }))
  enter({})
  expect(onsend).not.toHaveBeenCalled()
  expect(element.value).toBe('有給休暇')

  await new Promise((resolve) => setTimeout(resolve, 100))
  enter({})
  expect(onsend).toHaveBeenCalledExactlyOnceWith('有給休暇')
})

test('nothing is sent when there is nothing to ask', async () => {
  const { screen } = await box({ question: '  ' })
  await expect.element(screen.getByRole('button', { name: 'Send' })).toBeDisabled()
})

test('nothing is sent when there is nothing to ask in', async () => {
  const { field, screen, onsend } = await box({ ready: false, question: 'What?' })
  await field.click()
  await userEvent.keyboard('{Enter}')
  expect(onsend).not.toHaveBeenCalled()
  await expect.element(screen.getByRole('button', { name: 'Send' })).toBeDisabled()
})

test('while an answer comes the button stops it, until something new is written', async () => {
  const { field, screen, onsend, onstop } = await box({ asking: true })
  await screen.getByRole('button', { name: 'Stop' }).click()
  expect(onstop).toHaveBeenCalledOnce()
  await field.fill('Another?')
  await screen.getByRole('button', { name: 'Send' }).click()
  expect(onsend).toHaveBeenCalledExactlyOnceWith('Another?')
})
