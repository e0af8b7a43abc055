import { describe, expect, test } from 'vitest'
import { buildPieces } from '../../../../src/retrieval/soft-lexicon/build'
import { SoftIndex } from '../../../../src/retrieval/soft-lexicon/index'
import { pieceWeight } from '../../../../src/retrieval/soft-lexicon/lexicon'
import { PieceTokenizer } from '../../../../src/retrieval/soft-lexicon/tokenizer'
import { shippedLexicon } from '../../../fixtures/lexicon'
import { Random } from '../../../fixtures/random'

const lexicon = shippedLexicon()
const tokenizer = new PieceTokenizer(lexicon)

const indexOf = (documents: Record<string, string[]>): SoftIndex => {
  const index = new SoftIndex(lexicon)
  for (const [document, texts] of Object.entries(documents)) index.add({ document, ...buildPieces(texts, tokenizer) })
  return index
}

const found = (index: SoftIndex, question: string, documents?: string[]) =>
  index
    .search(tokenizer.unique(question), { limit: 9, ...(documents && { documents }) })
    .hits.map(({ document, ordinal }) => `${document} ${ordinal}`)

const words = 'vacation car 休暇 自動車 会社 company doctor 医者 the は, wage 賃金 dog 犬 school'.split(' ')

describe.each(Array.from({ length: 25 }, (_, seed) => seed))('random library %i', (seed) => {
  const random = new Random(seed)
  const text = () => Array.from({ length: random.integer(0, 9) }, () => random.pick(words)).join(' ')
  const documents: Record<string, string[]> = {}
  for (let at = 0; at < 4; at++) documents[`d${at}`] = Array.from({ length: random.integer(0, 5) }, text)
  const question = Array.from({ length: 4 }, () => random.pick(words)).join(' ')

  /** The formula written out. */
  const coverageOf = (passage: string): number => {
    const held = tokenizer.unique(passage)
    let [covered, total] = [0, 0]
    for (const piece of tokenizer.unique(question)) {
      const [from, to] = [lexicon.offsets[piece]!, lexicon.offsets[piece + 1]!]
      const near = Array.from({ length: to - from }, (_, at) =>
        held.has(lexicon.neighbours[from + at]!) ? lexicon.nearness[from + at]! / 255 : 0,
      )
      covered += pieceWeight(lexicon, piece) * Math.max(held.has(piece) ? 1 : 0, ...near)
      total += pieceWeight(lexicon, piece)
    }
    return covered / total
  }

  test('coverage is the weight of the best matches; a longer passage scores less', () => {
    const index = indexOf(documents)
    index.add({ document: 'gone', ...buildPieces(['休暇 and vacation'], tokenizer) })
    index.remove('gone')
    index.remove('d1')
    index.add({ document: 'd1', ...buildPieces(documents['d1']!, tokenizer) })
    const { hits, passages, sought } = index.search(tokenizer.unique(question), { limit: 99 })
    expect(passages).toBe(Object.values(documents).flat().length)
    expect(hits.length).toBe(
      Object.values(documents)
        .flat()
        .filter((passage) => coverageOf(passage) > 0).length,
    )
    const total = sought.reduce((sum, { weight }) => sum + weight, 0)
    const longest = Math.max(
      ...Object.values(documents)
        .flat()
        .map((passage) => tokenizer.unique(passage).size),
    )
    for (const { document, ordinal, score, coverage } of hits) {
      const passage = documents[document]![ordinal]!
      expect(coverage).toBeCloseTo(coverageOf(passage), 9)
      const bonus = (lexicon.lengthPenalty * Math.log(longest / tokenizer.unique(passage).size)) / total
      expect(score).toBeCloseTo(coverage + bonus, 9)
    }
    hits.forEach(({ score }, at) => expect(score).toBeLessThanOrEqual(hits[at - 1]?.score ?? Infinity))
  })
})

const library = {
  rules: ['年次有給休暇は、入社後に与える。', '自動車で通勤する者は届け出る。', '医師の診断書を出す。'],
  handbook: ['Every employee may take vacation.', 'Tell us when you come by car.', 'See a doctor.'],
}

test('a question in one language finds passages in the other', () => {
  const index = indexOf(library)
  expect(found(index, 'How much vacation do I get?', ['rules'])[0]).toBe('rules 0')
  expect(found(index, 'May I come by car?', ['rules'])[0]).toBe('rules 1')
  expect(found(index, '自動車で来てもよいですか', ['handbook'])[0]).toBe('handbook 1')
})

test('only the documents asked for are looked at; scores of the rest can be asked', () => {
  const index = indexOf(library)
  const { hits, passages, measure } = index.search(tokenizer.unique('vacation'), {
    documents: ['rules', 'no'],
    limit: 1,
  })
  expect(passages).toBe(3)
  expect(hits).toHaveLength(1)
  expect(measure({ document: 'rules', ordinal: 0 })).toEqual({ score: hits[0]!.score, coverage: hits[0]!.coverage })
  expect(measure({ document: 'rules', ordinal: 1 })!.score).toBeLessThanOrEqual(hits[0]!.score)
  expect(measure({ document: 'rules', ordinal: 3 })).toBeUndefined()
  expect(measure({ document: 'handbook', ordinal: 0 })).toBeUndefined()
})

test('nothing to find', () => {
  const index = indexOf({ ...library, empty: [], blank: [''] })
  expect(found(index, '')).toEqual([])
  expect(found(index, 'vacation', ['empty', 'blank'])).toEqual([])
  expect(found(new SoftIndex(lexicon), 'vacation')).toEqual([])
})
