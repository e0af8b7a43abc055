import { expect, test } from 'vitest'
import type { PassageSource } from '../../../src/retrieval/candidate'
import { buildSegment } from '../../../src/retrieval/lexical/build'
import { LexicalIndex } from '../../../src/retrieval/lexical/index'
import { retrieve } from '../../../src/retrieval/retrieve'
import { SoftIndex } from '../../../src/retrieval/soft-lexicon/index'
import { PieceTokenizer } from '../../../src/retrieval/soft-lexicon/tokenizer'
import type { SearchTrace } from '../../../src/retrieval/trace'
import { shippedLexicon } from '../../fixtures/lexicon'
import { passage } from './passages'

const notice = 'The notice period is one month.'
const passages = [
  passage('d', 0, `Contracts are open-ended. ${notice}`, {
    headingPath: ['Contracts'],
    pieces: [{ at: 0, page: 3, start: 0, length: 9 }],
  }),
  passage('d', 1, `${notice} Gardens are watered daily.`, { overlap: 1 }),
  passage('d', 2, 'Whoever gives notice keeps the vacation.'),
  passage('d', 3, 'Whoever gives notice  keeps the vacation.'),
  passage('d', 4, 'Notice boards hang in the hall.'),
  passage('d', 5, 'Notice of a period.'),
]

const lexicon = shippedLexicon()
const tokenizer = new PieceTokenizer(lexicon)
const segment = buildSegment({ hash: 'd', name: '' }, passages, tokenizer)
const lexical = new LexicalIndex()
lexical.add(segment)
const index = new SoftIndex(lexicon)
index.add({ document: 'd', ...segment.pieces! })
const source: PassageSource = {
  passage: (_document, ordinal) => Promise.resolve(ordinal === 5 ? undefined : passages[ordinal]),
  documentName: () => 'd.pdf',
}

async function traced(question: string, limit: number, withLexicon = true): Promise<SearchTrace> {
  const soft = withLexicon ? { soft: { index, tokenizer } } : {}
  const { trace } = await retrieve({ question, documents: ['d'], limit, trace: true }, { lexical, ...soft, source })
  return trace!
}

test('nothing is told unless it was asked for', async () => {
  const result = await retrieve({ question: 'notice', documents: ['d'], limit: 3 }, { lexical, source })
  expect(result.trace).toBeUndefined()
})

test('what the question became: terms with weights and stand-ins, pieces with what is like them', async () => {
  const { query, language, coverage } = await traced('How long is the noticee period of vacation?', 2)
  expect(language).toBe('en')
  expect(coverage).toMatchObject({ passagesSearched: 6, passagesRead: 2 })
  expect(query.terms).toContainEqual(expect.objectContaining({ term: 'notice', substitute: 'notic' }))
  const vacation = query.pieces.find(({ piece }) => piece === '▁vacation')!
  expect(vacation.neighbours).toContainEqual({ piece: '休暇', nearness: expect.any(Number) as number })
  expect(query.pieces.map(({ weight }) => weight)).toEqual(
    query.pieces.map(({ weight }) => weight).sort((a, b) => b - a),
  )
})

test('what became of every candidate, and why', async () => {
  const { candidates } = await traced('How long is the notice period of contracts?', 2)
  const fate = (ordinal: number) => candidates.find((one) => one.ordinal === ordinal)!.fate
  expect(fate(0)).toEqual({ name: 'evidence', rank: 1 })
  expect(fate(1)).toEqual({ name: 'repetition', for: { document: 'd', ordinal: 0 } })
  expect(fate(3)).toEqual({ name: 'near duplicate', for: { document: 'd', ordinal: 2 } })
  expect(fate(5)).toEqual({ name: 'removed' })
  expect([fate(2).name, fate(4).name].sort()).toEqual(['evidence', 'limit'])
  expect(candidates.find(({ ordinal }) => ordinal === 0)).toMatchObject({
    documentName: 'd.pdf',
    headingPath: ['Contracts'],
    pages: [3],
    scores: { words: { rank: 1 }, lexicon: {}, fusion: { rank: 1 } },
  })
})

test('every stage, with its ranking and its time, or why it did not run', async () => {
  const { stages, milliseconds } = await traced('notice period', 2)
  expect(stages.map(({ stage }) => stage)).toEqual([
    'words',
    'lexicon',
    'meaning',
    'fusion',
    'reading',
    'reranking',
    'selection',
  ])
  const of = (name: string) => stages.find(({ stage }) => stage === name)!
  expect(of('words').ranking![0]).toMatchObject({ document: 'd' })
  expect(of('fusion').ranking!.length).toBe(6)
  expect(of('meaning')).toMatchObject({ skipped: 'no embedder' })
  expect(of('reranking')).toMatchObject({ skipped: 'no reranker' })
  for (const each of stages) expect(each.milliseconds).toBeLessThanOrEqual(milliseconds)
  const without = await traced('notice period', 2, false)
  expect(without.query.pieces).toEqual([])
  expect(without.stages.find(({ stage }) => stage === 'lexicon')).toMatchObject({ skipped: 'no lexicon' })
})

test('the export is the trace itself, and survives the way from the worker', async () => {
  const trace = await traced('notice 有給休暇', 3)
  expect(JSON.parse(JSON.stringify(trace))).toEqual(trace)
  expect(structuredClone(trace)).toEqual(trace)
})
