import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { pairEncoder, type PairTokenizer } from '../../../src/engines/encoder/pairs'
import { createTokenizer } from '../../../src/engines/encoder/tokenizer'
import { ModelUnusable } from '../../../src/errors'
import expected from '../../../models/tiny/reranker/expected.json'

const files = (change: (tokenizer: Record<string, unknown>) => void = () => undefined): Map<string, Uint8Array> => {
  const read = (name: string) => readFileSync(`models/tiny/reranker/${name}`)
  const tokenizer = JSON.parse(read('tokenizer.json').toString()) as Record<string, unknown>
  change(tokenizer)
  const bytes = new TextEncoder().encode(JSON.stringify(tokenizer))
  return new Map([
    ['tokenizer.json', bytes],
    ['tokenizer_config.json', read('tokenizer_config.json')],
  ])
}

const [CLS, SEP] = [2, 3]

describe('a question and a passage', () => {
  const { encode, encodePairs } = createTokenizer(files(), 128)

  test.each(expected)(
    'are the tokens and types of the recipe: $question, $passage',
    ({ question, passage, ids, types }) => {
      expect(encodePairs(question, [passage])).toEqual([{ ids, types }])
    },
  )

  test('keep their places, and an empty passage is a passage', () => {
    const [first, second] = encodePairs('雨', ['rain', ''])
    expect(first!.types).toEqual([0, 0, 0, 1, 1])
    expect(second).toEqual({ ids: [...encode('雨').ids, SEP], types: [0, 0, 0, 1] })
    expect(encodePairs('雨', [])).toEqual([])
  })

  test('are the same when they are short and when the passage alone is cut', () => {
    const question = 'Where is the rule about paid leave?'
    const length = encode(question).ids.length
    const [pair] = encodePairs(question, ['rain '.repeat(300)])
    expect(pair!.ids).toHaveLength(128)
    expect(pair!.ids.slice(0, length)).toEqual(encode(question).ids)
    expect(pair!.ids.at(-1)).toBe(SEP)
    expect(new Set(pair!.ids.slice(length, -1)).size).toBe(1)
    expect(pair!.types).toEqual([...Array<number>(length).fill(0), ...Array<number>(128 - length).fill(1)])
  })

  test('share the room when the question alone leaves none', () => {
    const [pair] = encodePairs('rain '.repeat(125), ['雨 '.repeat(300)])
    const rain = encode('rain').ids[1]
    expect(pair!.ids).toHaveLength(128)
    expect(pair!.ids.filter((id) => id === rain)).toHaveLength(62)
    expect(pair!.ids.filter((id) => id === SEP)).toHaveLength(2)
    // One token less, and it is left as it is.
    const [whole] = encodePairs('rain '.repeat(124), ['雨 '.repeat(300)])
    expect(whole!.ids.filter((id) => id === rain)).toHaveLength(124)
  })
})

test('a tokenizer joins texts as it is told to: with two tokens between them, and without types', () => {
  const special = (id: string) => ({ SpecialToken: { id, type_id: 0 } })
  const sequence = (id: string) => ({ Sequence: { id, type_id: 0 } })
  const { encodePairs } = createTokenizer(
    files((tokenizer) => {
      const processor = tokenizer['post_processor'] as Record<string, unknown>
      processor['pair'] = [
        special('[CLS]'),
        sequence('A'),
        special('[SEP]'),
        special('[SEP]'),
        sequence('B'),
        special('[SEP]'),
      ]
    }),
    8,
  )
  const [pair] = encodePairs('rain', ['雨 雨 雨 雨'])
  expect(pair!.ids.map((id) => (id === CLS || id === SEP ? id : 0))).toEqual([CLS, 0, SEP, SEP, 0, 0, 0, SEP])
  expect(pair!.types).toEqual([0, 0, 0, 0, 0, 0, 0, 0])
})

test('tokens that texts begin with by themselves are not taken for a frame', () => {
  // As a SentencePiece model does: every text begins with a word boundary, 7.
  const plain = (text: string) => [7, ...text.split('').map((letter) => letter.charCodeAt(0))]
  const tokenizer: PairTokenizer = {
    plain,
    joined: (first, second) => {
      const ids = [0, ...plain(first), 1, ...plain(second), 1]
      return { ids, types: ids.map(() => 0) }
    },
  }
  expect(pairEncoder(tokenizer, 20)('ab', ['c'])).toEqual([
    { ids: [0, 7, 97, 98, 1, 7, 99, 1], types: Array<number>(8).fill(0) },
  ])
})

test('a tokenizer that drops the second text cannot be used', () => {
  const tokenizer: PairTokenizer = { plain: (text) => [text.charCodeAt(0)], joined: () => ({ ids: [97], types: [0] }) }
  expect(() => pairEncoder(tokenizer, 20)).toThrow(ModelUnusable)
})
