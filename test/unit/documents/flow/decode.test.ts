import { describe, expect, test } from 'vitest'
import { decodeText } from '../../../../src/documents/flow/decode'
import { encode, encodeIso2022Jp, encodeUtf16 } from '../../../fixtures/encode'

const samples = [
  '年次有給休暇は、六か月間継続して勤務した労働者に与える。',
  'サーバーの設定',
  '第1条 (目的)\nこの規則は、就業に関する事項を定める。\n',
  '氏名 所属 役職\n山田太郎 総務部 部長\n',
  'CSV,一覧\n東京都,千代田区\n',
]

describe.each(samples)('%j', (text) => {
  test('in UTF-8, with and without a byte order mark', () => {
    expect(decodeText(new TextEncoder().encode(text))).toBe(text)
    expect(decodeText(new TextEncoder().encode(`\ufeff${text}`))).toBe(text)
  })
  test('in Shift_JIS', () => expect(decodeText(encode(text, 'shift_jis'))).toBe(text))
  test('in EUC-JP', () => expect(decodeText(encode(text, 'euc-jp'))).toBe(text))
  test('in ISO-2022-JP', () => expect(decodeText(encodeIso2022Jp(text))).toBe(text))
  test('in UTF-16 of both byte orders', () => {
    expect(decodeText(encodeUtf16(text))).toBe(text)
    expect(decodeText(encodeUtf16(text, { bigEndian: true }))).toBe(text)
  })
})

test('UTF-16 without a byte order mark', () => {
  expect(decodeText(encodeUtf16('Paid leave\n', { mark: false }))).toBe('Paid leave\n')
  expect(decodeText(encodeUtf16('Paid leave\n', { mark: false, bigEndian: true }))).toBe('Paid leave\n')
  expect(decodeText(encodeUtf16('有給休暇は10日です。\n'.repeat(9), { mark: false }))).toBe(
    '有給休暇は10日です。\n'.repeat(9),
  )
})

test('accented Latin text that is not UTF-8 is Windows-1252', () => {
  const text = 'The café menu: crème brûlée, naïve résumé, piñata.'
  expect(decodeText(Uint8Array.from(text, (character) => character.charCodeAt(0)))).toBe(text)
})

test('a stated encoding is used where it fits and ignored where it does not or does not exist', () => {
  const text = 'アイウ、漢字。'
  expect(decodeText(encode(text, 'euc-jp'), 'EUC-JP')).toBe(text)
  expect(decodeText(encode(text, 'shift_jis'), 'utf-8')).toBe(text)
  expect(decodeText(new TextEncoder().encode(text), 'no-such-encoding')).toBe(text)
})

test('a few broken bytes in UTF-8 cost those characters only when nothing else fits better', () => {
  const bytes = encode('これは長い文章で、途中に壊れたところがある。', 'shift_jis')
  const broken = Uint8Array.from([...bytes, 0xff])
  expect(decodeText(broken)).toContain('途中に壊れたところがある。')
})
