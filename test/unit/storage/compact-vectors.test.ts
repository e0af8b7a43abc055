import { expect, test } from 'vitest'
import { DEAD_SHARE, plan, SMALL_PACKS } from '../../../src/storage/compact-vectors'
import type { VectorPack } from '../../../src/storage/schema'
import { liveRows, PACK_ROWS, withSlices } from '../../../src/storage/vector-packs'
import { Random } from '../../fixtures/random'

let made = 0

function pack(live: number, dead = 0): VectorPack {
  const bare = { space: 's', pack: String(++made), dimension: 16, rows: live + dead, coarseSum: 0, fineSum: 0 }
  return withSlices(bare, [{ document: `d${made}`, row: dead, first: 0, count: live, of: live }])
}

const packs = (count: number, live: number, dead = 0) => Array.from({ length: count }, () => pack(live, dead))
const planned = (all: VectorPack[]) => plan(all, SMALL_PACKS, DEAD_SHARE)
const rowsOf = (group: VectorPack[]) => group.reduce((sum, each) => sum + liveRows(each), 0)

test('few small packs and few dead rows are left alone', () => {
  expect(planned([])).toEqual([])
  expect(planned(packs(64, 20))).toEqual([])
  expect(planned([...packs(9, 3900, 100), pack(3100, 900)])).toEqual([])
})

test('65 small packs become one', () => {
  const small = packs(65, 20)
  expect(planned(small).map((group) => group.length)).toEqual([65])
  expect(planned([...packs(5, 4000), ...small])[0]).toHaveLength(65)
})

test('packs that are more than a quarter dead are written anew, those that are not stay', () => {
  const [sound, dying] = [packs(2, 4000, 96), packs(3, 1500, 2500)]
  const groups = planned([...sound, ...dying])
  expect(groups.flat().toSorted((a, b) => Number(a.pack) - Number(b.pack))).toEqual(dying)
  expect(planned([pack(3000, 1096)])).toHaveLength(1)
  expect(planned([pack(3072, 1024)])).toEqual([])
})

test('a share of 0 finds every dead row', () => {
  const [clean, touched] = [pack(4096), pack(4095, 1)]
  expect(plan([clean, touched], SMALL_PACKS, 0)).toEqual([[touched]])
  expect(plan([clean], SMALL_PACKS, 0)).toEqual([])
})

test('groups fit a pack, every pack is in one at most, and what results needs no compaction', () => {
  const random = new Random(3)
  for (let round = 0; round < 200; round++) {
    const all = Array.from({ length: random.integer(1, 150) }, () => {
      const rows = random.chance(0.3) ? random.integer(1, PACK_ROWS) : random.integer(1, 60)
      const dead = random.chance(0.3) ? random.integer(0, rows - 1) : 0
      return pack(rows - dead, dead)
    })
    const groups = planned(all)
    const merged = new Set(groups.flat())
    expect(merged.size).toBe(groups.flat().length)
    for (const group of groups) expect(rowsOf(group)).toBeLessThanOrEqual(PACK_ROWS)
    const after = [...all.filter((each) => !merged.has(each)), ...groups.map((group) => pack(rowsOf(group)))]
    expect(planned(after)).toEqual([])
    expect(after.reduce((sum, each) => sum + liveRows(each), 0)).toBe(rowsOf(all))
  }
})
