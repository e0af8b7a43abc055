import { describe, expect, test } from 'vitest'
import type { Passage } from '../../../src/domain'
import type { PassageSource } from '../../../src/retrieval/candidate'
import type { DenseRetriever } from '../../../src/retrieval/dense'
import { buildSegment } from '../../../src/retrieval/lexical/build'
import { LexicalIndex } from '../../../src/retrieval/lexical/index'
import type { Reranker } from '../../../src/retrieval/rerank'
import { retrieve, type Retrieval } from '../../../src/retrieval/retrieve'
import { SoftIndex } from '../../../src/retrieval/soft-lexicon/index'
import { PieceTokenizer } from '../../../src/retrieval/soft-lexicon/tokenizer'
import { shippedLexicon } from '../../fixtures/lexicon'
import type { SearchRequest } from '../../../src/threads/protocols'
import { passagesOf } from './passages'

const lexicon = shippedLexicon()
const tokenizer = new PieceTokenizer(lexicon)

function library(documents: Record<string, Passage[]>): Retrieval & Required<Pick<Retrieval, 'soft'>> {
  const lexical = new LexicalIndex()
  const index = new SoftIndex(lexicon)
  for (const [hash, passages] of Object.entries(documents)) {
    const segment = buildSegment({ hash, name: '' }, passages, tokenizer)
    lexical.add(segment)
    index.add({ document: hash, ...segment.pieces! })
  }
  const source: PassageSource = {
    passage: (document, ordinal) => Promise.resolve(documents[document]?.[ordinal]),
    documentName: (document) => `${document}.pdf`,
  }
  return { lexical, soft: { index, tokenizer }, source }
}

const rules = passagesOf('rules', [
  '年次有給休暇は、入社の日に与える。',
  '自動車で通勤する者は、会社に届け出る。',
  '医師の診断書を出す。',
])
const handbook = passagesOf('handbook', ['Wages are paid monthly.', 'Tell us when you come by car.', 'See a doctor.'])
const both = ['rules', 'handbook']

describe('hybrid retrieval', () => {
  test('a question finds passages of the other language, and shows what it found them by', async () => {
    const { evidence } = await retrieve(
      { question: 'Do employees get vacation?', documents: ['rules'], limit: 3 },
      library({ rules, handbook }),
    )
    const [first] = evidence
    expect(first!.passage.ordinal).toBe(0)
    expect(first).toMatchObject({ termCoverage: 0, soft: { rank: 1 } })
    expect(first!.lexical).toBeUndefined()
    expect(first!.meaningCoverage).toBeGreaterThan(0.2)
    expect(first!.matches.map(([start, end]) => first!.passage.text.slice(start, end))).toContain('休暇')
  })

  test('a Japanese question over both languages has passages of both among its evidence', async () => {
    const { evidence } = await retrieve(
      { question: '自動車で来てもよいですか', documents: both, limit: 4 },
      library({ rules, handbook }),
    )
    expect(evidence.slice(0, 2).map(({ passage: { id } }) => id)).toEqual([rules[1]!.id, handbook[1]!.id])
    expect(evidence[0]).toMatchObject({ lexical: { rank: 1 }, soft: {} })
    expect(evidence[1]!.lexical).toBeUndefined()
  })

  test('what shares no more than grammar with the question is no evidence', async () => {
    for (const question of ['What is it?', 'Who won the championship of 1998?', '']) {
      const { evidence } = await retrieve({ question, documents: ['rules'], limit: 5 }, library({ rules }))
      expect(evidence).toEqual([])
    }
  })
})

const vectors = (scores: Record<number, number>): DenseRetriever => ({
  id: 'vectors',
  weight: 1,
  search: (_question, { limit }) =>
    Promise.resolve({
      hits: Object.entries(scores)
        .map(([ordinal, score]) => ({ document: 'rules', ordinal: Number(ordinal), score, coverage: score }))
        .sort((a, b) => b.score - a.score)
        .slice(0, limit),
      passages: 3,
      measure: ({ ordinal }) => ({ score: scores[ordinal] ?? 0, coverage: scores[ordinal] ?? 0 }),
    }),
})

const failing = (error: unknown): DenseRetriever & Reranker => ({
  id: 'lost',
  weight: 1,
  search: () => Promise.reject(error as Error),
  score: () => Promise.reject(error as Error),
})

describe('vectors and a cross-encoder', () => {
  const request: SearchRequest = { question: '医師の診断書', documents: ['rules'], limit: 3, trace: true }

  test('take part with their weight', async () => {
    const dense = vectors({ 0: 0.9, 1: 0.2 })
    const { evidence, trace } = await retrieve(request, { ...library({ rules }), dense })
    expect(evidence.map(({ passage: { ordinal } }) => ordinal)).toEqual([2, 0, 1])
    expect(evidence[1]).toMatchObject({ dense: { score: 0.9, rank: 1 } })
    expect(trace!.fusion.weights).toEqual({ words: 1, lexicon: 1, meaning: 1 })
  })

  test('reorder', async () => {
    const reranker: Reranker = { id: 'r', score: (_question, texts) => Promise.resolve(texts.map((_text, at) => at)) }
    const { evidence, trace } = await retrieve(request, { ...library({ rules }), dense: vectors({ 0: 0.9 }), reranker })
    expect(evidence.map(({ passage: { ordinal } }) => ordinal)).toEqual([0, 2])
    expect(evidence[0]).toMatchObject({ reranked: { score: 1, rank: 1 } })
    expect(trace!.stages.find(({ stage }) => stage === 'reranking')!.ranking!.map(({ ordinal }) => ordinal)).toEqual([
      0, 2,
    ])
  })

  test('that fail leave a search by words, and the reason in the trace', async () => {
    const lost = failing(new Error('the device was lost'))
    const { evidence, trace } = await retrieve(request, { ...library({ rules }), dense: lost, reranker: lost })
    expect(evidence[0]!.passage.ordinal).toBe(2)
    for (const name of ['meaning', 'reranking'])
      expect(trace!.stages.find(({ stage }) => stage === name)!.skipped).toBe('the device was lost')
  })

  test('that were aborted end the search', async () => {
    const aborted = failing(new DOMException('aborted', 'AbortError'))
    await expect(retrieve(request, { ...library({ rules }), dense: aborted })).rejects.toMatchObject({
      name: 'AbortError',
    })
    await expect(retrieve(request, { ...library({ rules }), reranker: aborted })).rejects.toMatchObject({
      name: 'AbortError',
    })
  })
})
