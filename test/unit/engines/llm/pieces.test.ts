import { describe, expect, test } from 'vitest'
import { Detokenizer } from '../../../../src/engines/llm/onnx/detokenizer'
import { Pieces } from '../../../../src/engines/llm/onnx/pieces'
import { StopTexts } from '../../../../src/engines/llm/onnx/stop-texts'
import { Random } from '../../../fixtures/random'

/** A vocabulary whose tokens are the given runs of bytes. */
function byteTokens(parts: readonly Uint8Array[]) {
  const decode = (tokens: readonly number[]): string => {
    const bytes = tokens.flatMap((token) => [...parts[token]!])
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(bytes))
  }
  return { tokens: parts.map((_, at) => at), decode }
}

/** The bytes of a text, cut at the places where the bits of a number are set. */
function split(text: string, cuts: number): Uint8Array[] {
  const bytes = new TextEncoder().encode(text)
  const parts: number[][] = [[]]
  for (const [at, byte] of bytes.entries()) {
    if (at > 0 && (cuts >> (at - 1)) & 1) parts.push([])
    parts.at(-1)!.push(byte)
  }
  return parts.map((part) => Uint8Array.from(part))
}

const REPLACEMENT = '\uFFFD'

describe('tokens become text', () => {
  test.each(['あ森🦊', 'aé、🗾b', '日本', '\uFEFFか\u3099'])(
    'as soon as a character is whole, over every split of %s',
    (text) => {
      const length = new TextEncoder().encode(text).length
      for (let cuts = 0; cuts < 2 ** (length - 1); cuts++) {
        const { tokens, decode } = byteTokens(split(text, cuts))
        const detokenizer = new Detokenizer(decode)
        let shown = ''
        for (const [at, token] of tokens.entries()) {
          shown += detokenizer.add(token)
          const whole = decode(tokens.slice(0, at + 1)).replace(/\uFFFD+$/, '')
          if (shown !== whole) expect(shown).toBe(whole)
        }
        if (shown !== text) expect(shown).toBe(text)
      }
    },
  )

  test('of a long text, in random splits', () => {
    const random = new Random(7)
    const text = '会社は、六か月を過ぎた社員に十日の有給休暇を与える。🦊👨‍👩‍👧 The end. '.repeat(5)
    const bytes = new TextEncoder().encode(text)
    for (let round = 0; round < 50; round++) {
      const parts: Uint8Array[] = []
      for (let at = 0; at < bytes.length;) {
        const end = at + random.integer(1, 5)
        parts.push(bytes.subarray(at, end))
        at = end
      }
      const { tokens, decode } = byteTokens(parts)
      const detokenizer = new Detokenizer(decode)
      const pieces = tokens.map((token) => detokenizer.add(token))
      expect(pieces.join('')).toBe(text)
      expect(pieces.some((piece) => piece.includes(REPLACEMENT))).toBe(false)
    }
  })

  test('bytes that never become a character are not waited for', () => {
    const { tokens, decode } = byteTokens([0xff, 0x61, 0xe3, 0x62].map((byte) => Uint8Array.of(byte)))
    const detokenizer = new Detokenizer(decode)
    expect(tokens.map((token) => detokenizer.add(token))).toEqual(['', `${REPLACEMENT}a`, '', `${REPLACEMENT}b`])
    const written = byteTokens([new TextEncoder().encode(REPLACEMENT)])
    const other = new Detokenizer(written.decode)
    const shown = Array.from({ length: 12 }, () => other.add(0)).join('')
    expect(shown.length).toBeGreaterThanOrEqual(8)
    expect(shown).toBe(REPLACEMENT.repeat(shown.length))
  })

  test('a token that reads otherwise at the beginning of a text keeps its space', () => {
    const words = ['Hello', 'world', 'again']
    const decode = (tokens: readonly number[]) => tokens.map((token) => words[token]).join(' ')
    const detokenizer = new Detokenizer(decode)
    expect([0, 1, 2].map((token) => detokenizer.add(token))).toEqual(['Hello', ' world', ' again'])
  })
})

describe('texts that end an answer', () => {
  test('are found wherever the pieces part them, and nothing of them is shown', () => {
    const [text, stop, rest] = ['答えは三日です。', '\nユーザー:', ' more']
    const whole = text + stop + rest
    for (let first = 0; first <= whole.length; first++)
      for (let second = first; second <= whole.length; second++) {
        const stops = new StopTexts(['never', stop, ''])
        let shown = ''
        for (const piece of [whole.slice(0, first), whole.slice(first, second), whole.slice(second)])
          if (!stops.found) shown += stops.add(piece)
        expect(stops.found).toBe(true)
        expect(shown).toBe(text)
      }
  })

  test('what only begins like one is held back until it cannot be one', () => {
    const stops = new StopTexts(['<|end|>', '###'])
    expect(stops.add('a <')).toBe('a ')
    expect(stops.add('|en')).toBe('')
    expect(stops.add('ter> #')).toBe('<|enter> ')
    expect(stops.add('#')).toBe('')
    expect(stops.found).toBe(false)
    expect(stops.finish()).toBe('##')
  })

  test('overlapping beginnings are kept apart', () => {
    const stops = new StopTexts(['aab'])
    expect(stops.add('a')).toBe('')
    expect(stops.add('a')).toBe('')
    expect(stops.add('a')).toBe('a')
    expect(stops.add('b')).toBe('')
    expect(stops.found).toBe(true)
  })

  test('the first of several counts', () => {
    const stops = new StopTexts(['later', 'now'])
    expect(stops.add('one now later')).toBe('one ')
  })
})

describe('pieces', () => {
  const { decode } = byteTokens(['あ', '。', 'a'].map((text) => new TextEncoder().encode(text)))

  test('tell how many tokens they are of, and the log-probability of those', () => {
    const pieces = new Pieces(decode, ['。a'], true)
    expect(pieces.add(0, -1)).toEqual({ text: 'あ', tokens: 1, logProbability: -1 })
    expect(pieces.add(1, -2)).toBeUndefined()
    expect(pieces.add(0, -3)).toEqual({ text: '。あ', tokens: 2, logProbability: -5 })
    expect(pieces.add(1, -4)).toBeUndefined()
    expect(pieces.finish()).toEqual({ text: '。', tokens: 1, logProbability: -4 })
    expect(pieces.finish()).toBeUndefined()
  })

  test('an answer that is stopped ends with what stood before the stop text', () => {
    const pieces = new Pieces(decode, ['。a'], false)
    pieces.add(0, 0)
    expect(pieces.add(1, 0)).toBeUndefined()
    expect(pieces.add(2, 0)).toEqual({ text: '', tokens: 2 })
    expect(pieces.stopped).toBe(true)
  })
})
