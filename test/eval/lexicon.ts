/**
 * `npm run eval -- lexicon`: words, the soft lexicon, and both, on the sets of `npm run eval -- retrieval` but without any model,
 * so that a lexicon that was trained anew is measured in a tenth of the time. Another file than the one that ships:
 * FUMIKURA_LEXICON (soft-search.ts); what its recipe reads is `--json`.
 */
import { fuse, type FusionMethod } from '../../src/retrieval/fuse'
import fusion from '../../src/retrieval/fusion.json'
import type { Report } from '../measure/report'
import { noteRank, ranking, share } from './ranking'
import { rankOf, searchTask } from './search-task'
import { paraphrases, questionSet, translations, type Task } from './tasks'

export const title = 'The soft lexicon alone and beside words, without any model'

const together = 'words and lexicon'

export default async function run(): Promise<Report> {
  const report: Report = {
    name: 'lexicon',
    title,
    columns: ['set', 'passages', 'questions', 'search', 'R@1', 'R@5', 'R@10', 'MRR@10'],
    rows: [],
    floors: [],
    skipped: [],
    notes: [`Lexicon: ${process.env['FUMIKURA_LEXICON'] ?? 'the one that ships'}.`],
  }
  const sets = ['jsquad-valid', 'jaquad-dev', 'xquad-en', 'squad2-visible']
  const tasks: [string, Task | undefined][] = [
    ...sets.map((name): [string, Task | undefined] => [name, questionSet(name)]),
    ['jsts-paraphrase', paraphrases()],
    ['en-ja-sentences', translations()],
  ]
  for (const [name, task] of tasks) {
    if (task) await add(report, name, task)
    else report.skipped?.push(`../shared/data/qa/${name}.jsonl.xz is missing`)
  }
  return report
}

async function add(report: Report, name: string, task: Task): Promise<void> {
  const ranks = new Map<string, number[]>()
  for await (const { asked, lists } of searchTask(task)) {
    for (const list of lists) noteRank(ranks, list.name, rankOf(list.found.hits, asked))
    noteRank(ranks, together, rankOf(fuse(lists, fusion.method as FusionMethod), asked))
  }
  for (const [search, found] of ranks) {
    const { recall1, recall5, recall10, mrr10 } = ranking(found)
    const shares = [recall1, recall5, recall10, mrr10].map(share)
    report.rows.push([name, task.paragraphs.length, task.questions.length, search, ...shares])
  }
  const recall = (search: string) => ranking(ranks.get(search) ?? []).recall1
  const [words, both] = [recall('words'), recall(together)]
  report.floors.push({
    name: `${name} R@1, ${together}`,
    floor: `>= words ${share(words)}`,
    value: share(both),
    held: both >= words,
  })
}
