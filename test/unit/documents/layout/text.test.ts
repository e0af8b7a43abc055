import { describe, expect, it } from 'vitest'
import { jointOfLines } from '../../../../src/documents/layout/compose'
import { foldGlyphs, glyphWidth, isCjk, textWidth } from '../../../../src/documents/layout/glyphs'
import { numberingDepth } from '../../../../src/documents/layout/headings'
import { jointBetween, splitSegment, toSegments } from '../../../../src/documents/layout/segments'
import { item } from '../../../fixtures/layout-items'

describe('foldGlyphs', () => {
  it('folds radicals of both blocks, vertical forms and hard spaces', () => {
    expect(foldGlyphs('成⻑ ⾼い ⽣れ ⾒る ⻘い ⻭')).toBe('成長 高い 生れ 見る 青い 歯')
    expect(foldGlyphs('︒︑﹁﹂︵︶')).toBe('。、「」（）')
    expect(foldGlyphs('a\u00a0b')).toBe('a b')
  })

  it('keeps the length of every character of the blocks, and leaves no radical', () => {
    for (let code = 0x2e80; code <= 0x2fd5; code++) {
      const folded = foldGlyphs(String.fromCharCode(code))
      expect(folded).toHaveLength(1)
      const assigned = /\p{Assigned}/u.test(String.fromCharCode(code))
      if (assigned) expect(folded.charCodeAt(0)).toBeGreaterThan(0x2fd5)
    }
  })

  it('leaves compatibility characters as printed', () => {
    expect(foldGlyphs('ＡＢＣ ｶﾀｶﾅ ① ㈱ ﬁ')).toBe('ＡＢＣ ｶﾀｶﾅ ① ㈱ ﬁ')
  })
})

describe('glyph widths', () => {
  it('are full for CJK, half for half-width katakana, narrow for narrow letters', () => {
    expect(glyphWidth('文'.charCodeAt(0))).toBe(1)
    expect(glyphWidth('ｶ'.charCodeAt(0))).toBe(0.5)
    expect(glyphWidth('i'.charCodeAt(0))).toBeLessThan(glyphWidth('m'.charCodeAt(0)) / 2)
    expect(glyphWidth('~'.charCodeAt(0))).toBeGreaterThan(0)
    expect(textWidth('𠮟る')).toBe(2)
  })

  it('know what is set without spaces', () => {
    expect(['漢', 'か', 'カ', '。', 'Ａ'].every((character) => isCjk(character.charCodeAt(0)))).toBe(true)
    expect(['a', '1', ' ', 'é'].some((character) => isCjk(character.charCodeAt(0)))).toBe(false)
  })
})

describe('joints', () => {
  const none = new Set<string>()

  it.each([
    ['clas-', 'sification', 1, ''],
    ['soft\u00ad', 'ware', 1, ''],
    ['one', 'two', 0, ' '],
    ['日本', '語', 0, ''],
    ['Machine', '学習', 0, ''],
    ['2020-', '2021', 0, ''],
    ['Anglo-', 'Saxon', 0, ''],
  ])('of %s and %s', (before, after, drop, text) => {
    expect(jointOfLines(before, after, none)).toEqual({ drop, text })
  })

  it('keep the hyphen of a word that the document hyphenates inside a line', () => {
    expect(jointOfLines('a well-', 'known fact', new Set(['well-known']))).toEqual({ drop: 0, text: '' })
  })

  it('put no space where a typesetter put a quarter of an em between Japanese and Latin', () => {
    const word = item('Machine', 0, 0)
    expect(jointBetween(word, item('の', word.x1 + 2.5, 0))).toBe('')
    expect(jointBetween(word, item('learning', word.x1 + 2.5, 0))).toBe(' ')
    expect(jointBetween(item('目', 0, 0), item('次', 20, 0))).toBe(' ')
  })
})

describe('segments', () => {
  it('end at gaps wider than a word, and where the line does', () => {
    const first = item('Region', 0, 0)
    const items = [first, item('of Japan', first.x1 + 3, 0), item('Sales', 200, 0), item('next', 0, 14)]
    expect(toSegments(items).map((segment) => segment.text)).toEqual(['Region of Japan', 'Sales', 'next'])
  })

  it('are cut at a character, with their rectangle', () => {
    const [segment] = toSegments([item('第２条 この規則は', 0, 0)])
    const [head, tail] = splitSegment(segment!, 3)!
    expect([head.text, tail.text]).toEqual(['第２条', 'この規則は'])
    expect(head.x1).toBeCloseTo(30, 0)
    expect(tail.x0).toBeCloseTo(32.6, 0)
  })
})

describe('numberingDepth', () => {
  it.each([
    ['第２編 総論', 1],
    ['第１章 総則', 2],
    ['Chapter 3', 2],
    ['第３節', 3],
    ['1.2 Scope', 3],
    ['1.2.3 Scope', 4],
    ['第１０条（目的）', 5],
    ['【第１条 目的】', 6],
    ['just text', 0],
  ])('of %s is %i', (text, depth) => {
    expect(numberingDepth(text)).toBe(depth)
  })
})
