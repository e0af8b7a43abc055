import { describe, expect, test } from 'vitest'
import { normalise, type Normalised } from '../../../src/language/normalise'
import { foldRadicals } from '../../../src/language/radicals'
import { Random } from '../../fixtures/random'

const folded = (text: string) => normalise(text).text

describe('folds', () => {
  test.each([
    ['ＡＢＣ１２３', 'abc123'],
    ['ｶﾞｽとﾊﾟﾝ', 'ガスとパン'],
    ['か\u3099く', 'がく'],
    ['ﬁne eﬃcient', 'fine efficient'],
    ['㈱文倉', '(株)文倉'],
    ['co\u00adop\u200b zero\u200dwidth\ufeff', 'coop zerowidth'],
    ['１〜３日、4～5日', '1~3日、4~5日'],
    ['サ−バ、デ－タ、ﾃﾞｰﾀ', 'サーバ、データ、データ'],
    ['A–B ‐ 090ー1234', 'a-b - 090-1234'],
    ['髙橋と山﨑と齋藤と齊藤', '高橋と山崎と斉藤と斉藤'],
    ['⻑さ、国⺠、⼀⼆', '長さ、国民、一二'],
    ['関ヶ原で三ヵ月', '関ケ原で三カ月'],
    ['“It’s”', '"it\'s"'],
    ['十二条', '十二条'],
    ['葛\u{e0100}城', '葛城'],
    ['café / cafe\u0301', 'café / café'],
    ['ÅNGSTRÖM Ａ', 'ångström a'],
  ])('%s', (text, expected) => {
    expect(folded(text)).toBe(expected)
  })

  test('radicals of both blocks, one code unit for one', () => {
    const radicals = Array.from({ length: 0x2fd6 - 0x2e80 }, (_, at) => String.fromCharCode(0x2e80 + at)).join('')
    const ideographs = foldRadicals(radicals)
    expect(ideographs.length).toBe(radicals.length)
    // U+2E80 and U+2E9A stand for nothing, and U+2EF4 to U+2EFF are not assigned.
    expect([...ideographs].filter((character) => /[\u2e80-\u2ef3\u2f00-\u2fd5]/.test(character))).toEqual([
      '⺀',
      '\u2e9a',
    ])
    expect(foldRadicals('⺟⻁⻄⻘⻤⻨⻩⻭⻯⻲')).toBe('母虎西青鬼麦黄歯竜亀')
    expect(foldRadicals('⼾締り')).toBe('戸締り')
  })
})

describe('leads back', () => {
  const source = (text: string, sought: string) => {
    const normalised = normalise(text)
    const at = normalised.text.indexOf(sought)
    return at < 0 ? undefined : text.slice(normalised.sourceStart(at), normalised.sourceEnd(at + sought.length))
  }

  test.each([
    ['月額のｶﾞｽ料金', 'ガス', 'ｶﾞｽ'],
    ['（㈱文倉）', '株', '㈱'],
    ['the ﬁne', 'i', 'ﬁ'],
    ['a co\u00adop b', 'coop', 'co\u00adop'],
    ['山﨑𠮷野', '吉野', '𠮷野'],
    ['e\u0301te', 'é', 'e\u0301'],
    ['１２３', '2', '２'],
    ['サ−バ', 'サーバ', 'サ−バ'],
  ])('%s: %s is %s', (text, sought, expected) => {
    expect(source(text, sought)).toBe(expected)
  })

  test('at the ends', () => {
    const normalised = normalise('\u200bＡＢ\u00ad')
    expect(normalised.text).toBe('ab')
    expect([normalised.sourceStart(0), normalised.sourceEnd(2)]).toEqual([1, 3])
    expect([normalised.sourceStart(2), normalised.sourceEnd(0)]).toEqual([4, 0])
    expect(normalise('').text).toBe('')
  })
})

const bits = (
  'a Z é e\u0301 ﬁ ﬃ ㈱ ㍻ ① ½ Ａ １ ｶ ﾞ ﾟ ﾊﾟ か \u3099 が ー − - ‐ 〜 ～ 髙 﨑 齋 𠮷 ⻑ ⼀ 日本 サーバ ｻｰﾊﾞｰ 😀 👨‍👩‍👧 \u00ad \u200b \u200d ' +
  'İ ß Σ ς 한국 각 각 नि ไทย\u0e33 ﷺ “ ’ ヶ 葛\u{e0100} \ud842 \udf9f'
).split(' ')
const randomText = (random: Random) =>
  Array.from({ length: random.integer(0, 40) }, () => random.pick([...bits, ' ', '\n'])).join('')

describe.each(Array.from({ length: 300 }, (_, seed) => seed))('random text %i', (seed) => {
  const text = randomText(new Random(seed))
  const normalised = normalise(text)

  test('ranges ascend, are whole, and every part normalises to what it became', () => {
    expectInvertible(text, normalised)
  })

  test('folding twice changes nothing', () => {
    // A dash is read by its neighbours, which folding may bring together; a lone dakuten may find a character to join.
    if (/ー|−|‐|ﾞ|ﾟ|\u3099|\u00ad|[\u200b-\u200f]/.test(text)) return
    expect(folded(normalised.text)).toBe(normalised.text)
  })
})

/** The match [i, i + 1) of each unit lies within the source, ascends, splits no pair of surrogates, and folds to hold it. */
function expectInvertible(text: string, { text: normal, sourceStart, sourceEnd }: Normalised): void {
  for (let at = 0; at < normal.length; at++) {
    const [start, end] = [sourceStart(at), sourceEnd(at + 1)]
    expect(start).toBeLessThan(end)
    expect(end).toBeLessThanOrEqual(text.length)
    if (at > 0) {
      const sameCluster = start === sourceStart(at - 1) && end === sourceEnd(at)
      expect(sameCluster || start >= sourceEnd(at)).toBe(true)
    }
    expect(/^[\ud800-\udbff][\udc00-\udfff]/.test(text.slice(start - 1))).toBe(false)
    const source = text.slice(start, end)
    if (!/^[ー−‐-]$/.test(source)) expect(folded(source)).toContain(normal.charAt(at))
  }
}
