/**
 * Measures what weights of the embedder beside words and the lexicon give, and prints them; the choice is written into
 * models/embedders.json by hand:
 *
 *   node -e "import('vite').then(async (vite) => (await vite.runnerImport('./test/eval/fit-fusion.ts',
 *     { plugins: [(await import('./scripts/assemblyscript.mjs')).assemblyScript()] })).module.fitFusion())"
 *
 * On what the starter embedder's recipe held out of its training sets (models/recipes/common/sets.py): titles of
 * jaquad-train, passages of t0qa, sentence pairs of jsts and of the English–Japanese corpus. No set marked "evaluate only" is
 * read. The lexicon was trained on all of them, so that its part is flattered and the embedder's is not, but on t0qa: the embedder
 * that ships was trained on some of its held-out questions in other wordings of their prompts.
 */
import { createHash } from 'node:crypto'
import { fuse } from '../../src/retrieval/fuse'
import { readJsonLines } from '../fixtures/read-xz'
import { sharedData } from '../fixtures/shared-data'
import { installedEmbedder } from './dense'
import { readSet, sample } from './qa'
import { noteRank, ranking, share } from './ranking'
import { rankOf, searchTask } from './search-task'
import type { Task } from './tasks'

const weights = { sum: [0, 0.1, 0.2, 0.3, 0.5, 0.8, 1.2], 'reciprocal rank': [0, 0.2, 1] } as const

const methods = ['sum', 'reciprocal rank'] as const

/** Of a hundred titles or passages, so many are held out; as in sets.py. */
const heldOut: Record<string, number> = { jaquad: 5, t0qa: 10, jsts: 10, xling: 1 }

/** Questions of a set, at most: with 500 a recall is known to two points. */
const questions = 500

/** Paragraphs beside those that are asked about, so that there is something to choose from. */
const others = 2000

const isHeldOut = (source: string, key: string): boolean =>
  createHash('sha256').update(key).digest().readUInt32BE(0) % 100 < heldOut[source]!

/** What is asked of the held-out part; the pool is filled up with paragraphs that are not held out. */
function heldOutTask(name: string): Task {
  const all = readPairs(name)
  const asked = all.filter(({ key }) => isHeldOut(name, key))
  const held = new Set(asked.map(({ passage }) => passage))
  const rest = [...new Set(all.map(({ passage }) => passage))].filter((passage) => !held.has(passage))
  const paragraphs = [...held, ...sample(rest, others, 1)]
  const ordinals = new Map(paragraphs.map((passage, at) => [passage, at]))
  return {
    name,
    paragraphs,
    questions: sample(asked, questions, 1).map(({ question, passage }) => ({
      question,
      right: [ordinals.get(passage)!],
    })),
  }
}

function readPairs(name: string): { question: string; passage: string; key: string }[] {
  if (name === 'jaquad')
    return (readSet('jaquad-train') ?? []).flatMap(({ title, context, qas }) =>
      qas.map(({ q }) => ({ question: q, passage: context, key: title })),
    )
  const path = sharedData(`pairs/${name}.jsonl.xz`)
  if (path === undefined) throw new Error('the shared data is not beside the checkout')
  return readJsonLines<{ q: string; p: string }>(path).map(({ q, p }) => ({ question: q, passage: p, key: p }))
}

export async function fitFusion(): Promise<void> {
  const installed = await installedEmbedder()
  for (const name of Object.keys(heldOut)) {
    const task = heldOutTask(name)
    const ranks = new Map<string, number[]>()
    for await (const { asked, lists } of searchTask(task, installed)) {
      const note = (way: string, rank: number) => noteRank(ranks, way, rank)
      for (const list of lists) note(list.name, rankOf(list.found.hits, asked))
      for (const method of methods)
        for (const weight of weights[method]) {
          const weighted = lists.map((list) => (list.name === 'meaning' ? { ...list, weight } : list))
          note(`${method}, ${weight}`, rankOf(fuse(weighted, method), asked))
        }
    }
    console.log(`${name}: ${task.questions.length} questions, ${task.paragraphs.length} passages`)
    for (const [way, found] of ranks) {
      const { recall1, recall5, mrr10 } = ranking(found)
      console.log(`  ${way.padEnd(20)} R@1 ${share(recall1)}  R@5 ${share(recall5)}  MRR@10 ${share(mrr10)}`)
    }
  }
}
