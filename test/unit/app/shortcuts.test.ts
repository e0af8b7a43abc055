import { expect, test } from 'vitest'
import { commandOf, type KeyPress } from '../../../src/app/shortcuts'

const press = (key: string, more: Partial<KeyPress> = {}): KeyPress => ({
  key,
  code: '',
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  isComposing: false,
  editing: false,
  ...more,
})

test.each([
  ['/', 'focusQuestion'],
  ['?', 'help'],
  ['[', 'previousCitation'],
  [']', 'nextCitation'],
])('%s alone is %s, unless it would write or is switched off', (key, type) => {
  expect(commandOf(press(key), true)).toEqual({ type })
  expect(commandOf(press(key, { editing: true }), true)).toBeUndefined()
  expect(commandOf(press(key), false)).toBeUndefined()
  expect(commandOf(press(key, { ctrlKey: true }), true)).toBeUndefined()
})

test('Ctrl+U and ⌘U add files, also from the question box and without single keys', () => {
  expect(commandOf(press('u', { ctrlKey: true, editing: true }), false)).toEqual({ type: 'addFiles' })
  expect(commandOf(press('U', { metaKey: true }), true)).toEqual({ type: 'addFiles' })
})

test('Alt with a digit toggles a pane by the place of the key, whatever character it gives', () => {
  expect(commandOf(press('¡', { altKey: true, code: 'Digit1', editing: true }), false)).toEqual({
    type: 'togglePane',
    pane: 'library',
  })
  expect(commandOf(press('3', { altKey: true, code: 'Digit3' }), true)).toEqual({ type: 'togglePane', pane: 'reader' })
  expect(commandOf(press('4', { altKey: true, code: 'Digit4' }), true)).toBeUndefined()
})

test('Escape stops, but belongs to the IME while it composes', () => {
  expect(commandOf(press('Escape', { editing: true }), false)).toEqual({ type: 'stop' })
  expect(commandOf(press('Escape', { isComposing: true }), true)).toBeUndefined()
})
