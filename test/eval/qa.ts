import { countTokens } from '../../src/language/tokens'
import { readJsonLines } from '../fixtures/read-xz'
import { sharedData } from '../fixtures/shared-data'

export interface QuestionRecord {
  id: string
  q: string
  a: string[]
  start: number
  impossible?: boolean
}

export interface ParagraphRecord {
  title: string
  context: string
  qas: QuestionRecord[]
}

/** One question with the text that it is to be answered from. */
export interface Example {
  title: string
  question: string
  context: string
  /** Answers counted as right; empty when the text does not answer. */
  answers: string[]
  /** [start, end) of the first answer in `context`. */
  gold: [start: number, end: number]
  /** Index of the paragraph in its set. */
  paragraph: number
}

/** The paragraphs of a question set in ../shared/data/qa; undefined where it is missing. */
export function readSet(name: string): ParagraphRecord[] | undefined {
  const path = sharedData(`qa/${name}.jsonl.xz`)
  return path === undefined ? undefined : readJsonLines<ParagraphRecord>(path)
}

/** mulberry32: uniform in [0, 1), the same sequence for the same seed on every machine. */
export function seededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** `count` items in random order (Fisher–Yates), or all of them. */
export function sample<Item>(items: Item[], count: number, seed: number): Item[] {
  const random = seededRandom(seed)
  const pool = [...items]
  const taken = Math.min(count, pool.length)
  for (let at = 0; at < taken; at++) {
    const other = at + Math.floor(random() * (pool.length - at))
    const swapped = pool[at]!
    pool[at] = pool[other]!
    pool[other] = swapped
  }
  return pool.slice(0, taken)
}

/** The answerable questions of a set whose answer stands where the record says. */
export function answerable(paragraphs: ParagraphRecord[]): Example[] {
  return paragraphs.flatMap(({ title, context, qas }, paragraph) =>
    qas.flatMap((record): Example[] => {
      const answer = record.a[0]
      if (record.impossible || !answer) return []
      const at = context.startsWith(answer, record.start) ? record.start : context.indexOf(answer)
      if (at < 0) return []
      return [{ title, question: record.q, context, answers: record.a, gold: [at, at + answer.length], paragraph }]
    }),
  )
}

/** Smallest units that a window may be cut at: words, digits runs, single characters of Japanese. */
const cuttable = /[A-Za-z\u00c0-\u024f]+|[0-9]+|\s+|[^]/gu

/** The example with its context cut to `limit` tokens, the window placed at random around the answer. */
export function cutAround(example: Example, limit: number, random: () => number): Example {
  const { context, gold } = example
  if (countTokens(context) <= limit) return example
  const bounds = [...context.matchAll(cuttable)].map((match) => match.index)
  bounds.push(context.length)
  const first = bounds.findLastIndex((at) => at <= gold[0])
  const last = bounds.findIndex((at) => at >= gold[1])
  const fits = (from: number, to: number) => countTokens(context.slice(bounds[from], bounds[to])) <= limit
  const reach = furthest(first, 0, (from) => fits(from, last))
  const from = reach + Math.floor(random() * (first - reach + 1))
  const to = furthest(last, bounds.length - 1, (end) => fits(from, end))
  const start = bounds[from]!
  return { ...example, context: context.slice(start, bounds[to]), gold: [gold[0] - start, gold[1] - start] }
}

/** The bound nearest to `limit`, going from `start`, for which `holds` (which fails for all beyond the first failure). */
function furthest(start: number, limit: number, holds: (at: number) => boolean): number {
  let near = start
  let far = limit
  while (near !== far) {
    const middle = far > near ? Math.ceil((near + far) / 2) : Math.floor((near + far) / 2)
    if (holds(middle)) near = middle
    else far = far > near ? middle - 1 : middle + 1
  }
  return near
}
