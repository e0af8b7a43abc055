/**
 * `npm run eval -- retrieval`: words, the soft lexicon, vectors and all together on the same questions. Search and fusion are
 * the product's (find.ts, fuse.ts); for the Northwind books all of it (retrieve.ts).
 */
import { find, type Retrievers } from '../../src/retrieval/find'
import { fuse, type FusionMethod } from '../../src/retrieval/fuse'
import fusion from '../../src/retrieval/fusion.json'
import { buildSegment } from '../../src/retrieval/lexical/build'
import { LexicalIndex } from '../../src/retrieval/lexical/index'
import { retrieve } from '../../src/retrieval/retrieve'
import type { Place } from '../../src/retrieval/selection'
import { readJsonLines } from '../fixtures/read-xz'
import { sharedData } from '../fixtures/shared-data'
import type { Report } from '../measure/report'
import { installedEmbedder } from './dense'
import { readNorthwind, readNorthwindQuestions, touches, type NorthwindDocument } from './northwind'
import { passageOf, readPool } from './pools'
import { ranking, share, type Ranking } from './ranking'
import { addSegment, softSearch } from './soft-search'

export const title = 'Retrieval: words, soft lexicon, vectors and all together, by recall and reciprocal rank'

/** A question with the paragraphs that are right, and one that is left out (itself). */
interface Asked {
  question: string
  right: number[]
  itself?: number
}

interface Task {
  name: string
  paragraphs: string[]
  questions: Asked[]
}

/** Least recall@1 of all together: that of BM25 and the lexicon when it was trained, less .01. */
const floors: Record<string, number> = { 'jsquad-valid': 0.885, 'jaquad-dev': 0.861, 'xquad-en': 0.903 }
const acrossLanguages = 0.25

const together = 'all together'

export default async function run(): Promise<Report> {
  const report: Report = {
    name: 'retrieval',
    title,
    columns: ['set', 'passages', 'questions', 'search', 'R@1', 'R@5', 'R@10', 'MRR@10'],
    rows: [],
    floors: [],
    skipped: [],
    notes: [
      `All together: ${fusion.method} of scores, words ${fusion.weights.words}, lexicon ${fusion.weights.lexicon} (src/retrieval/fusion.json).`,
      'Each question set is its own pool: jaquad-dev is the pool that the lexicon was judged on when it was trained (.871 with BM25);',
      'the others are smaller here than there (1,145 instead of 2,303 paragraphs, 240 instead of 808), so that only floors compare.',
      'jsts-paraphrase: find the sentences that say the same among 5,896. en-ja-sentences: find the translation among 1,000;',
      'optimistic, as the lexicon was trained on other sentences of the same corpus.',
      'northwind: passages that touch a cited page, after all stages; recall over 50 questions moves in steps of .02.',
    ],
  }
  if (!installedEmbedder()) report.skipped?.push('vectors: no embedder installed')
  const tasks: [string, Task | undefined][] = [
    ...['jsquad-valid', 'jaquad-dev', 'xquad-en', 'squad2-visible'].map((name): [string, Task | undefined] => [
      name,
      questionSet(name),
    ]),
    ['jsts-paraphrase', paraphrases()],
    ['en-ja-sentences', translations()],
  ]
  for (const [name, task] of tasks) {
    if (task) await measureTask(report, task)
    else report.skipped?.push(`../shared/data/qa/${name}.jsonl.xz is missing`)
  }
  const documents = await readNorthwind()
  if (documents) await measureNorthwind(report, documents)
  else report.skipped?.push('../shared/data/pdf/northwind is missing')
  return report
}

function questionSet(name: string): Task | undefined {
  const pool = readPool(name)
  return (
    pool && {
      name,
      paragraphs: pool.paragraphs,
      questions: pool.questions.map(({ question, paragraph }) => ({ question, right: [paragraph] })),
    }
  )
}

function paraphrases(): Task | undefined {
  const path = sharedData('qa/jsts-paraphrase.jsonl.xz')
  if (path === undefined) return undefined
  const [first, ...queries] = readJsonLines<{ pool?: string[]; q?: string; relevant?: number[]; self?: number }>(path)
  return {
    name: 'jsts-paraphrase',
    paragraphs: first?.pool ?? [],
    questions: queries.map(({ q = '', relevant = [], self }) => ({
      question: q,
      right: relevant,
      ...(self !== undefined && { itself: self }),
    })),
  }
}

