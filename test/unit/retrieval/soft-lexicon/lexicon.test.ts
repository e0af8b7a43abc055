import { expect, test } from 'vitest'
import { pieceWeight, readLexicon, UnreadableLexicon } from '../../../../src/retrieval/soft-lexicon/lexicon'
import { lexiconBytes, shippedLexicon } from '../../../fixtures/lexicon'

const lexicon = shippedLexicon()

test('the shipped lexicon is whole: sizes agree, neighbours come nearest first and never twice', () => {
  expect(lexicon.fingerprint).toMatch(/^lexicon-1-[0-9a-f]{8}$/)
  expect(lexicon.size).toBe(24_001)
  expect(lexicon.ids.size).toBe(lexicon.size - lexicon.wordsFrom)
  expect(lexicon.wordsFrom).toBe(lexicon.bytesFrom + 256)
  expect(lexicon.offsets.at(-1)).toBe(lexicon.neighbours.length)
  for (let piece = 0; piece < lexicon.size; piece++) {
    const [from, to] = [lexicon.offsets[piece]!, lexicon.offsets[piece + 1]!]
    const near = [...lexicon.nearness.subarray(from, to)]
    expect(near).toEqual([...near].sort((a, b) => b - a))
    const neighbours = lexicon.neighbours.subarray(from, to)
    expect(new Set([piece, ...neighbours]).size).toBe(neighbours.length + 1)
  }
})

test('it knows words of one language in the other, and that grammar counts little', () => {
  const neighbours = (piece: string) => {
    const id = lexicon.ids.get(piece)!
    return [...lexicon.neighbours.subarray(lexicon.offsets[id], lexicon.offsets[id + 1])]
  }
  expect(neighbours('休暇')).toContain(lexicon.ids.get('▁vacation'))
  expect(neighbours('▁car')).toContain(lexicon.ids.get('自動車'))
  const weight = (piece: string) => pieceWeight(lexicon, lexicon.ids.get(piece)!)
  expect(weight('▁the')).toBeLessThan(weight('▁vacation') / 3)
  expect(weight('の')).toBeLessThan(weight('休暇') / 3)
})

test('what is no lexicon, another version, cut off or damaged is refused', () => {
  const changed = (change: (bytes: Uint8Array<ArrayBuffer>) => void) => {
    const bytes = new Uint8Array(lexiconBytes())
    change(bytes)
    return () => readLexicon(bytes.buffer)
  }
  expect(() => readLexicon(new ArrayBuffer(0))).toThrow(UnreadableLexicon)
  expect(() => readLexicon(new TextEncoder().encode(`<!doctype html>${' '.repeat(99)}`).buffer)).toThrow(
    UnreadableLexicon,
  )
  expect(() => readLexicon(lexiconBytes().slice(0, -1))).toThrow(UnreadableLexicon)
  expect(changed((bytes) => (bytes[4] = 2))).toThrow(UnreadableLexicon)
  expect(changed((bytes) => (bytes[300_000]! ^= 1))).toThrow(UnreadableLexicon)
})
