import type { Evidence } from '../../src/domain'
import { questionTerms } from '../../src/language/terms'
import { buildSegment } from '../../src/retrieval/lexical/build'
import { LexicalIndex } from '../../src/retrieval/lexical/index'
import { retrieve } from '../../src/retrieval/retrieve'
import type { Report } from '../measure/report'
import { readNorthwind, readNorthwindQuestions, touches, type NorthwindDocument, type PageQuestion } from './northwind'
import { passageOf, readPool, type Pool } from './pools'
import { ranking, share } from './ranking'

export const title = 'Lexical retrieval: recall and reciprocal rank on question sets, pages of the Northwind books'

/** Sets of ../shared/data/qa with the least MRR@10 that each has to reach (issue 2). */
const floors: [set: string, mrr: number][] = [
  ['jsquad-valid', 0.91],
  ['jaquad-dev', 0.895],
  ['xquad-en', 0.955],
  ['squad2-visible', 0.835],
]
const pageFloor = 0.7

/** Ranks of the right paragraph for each question; Infinity beyond the first ten. */
function ranksIn({ paragraphs, questions }: Pool): number[] {
  const index = new LexicalIndex()
  index.add(buildSegment({ hash: 'pool', name: '' }, paragraphs.map(passageOf)))
  return questions.map(({ question, paragraph }) => {
    const terms = questionTerms(question).map(({ term }) => term)
    const at = index.search(terms, { limit: 10 }).hits.findIndex(({ ordinal }) => ordinal === paragraph)
    return at < 0 ? Infinity : at + 1
  })
}

/** What `retrieve` finds for each question about the Northwind books. */
async function answersFrom(
  documents: NorthwindDocument[],
): Promise<{ evidence: Evidence[]; cited: PageQuestion['cited'] }[]> {
  const index = new LexicalIndex()
  const passages = new Map(documents.map((document) => [document.hash, document.passages]))
  for (const document of documents) index.add(buildSegment(document, document.passages))
  const source = {
    passage: (document: string, ordinal: number) => Promise.resolve(passages.get(document)?.[ordinal]),
    documentName: (document: string) => document,
  }
  return Promise.all(
    readNorthwindQuestions().map(async ({ question, cited }) => {
      const { evidence } = await retrieve(
        { question, documents: [...passages.keys()], limit: 10 },
        { lexical: index, source },
      )
      return { evidence, cited }
    }),
  )
}

/** Rank of the first passage that touches one of the pages; Infinity where none does. */
function rankOfPage(evidence: Evidence[], cited: PageQuestion['cited']): number {
  const at = evidence.findIndex(({ passage }) => touches(passage, cited))
  return at < 0 ? Infinity : at + 1
}

export default async function run(): Promise<Report> {
  const report: Report = {
    name: 'lexical',
    title,
    columns: ['set', 'passages', 'questions', 'R@1', 'R@5', 'R@10', 'MRR@10'],
    rows: [],
    floors: [],
    skipped: [],
    notes: [
      'Each set: its own paragraphs are the pool, one passage each, without titles; unanswerable questions left out.',
      'northwind: a hit is a passage that touches a page that the answer cites, in the right one of six PDFs; 25 of the 50 answers',
      'cite two pages ("first page": only the first counts), and 8 cite the page before the one that holds their words.',
    ],
  }
  for (const [set, floor] of floors) {
    const pool = readPool(set)
    if (!pool) report.skipped?.push(`../shared/data/qa/${set}.jsonl.xz is missing`)
    else addRow(report, set, pool.paragraphs.length, ranksIn(pool), { measure: 'mrr10', floor })
  }
  const documents = await readNorthwind()
  if (!documents) report.skipped?.push('../shared/data/pdf/northwind is missing')
  else {
    const passages = documents.reduce((sum, document) => sum + document.passages.length, 0)
    const answers = await answersFrom(documents)
    const ranks = (pages: number) => answers.map(({ evidence, cited }) => rankOfPage(evidence, cited.slice(0, pages)))
    addRow(report, 'northwind', passages, ranks(Infinity), { measure: 'recall5', floor: pageFloor })
    addRow(report, 'northwind, first page', passages, ranks(1))
  }
  return report
}

function addRow(
  report: Report,
  set: string,
  passages: number,
  ranks: number[],
  bound?: { measure: 'mrr10' | 'recall5'; floor: number },
): void {
  const { recall1, recall5, recall10, mrr10 } = ranking(ranks)
  report.rows.push([set, passages, ranks.length, share(recall1), share(recall5), share(recall10), share(mrr10)])
  if (!bound) return
  const { measure, floor } = bound
  const value = measure === 'mrr10' ? mrr10 : recall5
  const name = measure === 'mrr10' ? `${set} MRR@10` : `${set} page hit@5`
  report.floors.push({ name, floor: `>= ${share(floor)}`, value: share(value), held: value >= floor })
}
