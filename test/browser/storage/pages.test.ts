import { expect, test } from 'vitest'
import type { Page } from '../../../src/domain'
import { packPage, unpackPage } from '../../../src/storage/pages'
import { sizeOf } from '../../../src/storage/usage'
import { page } from './prepared'

test('packing and unpacking gives the page back', () => {
  const original: Page = { ...page(7, 'Line 1 and 縦書き'), label: 'vii' }
  const packed = packPage('hash', original)
  expect('runs' in packed).toBe(false)
  const unpacked = unpackPage(structuredClone(packed))
  expect({ ...unpacked, runs: [] }).toEqual({ ...original, runs: [] })
  expect(unpacked.runs.map(({ start, end, direction }) => [start, end, direction])).toEqual(
    original.runs.map(({ start, end, direction }) => [start, end, direction]),
  )
  unpacked.runs.forEach((run, i) =>
    run.rect.forEach((value, k) => expect(Math.abs(value - original.runs[i]!.rect[k]!)).toBeLessThan(1e-4)),
  )
})

test('a page without runs stays one', () => {
  const original: Page = { ...page(1, ''), runs: [], blocks: [], image: true }
  expect(unpackPage(packPage('hash', original))).toEqual(original)
})

test('packed runs take less than a quarter of their objects', () => {
  const run = page(1, 'Line 1 and more').runs[0]!
  const full: Page = { ...page(1, ''), runs: Array.from({ length: 1000 }, () => run) }
  const packed = packPage('hash', full)
  const bytes = packed.runOffsets.byteLength + packed.runRects.byteLength + packed.runDirections.byteLength
  expect(bytes).toBe(25_000)
  expect(bytes * 2).toBeLessThan(sizeOf(full.runs))
})
