import { normalise } from '../../src/language/normalise'
import { stem } from '../../src/language/stem'
import { stopWords } from '../../src/language/stop-words'
import { questionTerms, terms } from '../../src/language/terms'
import { LexicalIndex } from '../../src/retrieval/lexical/index'
import { segmentOf } from '../../src/retrieval/lexical/build'
import type { Report } from '../measure/report'
import { readPool, type Pool } from './pools'
import { ranking, share } from './ranking'

export const title = 'Ways of cutting text into search terms, by MRR@10 on the question sets'

type Tokenizer = (text: string) => string[]

const sets = ['jsquad-valid', 'jaquad-dev', 'xquad-en', 'squad2-visible']

const cjk = /^[\p{Script=Han}\u3041-\u309f\u30a1-\u30fa\u30fc-\u30fe]/u
const run = /[\p{Script=Han}\u3041-\u309f\u30a1-\u30fa\u30fc-\u30fe]+|[a-z\u00df-\u024f]+|[0-9]+/gu
const hiragana = /^[\u3041-\u309fー]+$/
const segmenter = new Intl.Segmenter('ja', { granularity: 'word' })

const grams = (text: string, size: number): string[] =>
  Array.from({ length: Math.max(0, text.length - size + 1) }, (_, at) => text.slice(at, at + size))
const notHiragana = (term: string): boolean => !hiragana.test(term)

const words: Tokenizer = (characters) =>
  [...segmenter.segment(characters)]
    .map(({ segment }) => segment)
    .filter((word) => word.length > 2 || notHiragana(word))
    .map((word) => `=${word}`)
const pairs: Tokenizer = (characters) => grams(characters, 2).filter(notHiragana)
const singles: Tokenizer = (characters) => [...characters].filter(notHiragana)

/** A tokenizer that cuts Japanese by `japanese`; other words are stemmed, and stop words left out. */
const cuttingJapanese =
  (...japanese: Tokenizer[]): Tokenizer =>
  (text) =>
    [...normalise(text).text.matchAll(run)].flatMap(([token]) => {
      if (cjk.test(token)) return japanese.flatMap((cut) => cut(token))
      return stopWords.has(token) ? [] : [stem(token)]
    })

const whitespace: Tokenizer = (text) => text.toLowerCase().split(/[\s\p{P}]+/u)

const tokenizers: [name: string, passage: Tokenizer, question?: Tokenizer][] = [
  ['between spaces and marks', whitespace],
  ['pairs of characters', cuttingJapanese(pairs)],
  ['Intl.Segmenter words', cuttingJapanese(words)],
  ['words and pairs', cuttingJapanese(words, pairs)],
  ['single characters and pairs', cuttingJapanese(singles, pairs)],
  ['words, single characters and pairs', cuttingJapanese(words, singles, pairs)],
  ['ours, question as a passage', termsOf],
  ['ours', termsOf, (question) => questionTerms(question).map(({ term }) => term)],
]

function termsOf(text: string): string[] {
  return terms(text).map(({ term }) => term)
}

function reciprocalRank({ paragraphs, questions }: Pool, passage: Tokenizer, question: Tokenizer): number {
  const index = new LexicalIndex()
  index.add(
    segmentOf(
      'pool',
      paragraphs.map((text) => counted(passage(text))),
    ),
  )
  const ranks = questions.map(({ question: asked, paragraph }) => {
    const at = index.search(question(asked), { limit: 10 }).hits.findIndex(({ ordinal }) => ordinal === paragraph)
    return at < 0 ? Infinity : at + 1
  })
  return ranking(ranks).mrr10
}

function counted(found: string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const term of found) counts.set(term, (counts.get(term) ?? 0) + 1)
  return counts
}

export default function measureTerms(): Promise<Report> {
  const pools = sets.map((name) => ({ name, pool: readPool(name) }))
  const present = pools.flatMap(({ pool }) => pool ?? [])
  return Promise.resolve({
    name: 'terms',
    title,
    columns: ['terms', ...present.map(({ name }) => name)],
    rows: tokenizers.map(([name, passage, question = passage]) => {
      const values = present.map((pool) => share(reciprocalRank(pool, passage, question)))
      return [name, ...values]
    }),
    floors: [],
    skipped: pools.filter(({ pool }) => !pool).map(({ name }) => `../shared/data/qa/${name}.jsonl.xz is missing`),
    notes: [
      'The same BM25 for all. "ours" is src/language/terms.ts, which needs no dictionary and so gives the same terms in every browser.',
    ],
  })
}
