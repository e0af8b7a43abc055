import type { Passage } from '../../src/domain'
import { questionTerms } from '../../src/language/terms'
import { buildSegment } from '../../src/retrieval/lexical/build'
import { LexicalIndex } from '../../src/retrieval/lexical/index'
import { passageOf, readPool } from '../eval/pools'
import type { Report } from '../measure/report'

export const title = 'Lexical search: milliseconds for a question over 10,000 passages'

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

function timed(work: () => void): number {
  const start = performance.now()
  work()
  return performance.now() - start
}

export default function run(): Promise<Report> {
  const pools = ['xquad-en', 'squad2-visible', 'jaquad-dev', 'jaquad-train'].flatMap((name) => readPool(name) ?? [])
  const documents = library(pools.flatMap(({ paragraphs }) => paragraphs).slice(0, wanted))
  const index = new LexicalIndex()
  const building = timed(() => {
    documents.forEach((passages, at) => index.add(buildSegment({ hash: String(at), name: '' }, passages)))
  })
  const all = pools.flatMap(({ questions }) => questions)
  const step = Math.max(1, Math.floor(all.length / asked))
  const questions = all.filter((_, at) => at % step === 0).slice(0, asked)
  const tenth = index.documents.filter((_, at) => at % 10 === 0)
  const measure = (selected?: string[]): number[] =>
    questions
      .map(({ question }) =>
        timed(() => {
          const terms = questionTerms(question).map(({ term }) => term)
          index.search(terms, { limit: 20, ...(selected && { documents: selected }) })
        }),
      )
      .sort((a, b) => a - b)
  measure()
  const row = (name: string, times: number[]) => [name, quantile(times, 0.5), quantile(times, 0.95), quantile(times, 1)]
  return Promise.resolve({
    name: 'search',
    title,
    columns: ['looked in', 'p50 ms', 'p95 ms', 'slowest ms'],
    rows: questions.length ? [row('all documents', measure()), row('one document in ten', measure(tenth))] : [],
    floors: [],
    skipped: pools.length ? [] : ['../shared/data/qa is missing'],
    notes: [
      `${index.passages} passages in ${index.documents.length} documents; cut into terms and indexed in ${Math.round(building)} ms.`,
      'Cutting the question into terms is included; reading the passages found from the database is not.',
    ],
  })
}