function translations(): Task | undefined {
  const path = sharedData('qa/en-ja-sentences.jsonl.xz')
  if (path === undefined) return undefined
  const pairs = readJsonLines<{ q: string; p: string }>(path)
  return {
    name: 'en-ja-sentences',
    paragraphs: pairs.map(({ p }) => p),
    questions: pairs.map(({ q }, at) => ({ question: q, right: [at] })),
  }
}

async function measureTask(report: Report, { name, paragraphs, questions }: Task): Promise<void> {
  const lexical = new LexicalIndex()
  const soft = softSearch()
  addSegment(buildSegment({ hash: 'pool', name: '' }, paragraphs.map(passageOf), soft.tokenizer), lexical, soft)
  const dense = await installedEmbedder()?.(paragraphs)
  const ranks = await ranksBySearch({ lexical, soft, ...(dense && { dense }) }, questions)
  const results = new Map([...ranks].map(([search, found]) => [search, ranking(found)]))
  for (const [search, result] of results) addRow(report, [name, paragraphs.length, questions.length, search], result)
  addFloors(report, name, results)
}

/** Ranks of the first right paragraph for each question, by way of searching; Infinity beyond the first ten. */
async function ranksBySearch(retrievers: Retrievers, questions: readonly Asked[]): Promise<Map<string, number[]>> {
  const ranks = new Map<string, number[]>()
  const { signal } = new AbortController()
  for (const { question, right, itself } of questions) {
    const note = (search: string, hits: readonly Place[]) => {
      const others = hits.filter(({ ordinal }) => ordinal !== itself)
      const at = others.slice(0, 10).findIndex(({ ordinal }) => right.includes(ordinal))
      const noted = ranks.get(search) ?? []
      noted.push(at < 0 ? Infinity : at + 1)
      ranks.set(search, noted)
    }
    const { lists } = await find(question, ['pool'], retrievers, signal)
    for (const { name, found } of lists) note(name, found.hits)
    note(together, fuse(lists, fusion.method as FusionMethod))
  }
  return ranks
}

function addFloors(report: Report, name: string, results: ReadonlyMap<string, Ranking>): void {
  const [all, words] = [results.get(together)?.recall1 ?? 0, results.get('words')?.recall1 ?? 0]
  const add = (floor: string, held: boolean) =>
    report.floors.push({ name: `${name} R@1, ${together}`, floor, value: share(all), held })
  add(`>= words ${share(words)}`, all >= words)
  const least = floors[name]
  if (least !== undefined) add(`>= ${share(least)}`, all >= least)
  if (name === 'en-ja-sentences') add(`> ${share(acrossLanguages)}`, all > acrossLanguages)
}

function addRow(report: Report, row: (string | number)[], { recall1, recall5, recall10, mrr10 }: Ranking): void {
  report.rows.push([...row, share(recall1), share(recall5), share(recall10), share(mrr10)])
}

async function measureNorthwind(report: Report, documents: NorthwindDocument[]): Promise<void> {
  const lexical = new LexicalIndex()
  const soft = softSearch()
  for (const document of documents) addSegment(buildSegment(document, document.passages, soft.tokenizer), lexical, soft)
  const passages = new Map(documents.map((document) => [document.hash, document.passages]))
  const source = {
    passage: (document: string, ordinal: number) => Promise.resolve(passages.get(document)?.[ordinal]),
    documentName: (document: string) => document,
  }
  const questions = readNorthwindQuestions()
  const results = new Map<string, Ranking>()
  for (const [search, retrievers] of [
    ['words', { lexical }],
    [together, { lexical, soft }],
  ] as const) {
    const ranks: number[] = []
    for (const { question, cited } of questions) {
      const request = { question, documents: [...passages.keys()], limit: 10 }
      const { evidence } = await retrieve(request, { ...retrievers, source })
      const at = evidence.findIndex(({ passage }) => touches(passage, cited))
      ranks.push(at < 0 ? Infinity : at + 1)
    }
    results.set(search, ranking(ranks))
    addRow(report, ['northwind', lexical.passages, questions.length, search], ranking(ranks))
  }
  addFloors(report, 'northwind', results)
}
