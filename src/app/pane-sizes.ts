export type PaneId = 'library' | 'chat' | 'reader'
export const PANES: readonly PaneId[] = ['library', 'chat', 'reader']

/** Widths of the side panes in CSS pixels; the chat takes what they leave. */
export interface PaneWidths {
  library: number
  reader: number
}
export type SidePane = keyof PaneWidths

export const DEFAULT_WIDTHS: Readonly<PaneWidths> = { library: 290, reader: 540 }
export const MINIMUM: Readonly<Record<PaneId, number>> = { library: 210, chat: 330, reader: 290 }
/** Width of a separator in CSS pixels. */
export const SEPARATOR = 1

/** Under this width of the window one pane is shown at a time. */
export const NARROW = 900

const STEP = 16
const LARGE_STEP = 96

/** Smallest and largest width that `pane` may take in a window `total` wide beside the other panes that are shown. */
export function widthLimits(
  pane: SidePane,
  widths: PaneWidths,
  hidden: readonly PaneId[],
  total: number,
): { min: number; max: number } {
  const other: SidePane = pane === 'library' ? 'reader' : 'library'
  const taken = hidden.includes(other) ? 0 : widths[other] + SEPARATOR
  return { min: MINIMUM[pane], max: Math.max(MINIMUM[pane], total - taken - MINIMUM.chat - SEPARATOR) }
}

export const clamp = (value: number, { min, max }: { min: number; max: number }): number =>
  Math.min(max, Math.max(min, value))

/**
 * Width that a key on the separator asks for (the window splitter pattern of the ARIA practices): arrows move the
 * separator, with Shift further; Home and End go to the limits. Undefined: not a key of the separator.
 * The separator stands right of the library and left of the reader, so the same arrow widens one and narrows the other.
 */
export function widthByKey(
  pane: SidePane,
  width: number,
  key: string,
  shift: boolean,
  limits: { min: number; max: number },
): number | undefined {
  const step = (shift ? LARGE_STEP : STEP) * (pane === 'library' ? 1 : -1)
  switch (key) {
    case 'ArrowRight':
      return clamp(width + step, limits)
    case 'ArrowLeft':
      return clamp(width - step, limits)
    case 'Home':
      return limits.min
    case 'End':
      return limits.max
    default:
      return undefined
  }
}

/** Both widths made to fit a window `total` wide; the reader gives way first, then the library. */
export function fitWidths(widths: PaneWidths, hidden: readonly PaneId[], total: number): PaneWidths {
  const reader = clamp(widths.reader, widthLimits('reader', widths, hidden, total))
  const library = clamp(widths.library, widthLimits('library', { ...widths, reader }, hidden, total))
  return { library, reader }
}
