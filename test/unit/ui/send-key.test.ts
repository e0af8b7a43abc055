import { expect, test } from 'vitest'
import { SendKey } from '../../../src/ui/chat/send-key'

const enter = (more: Partial<KeyboardEvent> = {}) => ({
  key: 'Enter',
  keyCode: 13,
  isComposing: false,
  shiftKey: false,
  altKey: false,
  repeat: false,
  timeStamp: 10_000,
  ...more,
})

test('Enter sends; with Shift or Alt, or held down, it does not', () => {
  const key = new SendKey()
  expect(key.sends(enter())).toBe(true)
  expect(key.sends(enter({ shiftKey: true }))).toBe(false)
  expect(key.sends(enter({ altKey: true }))).toBe(false)
  expect(key.sends(enter({ repeat: true }))).toBe(false)
  expect(key.sends(enter({ key: 'a' }))).toBe(false)
})

test('an Enter of the IME is known by isComposing, by keyCode 229, or by the composition under way', () => {
  const key = new SendKey()
  expect(key.sends(enter({ isComposing: true }))).toBe(false)
  expect(key.sends(enter({ keyCode: 229 }))).toBe(false)
  key.oncompositionstart()
  expect(key.sends(enter())).toBe(false)
})

test('Safari: the Enter that follows the end of the composition in the same moment does not send, the next one does', () => {
  const key = new SendKey()
  key.oncompositionstart()
  key.oncompositionend({ timeStamp: 10_000 })
  expect(key.sends(enter({ timeStamp: 10_004 }))).toBe(false)
  expect(key.sends(enter({ timeStamp: 10_180 }))).toBe(true)
})
