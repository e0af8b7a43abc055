import { expect, test } from 'vitest'
import type { Passage } from '../../../src/domain'
import { buildSegment } from '../../../src/retrieval/lexical/build'
import { LexicalIndex } from '../../../src/retrieval/lexical/index'
import { retrieve, type PassageSource } from '../../../src/retrieval/retrieve'
import { passage, passagesOf } from './passages'

interface Library extends PassageSource {
  index: LexicalIndex
  /** Passages asked for, as "document ordinal". */
  loaded: string[]
}

function library(documents: Record<string, Passage[]>): Library {
  const index = new LexicalIndex()
  for (const [hash, passages] of Object.entries(documents)) index.add(buildSegment({ hash, name: '' }, passages))
  const loaded: string[] = []
  return {
    index,
    loaded,
    passage: (document, ordinal) => {
      loaded.push(`${document} ${ordinal}`)
      return Promise.resolve(documents[document]?.[ordinal])
    },
    documentName: (document) => `${document}.pdf`,
  }
}

const found = async (from: Library, question: string, documents: string[], limit = 5) =>
  (await retrieve({ question, documents, limit }, { lexical: from.index, source: from })).evidence.map(
    (each) => `${each.passage.document} ${each.passage.ordinal}`,
  )

const rules = passagesOf('rules', ['年次有給休暇は10日とする。', '服務の規律。', '賃金は月末に支払う。'])
const handbook = passagesOf('handbook', ['Paid leave is twenty days.', 'Wages are paid monthly.', 'Dress code.'])

test('evidence in both languages, with ranks, names, matches and coverage', async () => {
  const books = library({ rules, handbook })
  const japanese = await retrieve(
    { question: '有給休暇は何日ですか', documents: ['rules', 'handbook'], limit: 3 },
    { lexical: books.index, source: books },
  )
  expect(japanese.evidence[0]).toMatchObject({
    documentName: 'rules.pdf',
    rank: 1,
    passage: { ordinal: 0 },
    lexical: { rank: 1 },
  })
  const first = japanese.evidence[0]!
  expect(first.matches.map(([start, end]) => first.passage.text.slice(start, end))).toEqual(['有給休暇', '日'])
  expect(first.score).toBe(1)
  expect(first.termCoverage).toBeGreaterThan(0.5)
  expect(japanese.coverage).toEqual({ passagesRead: 1, passagesSearched: 6, documentsRead: 1, documentsSearched: 2 })
  expect(await found(books, 'How many days of paid leave?', ['rules', 'handbook'])).toEqual([
    'handbook 0',
    'handbook 1',
  ])
})

test('only the documents asked for are searched, only passages that are hit are loaded', async () => {
  const books = library({ rules, handbook })
  expect(await found(books, 'paid leave 休暇', ['rules', 'missing'])).toEqual(['rules 0'])
  expect(books.loaded).toEqual(['rules 0'])
  const { coverage } = await retrieve(
    { question: 'xyz', documents: ['rules', 'missing'], limit: 3 },
    { lexical: books.index, source: books },
  )
  expect(coverage).toEqual({ passagesRead: 0, passagesSearched: 3, documentsRead: 0, documentsSearched: 1 })
})

test('a passage that fits only by its sentence of overlap is left out, wherever it ranks', async () => {
  const shared = 'The notice period is one month.'
  const books = library({
    d: [
      passage('d', 0, `Contracts are open-ended. ${shared}`),
      passage('d', 1, `${shared} Gardens are watered daily.`, { overlap: 1 }),
      passage('d', 2, 'Gardens are closed. The period of closing varies.', { overlap: 0 }),
    ],
  })
  expect(await found(books, 'How long is the notice period?', ['d'])).toHaveLength(2)
  expect(await found(books, 'How long is the notice period of contracts?', ['d'])).toEqual(['d 0', 'd 2'])
  expect((await found(books, 'notice period for gardens', ['d'])).sort()).toEqual(['d 1', 'd 2'])
})

test('rows of a table are not left out for the header row that they share', async () => {
  const header = 'Plan\tDeductible'
  const rows = (line: string) => `${header}\n${line}`
  const books = library({
    d: [
      passage('d', 0, rows('Standard\t$2,000'), { kind: 'table' }),
      passage('d', 1, rows('Plus\t$1,000'), { kind: 'table', overlap: 1 }),
      passage('d', 2, rows('Basic\t$3,000'), { kind: 'table', overlap: 1 }),
    ],
  })
  expect((await found(books, 'What is the deductible?', ['d'])).sort()).toEqual(['d 0', 'd 1', 'd 2'])
})

test('the same text in two documents is evidence twice', async () => {
  const text = 'Copayments are $20.'
  const books = library({ standard: passagesOf('standard', [text]), plus: passagesOf('plus', [text]) })
  expect(await found(books, 'copayments', ['standard', 'plus'])).toEqual(['standard 0', 'plus 0'])
})

test('a passage removed meanwhile is passed over; the limit holds', async () => {
  const many = passagesOf(
    'many',
    Array.from({ length: 30 }, (_, at) => `leave ${at}`),
  )
  const books = library({ many })
  expect(await found(books, 'leave', ['many'], 4)).toHaveLength(4)
  const broken: PassageSource = {
    ...books,
    passage: (document, ordinal) => (ordinal === 0 ? Promise.resolve(undefined) : books.passage(document, ordinal)),
  }
  const { evidence } = await retrieve(
    { question: 'leave', documents: ['many'], limit: 4 },
    { lexical: books.index, source: broken },
  )
  expect(evidence.map(({ passage: { ordinal } }) => ordinal)).toEqual([1, 2, 3, 4])
  expect(evidence.map(({ rank }) => rank)).toEqual([1, 2, 3, 4])
})

test('an empty question finds nothing', async () => {
  const books = library({ rules })
  expect(await found(books, '', ['rules'])).toEqual([])
  expect(await found(books, 'what is it?', ['rules'])).toEqual([])
})
