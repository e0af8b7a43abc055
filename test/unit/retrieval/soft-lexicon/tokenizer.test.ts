import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { PieceTokenizer } from '../../../../src/retrieval/soft-lexicon/tokenizer'
import { shippedLexicon } from '../../../fixtures/lexicon'
import { readJsonLines } from '../../../fixtures/read-xz'
import { hasModules, python } from '../../../fixtures/recipes'
import { sharedData } from '../../../fixtures/shared-data'
import fixture from '../../../fixtures/soft-lexicon-pieces.json'

const tokenizer = new PieceTokenizer(shippedLexicon())
const fold = (text: string): string => text.normalize('NFKC').toLowerCase()

test.each(fixture)('cuts as sentencepiece does: $text', ({ text, ids }) => {
  expect(tokenizer.ids(fold(text))).toEqual(ids)
})

const lexicon = resolve(import.meta.dirname, '../../../../models/starter/lexicon/lexicon.bin')
const books = [sharedData('text/docs-ja.jsonl.xz'), sharedData('text/docs-en.jsonl.xz')].filter(
  (path) => path !== undefined,
)
const comparable = hasModules('sentencepiece', 'numpy') && books.length === 2

describe('beside sentencepiece (needs ../shared and python3-sentencepiece)', () => {
  test.runIf(comparable)('2,000 paragraphs of both languages are cut alike', () => {
    const lines = books.flatMap((path) => {
      const records = readJsonLines<{ t: string }>(path)
      const step = Math.floor(records.length / 1000)
      return Array.from({ length: 1000 }, (_, at) => records[at * step]!.t.replace(/\s/gu, ' '))
    })
    const recipe = resolve(import.meta.dirname, '../../../../models/recipes/lexicon/cut.py')
    const done = spawnSync(python, ['-B', recipe, lexicon], {
      input: lines.join('\n'),
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    })
    const expected = done.stdout.trim().split('\n')
    expect(expected).toHaveLength(2000)
    const different = lines.filter(
      (line, at) => JSON.stringify(tokenizer.ids(fold(line))) !== expected[at]!.replaceAll(' ', ''),
    )
    expect(different).toEqual([])
  })
})

test('where pieces stand: the space before a word is not theirs, folding is undone', () => {
  const text = 'Ｐａｉｄ leave\n有給休暇'
  const pieces = tokenizer.pieces(text)
  expect(pieces.map(({ start, end }) => text.slice(start, end)).join('|')).toBe('Ｐａｉｄ|leave|有|給|休暇')
})

test('a word is one piece at the beginning of a text, of a line and behind a space', () => {
  const [first, second, third] = ['vacation', 'the\nvacation', 'the vacation'].map(
    (text) => tokenizer.pieces(text).at(-1)!.id,
  )
  expect(first).toBe(second)
  expect(second).toBe(third)
})

test('nothing to cut', () => {
  expect(tokenizer.ids('')).toEqual([])
  expect(tokenizer.pieces(' \n\t')).toEqual([])
  expect(tokenizer.unique('')).toEqual(new Set())
})
