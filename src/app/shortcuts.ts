import type { PaneId } from './pane-sizes'

export type Command =
  | { type: 'focusQuestion' }
  | { type: 'help' }
  | { type: 'addFiles' }
  | { type: 'previousCitation' }
  | { type: 'nextCitation' }
  | { type: 'stop' }
  | { type: 'togglePane'; pane: PaneId }

/** What of a KeyboardEvent decides; `editing`: the key was pressed in a field where it would write. */
export interface KeyPress {
  key: string
  code: string
  ctrlKey: boolean
  metaKey: boolean
  altKey: boolean
  isComposing: boolean
  editing: boolean
}

const SINGLE_KEYS: Readonly<Record<string, Command>> = {
  '/': { type: 'focusQuestion' },
  '?': { type: 'help' },
  '[': { type: 'previousCitation' },
  ']': { type: 'nextCitation' },
}

/** By `code`: with Alt (Option) a Mac gives other characters. */
const PANE_KEYS: Readonly<Record<string, PaneId>> = { Digit1: 'library', Digit2: 'chat', Digit3: 'reader' }

/** The command of a key press anywhere on the page, or undefined. Nothing is a command while an IME composes. */
export function commandOf(press: KeyPress, singleKeys: boolean): Command | undefined {
  const { key, code, ctrlKey, metaKey, altKey } = press
  if (press.isComposing) return undefined
  if (key === 'Escape') return { type: 'stop' }
  const pane = PANE_KEYS[code]
  if (altKey && !ctrlKey && !metaKey && pane) return { type: 'togglePane', pane }
  if ((ctrlKey || metaKey) && !altKey && key.toLowerCase() === 'u') return { type: 'addFiles' }
  if (press.editing || ctrlKey || metaKey || altKey || !singleKeys) return undefined
  return SINGLE_KEYS[key]
}

/** Whether a key pressed on `target` would write into it. */
export function isEditing(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target instanceof HTMLInputElement) return !['checkbox', 'radio', 'button'].includes(target.type)
  return target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement
}
