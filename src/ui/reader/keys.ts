export type ReaderAction =
  'leave' | 'next' | 'previous' | 'zoomIn' | 'zoomOut' | 'fit' | 'pageDown' | 'pageUp' | 'start' | 'end'

const KEYS: Readonly<Record<string, ReaderAction>> = {
  '[': 'previous',
  ']': 'next',
  '+': 'zoomIn',
  '=': 'zoomIn',
  '-': 'zoomOut',
  '0': 'fit',
  PageDown: 'pageDown',
  PageUp: 'pageUp',
  Home: 'start',
  End: 'end',
}

/** Those that browsers use for their own zoom, and that are taken over while the focus is in the pane. */
const WITH_CONTROL: readonly ReaderAction[] = ['zoomIn', 'zoomOut', 'fit', 'start', 'end']

/**
 * What a key means while the focus is in the Reader pane (WCAG 2.1.4 allows single keys there), if anything. Fields keep
 * their keys, all but Escape; a key that is part of composing Japanese is left alone.
 */
export function readerKey(event: KeyboardEvent): ReaderAction | undefined {
  if (event.isComposing || event.altKey || event.defaultPrevented) return undefined
  if (event.key === 'Escape') return 'leave'
  if (event.target instanceof HTMLInputElement) return undefined
  const action = KEYS[event.key]
  if (!action) return undefined
  const control = event.ctrlKey || event.metaKey
  return control && !WITH_CONTROL.includes(action) ? undefined : action
}
