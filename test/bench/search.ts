import type { Passage } from '../../src/domain'
import { questionTerms } from '../../src/language/terms'
import { buildSegment } from '../../src/retrieval/lexical/build'
import { LexicalIndex } from '../../src/retrieval/lexical/index'
import { addSegment, softSearch } from '../eval/soft-search'
import { passageOf, readPool } from '../eval/pools'
import type { SearchOptions } from '../../src/retrieval/selection'
import type { Report } from '../measure/report'

export const title = 'Search by words and by the soft lexicon: milliseconds for a question over 10,000 passages'

const perDocument = 50
const wanted = 10_000
const asked = 500

/** Paragraphs of both languages in documents of 50, each paragraph a passage. */
function library(paragraphs: string[]): Passage[][] {
  const documents: Passage[][] = []
  for (let at = 0; at < paragraphs.length; at += perDocument) {
    documents.push(paragraphs.slice(at, at + perDocument).map(passageOf))
  }
  return documents
}

const quantile = (sorted: number[], share: number): string =>
  (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0).toFixed(2)

const termsOf = (question: string): string[] => questionTerms(question).map(({ term }) => term)

function timed(work: () => void): number {
  const start = performance.now()
  work()
  return performance.now() - start
}

export default function run(): Promise<Report> {
  const pools = ['xquad-en', 'squad2-visible', 'jaquad-dev', 'jaquad-train'].flatMap((name) => readPool(name) ?? [])
  const documents = library(pools.flatMap(({ paragraphs }) => paragraphs).slice(0, wanted))
  const index = new LexicalIndex()
  const soft = softSearch()
  const building = timed(() => {
    documents.forEach((passages, at) =>
      addSegment(buildSegment({ hash: String(at), name: '' }, passages, soft.tokenizer), index, soft),
    )
  })
  const all = pools.flatMap(({ questions }) => questions)
  const step = Math.max(1, Math.floor(all.length / asked))
  const questions = all.filter((_, at) => at % step === 0).slice(0, asked)
  const tenth = index.documents.filter((_, at) => at % 10 === 0)
  const searches: [name: string, search: (question: string, options: SearchOptions) => unknown][] = [
    ['words', (question, options) => index.search(termsOf(question), options)],
    ['lexicon', (question, options) => soft.index.search(soft.tokenizer.unique(question), options)],
  ]
  const rows = searches.flatMap(([name, search]) =>
    [undefined, tenth].map((selected) => {
      const measure = () =>
        questions
          .map(({ question }) => timed(() => search(question, { limit: 20, ...(selected && { documents: selected }) })))
          .sort((a, b) => a - b)
      measure()
      const times = measure()
      return [
        name,
        selected ? 'one document in ten' : 'all documents',
        quantile(times, 0.5),
        quantile(times, 0.95),
        quantile(times, 1),
      ]
    }),
  )
  return Promise.resolve({
    name: 'search',
    title,
    columns: ['by', 'looked in', 'p50 ms', 'p95 ms', 'slowest ms'],
    rows: questions.length ? rows : [],
    floors: [],
    skipped: pools.length ? [] : ['../shared/data/qa is missing'],
    notes: [
      `${index.passages} passages in ${index.documents.length} documents; cut into terms and pieces and indexed in ${Math.round(building)} ms.`,
      'Cutting the question into terms or pieces is included; reading the passages found from the database is not.',
    ],
  })
}
