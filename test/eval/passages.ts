import type { Block, Page, Passage } from '../../src/domain'
import { cutPassages, defaultSizes } from '../../src/documents/passages'
import { questionTerms } from '../../src/language/terms'
import { buildSegment } from '../../src/retrieval/lexical/build'
import { LexicalIndex } from '../../src/retrieval/lexical/index'
import type { Report } from '../measure/report'
import { readSet } from './qa'
import { ranking, share } from './ranking'

export const title = 'Sizes of passages: where the answer is found when articles are cut at 100 to 360 tokens'

/** Tokens that a small model is given to read: what counts is whether the answer is in them, not in how many passages. */
const READ = 1000
const targets = [100, 140, 180, defaultSizes.target, 280, 320, 360]

interface Article {
  title: string
  page: Page
  /** Where in the page's text the answer to each question stands. */
  questions: { question: string; start: number; end: number }[]
}

type Records = NonNullable<ReturnType<typeof readSet>>

/** The paragraphs of an article as one page under its title; the first question of each that has an answer. */
function articleOf(name: string, records: Records): Article {
  let text = name
  const blocks: Block[] = [{ kind: 'heading', level: 1, start: 0, end: name.length }]
  const questions: Article['questions'] = []
  for (const { context, qas } of records) {
    const start = text.length + 2
    text += `\n\n${context}`
    blocks.push({ kind: 'paragraph', start, end: text.length })
    const asked = qas.find(({ impossible, a }) => !impossible && a[0] && context.includes(a[0]))
    const answer = asked?.a[0]
    if (!asked || !answer) continue
    const from = start + context.indexOf(answer)
    questions.push({ question: asked.q, start: from, end: from + answer.length })
  }
  const page = { number: 1, width: 1, height: 1, text, runs: [], blocks, image: false, fingerprint: '' }
  return { title: name, page, questions }
}

const holds = ({ pieces }: Passage, start: number, end: number): boolean =>
  pieces.some((piece) => piece.start <= start && end <= piece.start + piece.length)

function measure(articles: readonly Article[], target: number): (string | number)[] {
  const index = new LexicalIndex()
  const passages = new Map(
    articles.map(({ title, page }) => [title, cutPassages(title, { pages: [page] }, { target })]),
  )
  for (const [hash, own] of passages) index.add(buildSegment({ hash, name: '' }, own))
  const ranks: number[] = []
  let read = 0
  for (const { title, questions } of articles) {
    for (const { question, start, end } of questions) {
      const terms = questionTerms(question).map(({ term }) => term)
      const found = index.search(terms, { limit: 10 }).hits.map((hit) => passages.get(hit.document)?.[hit.ordinal])
      const at = found.findIndex((passage) => passage?.document === title && holds(passage, start, end))
      ranks.push(at < 0 ? Infinity : at + 1)
      const tokens = found.slice(0, at + 1).reduce((sum, passage) => sum + (passage?.tokens ?? 0), 0)
      if (at >= 0 && tokens <= READ) read++
    }
  }
  const { recall1, recall5, mrr10 } = ranking(ranks)
  const count = [...passages.values()].reduce((sum, own) => sum + own.length, 0)
  return [target, count, ranks.length, share(recall1), share(recall5), share(mrr10), share(read / ranks.length)]
}

export default function run(): Promise<Report> {
  const report: Report = {
    name: 'passages',
    title,
    columns: ['set', 'target', 'passages', 'questions', 'R@1', 'R@5', 'MRR@10', `within ${READ} tokens`],
    rows: [],
    floors: [],
    skipped: [],
    notes: [`A hit is a passage that holds the answer itself. The product cuts at ${defaultSizes.target}.`],
  }
  for (const set of ['jsquad-valid', 'squad2-visible']) {
    const records = readSet(set)
    if (!records) report.skipped?.push(`../shared/data/qa/${set}.jsonl.xz is missing`)
    else {
      const names = new Set(records.map((record) => record.title))
      const articles = [...names].map((name) =>
        articleOf(
          name,
          records.filter((record) => record.title === name),
        ),
      )
      for (const target of targets) report.rows.push([set, ...measure(articles, target)])
    }
  }
  return Promise.resolve(report)
}
