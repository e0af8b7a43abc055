/**
 * `npm run eval -- retrieval`: words, the soft lexicon, vectors and all together on the same questions. Search and fusion are
 * the product's (find.ts, fuse.ts); for the Northwind books all of it (retrieve.ts). Another embedder than the one that comes
 * with the page: FUMIKURA_EMBEDDER (dense.ts); a cross-encoder: FUMIKURA_RERANKER (reranker.ts).
 */
import { fuse, type Candidate, type FusionMethod } from '../../src/retrieval/fuse'
import fusion from '../../src/retrieval/fusion.json'
import { weightOf } from '../../src/engines/embedding/catalogue'
import { rerank, type Reranker } from '../../src/retrieval/rerank'
import type { Report } from '../measure/report'
import { installedEmbedder, type InstalledEmbedder } from './dense'
import { measureNorthwind } from './northwind-ranking'
import { readNorthwind } from './northwind'
import { passageOf } from './pools'
import { noteRank, ranking, share, type Ranking } from './ranking'
import { installedReranker } from './reranker'
import { rankOf, searchTask } from './search-task'
import { paraphrases, questionSet, translations, type Asked, type Task } from './tasks'

export const title = 'Retrieval: words, soft lexicon, vectors and all together, by recall and reciprocal rank'

/** Least recall@1 of all together: that of BM25 and the lexicon when it was trained, less .01. */
const floors: Record<string, number> = { 'jsquad-valid': 0.885, 'jaquad-dev': 0.861, 'xquad-en': 0.903 }
const acrossLanguages = 0.25

/** What the product does where no model was chosen. */
const byDefault = 'words and lexicon'
const together = 'all together'
const byRanks = 'the same by ranks'
const byRanksAlike = 'by ranks, all weights 1'

/** What runs beside words and the lexicon. */
interface Models {
  installed: InstalledEmbedder
  reranker?: Reranker
}

export default async function run(): Promise<Report> {
  // Before any model runs: see test/fixtures/page-address.ts.
  const documents = await readNorthwind()
  const installed = await installedEmbedder()
  const reranker = await installedReranker()
  const models: Models = { installed, ...(reranker && { reranker }) }
  const report = emptyReport(models)
  const tasks: [string, Task | undefined][] = [
    ...['jsquad-valid', 'jaquad-dev', 'xquad-en', 'squad2-visible'].map((name): [string, Task | undefined] => [
      name,
      questionSet(name),
    ]),
    ['jsts-paraphrase', paraphrases()],
    ['en-ja-sentences', translations()],
  ]
  for (const [name, task] of tasks) {
    if (task) add(report, name, task.paragraphs.length, task.questions.length, await ranksBySearch(task, models))
    else report.skipped?.push(`../shared/data/qa/${name}.jsonl.xz is missing`)
  }
  if (documents) {
    const { passages, questions, ranks } = await measureNorthwind(documents, installed, reranker)
    add(report, 'northwind', passages, questions, ranks)
  } else report.skipped?.push('../shared/data/pdf/northwind is missing')
  return report
}

function emptyReport({ installed, reranker }: Models): Report {
  const { id } = installed.embedder
  const weights = `words ${fusion.weights.words}, lexicon ${fusion.weights.lexicon}, meaning ${weightOf(installed.embedder)}`
  return {
    name: 'retrieval',
    title,
    columns: ['set', 'passages', 'questions', 'search', 'R@1', 'R@5', 'R@10', 'MRR@10'],
    rows: [],
    floors: [],
    skipped: reranker ? [] : ['reranked: no cross-encoder is named (FUMIKURA_RERANKER)'],
    notes: [
      `All together: ${fusion.method} of scores, ${weights} (src/retrieval/fusion.json, models/embedders.json).`,
      `Meaning: ${id}, alone. The same by ranks: reciprocal rank fusion with the same weights.`,
      'Each question set is its own pool: jaquad-dev is the pool that the lexicon was judged on when it was trained (.871 with BM25);',
      'the others are smaller here than there (1,145 instead of 2,303 paragraphs, 240 instead of 808), so that only floors compare.',
      'jsts-paraphrase: find the sentences that say the same among 5,896. en-ja-sentences: find the translation among 1,000;',
      'optimistic, as lexicon and starter embedder were trained on other sentences of the same corpus.',
      'northwind: passages that touch a cited page, after all stages; recall over 50 questions moves in steps of .02.',
    ],
  }
}

/** Ranks of the first right paragraph for each question, by way of searching. */
async function ranksBySearch(task: Task, { installed, reranker }: Models): Promise<Map<string, number[]>> {
  const ranks = new Map<string, number[]>()
  for await (const { asked, lists } of searchTask(task, installed)) {
    const note = (search: string, rank: number) => noteRank(ranks, search, rank)
    const fused = fuse(lists, fusion.method as FusionMethod)
    for (const { name, found } of lists) note(name, rankOf(found.hits, asked))
    const withoutModel = lists.filter(({ name }) => name !== 'meaning')
    note(byDefault, rankOf(fuse(withoutModel, fusion.method as FusionMethod), asked))
    note(together, rankOf(fused, asked))
    note(byRanks, rankOf(fuse(lists, 'reciprocal rank'), asked))
    const alike = lists.map((list) => ({ ...list, weight: 1 }))
    note(byRanksAlike, rankOf(fuse(alike, 'reciprocal rank'), asked))
    if (reranker) note('reranked', rankOf(await reranked(asked, fused, task, reranker), asked))
  }
  return ranks
}

function reranked({ question }: Asked, fused: Candidate[], { paragraphs }: Task, reranker: Reranker) {
  const loaded = fused.map((candidate) => {
    const passage = passageOf(paragraphs[candidate.ordinal] ?? '', candidate.ordinal)
    return { ...candidate, passage, matches: [] }
  })
  return rerank(question, loaded, reranker, new AbortController().signal)
}

function add(report: Report, name: string, passages: number, questions: number, ranks: Map<string, number[]>): void {
  const results = new Map([...ranks].map(([search, found]) => [search, ranking(found)]))
  for (const [search, { recall1, recall5, recall10, mrr10 }] of results) {
    const shares = [recall1, recall5, recall10, mrr10].map(share)
    report.rows.push([name, passages, questions, search, ...shares])
  }
  addFloors(report, name, results)
}

function addFloors(report: Report, name: string, results: ReadonlyMap<string, Ranking>): void {
  const recall = (search: string) => results.get(search)?.recall1 ?? 0
  const words = recall('words')
  for (const search of [byDefault, together].filter((search) => results.has(search))) {
    const all = recall(search)
    const floor = (least: string, held: boolean) =>
      report.floors.push({ name: `${name} R@1, ${search}`, floor: least, value: share(all), held })
    floor(`>= words ${share(words)}`, all >= words)
    const least = floors[name]
    if (least !== undefined) floor(`>= ${share(least)}`, all >= least)
    if (name === 'en-ja-sentences') floor(`> ${share(acrossLanguages)}`, all > acrossLanguages)
  }
}
