import { describe, expect, test } from 'vitest'
import { DEFAULT_WIDTHS, fitWidths, MINIMUM, SEPARATOR, widthByKey, widthLimits } from '../../../src/app/pane-sizes'

const WIDTHS = { library: 300, reader: 500 }

describe('widthLimits', () => {
  test('leave the chat and the other side pane their place', () => {
    expect(widthLimits('library', WIDTHS, [], 1440)).toEqual({
      min: MINIMUM.library,
      max: 1440 - 500 - MINIMUM.chat - 2 * SEPARATOR,
    })
  })

  test('count a hidden pane as nothing', () => {
    expect(widthLimits('library', WIDTHS, ['reader'], 1440).max).toBe(1440 - MINIMUM.chat - SEPARATOR)
  })
})

describe('widthByKey', () => {
  const limits = { min: 210, max: 400 }

  test('moves the separator with the arrows: right widens the library and narrows the reader', () => {
    expect(widthByKey('library', 300, 'ArrowRight', false, limits)).toBe(316)
    expect(widthByKey('library', 300, 'ArrowLeft', false, limits)).toBe(284)
    expect(widthByKey('reader', 300, 'ArrowRight', false, limits)).toBe(284)
    expect(widthByKey('reader', 300, 'ArrowLeft', false, limits)).toBe(316)
  })

  test('goes further with Shift and never past the limits', () => {
    expect(widthByKey('library', 300, 'ArrowRight', true, limits)).toBe(396)
    expect(widthByKey('library', 390, 'ArrowRight', true, limits)).toBe(400)
    expect(widthByKey('library', 212, 'ArrowLeft', false, limits)).toBe(210)
  })

  test('goes to the limits with Home and End, and leaves other keys alone', () => {
    expect(widthByKey('reader', 300, 'Home', false, limits)).toBe(210)
    expect(widthByKey('reader', 300, 'End', false, limits)).toBe(400)
    expect(widthByKey('reader', 300, 'a', false, limits)).toBeUndefined()
  })
})

test.each([900, 1000, 1280, 1440, 2560])('at %d px every pane has its minimum', (total) => {
  const { library, reader } = fitWidths({ library: 2000, reader: 2000 }, [], total)
  expect(library).toBeGreaterThanOrEqual(MINIMUM.library)
  expect(reader).toBeGreaterThanOrEqual(MINIMUM.reader)
  expect(total - library - reader - 2 * SEPARATOR).toBeGreaterThanOrEqual(MINIMUM.chat)
})

test('widths that fit stay as they were wanted', () => {
  expect(fitWidths(DEFAULT_WIDTHS, [], 1440)).toEqual(DEFAULT_WIDTHS)
})
