import { describe, expect, it } from 'vitest'
import { citations } from '../../../../src/answering/cite'
import { sentenceChecker } from '../../../../src/answering/written/check-sentence'
import type { AnswerSentence, Evidence } from '../../../../src/domain'
import { alone } from '../../../../src/retrieval/widen'
import { evidenceOf } from '../evidence'

const rent = evidenceOf(
  'This agreement is made between Larkspur Bindery and Oskar Feldt. The monthly rent is $1,450, payable in advance. The deposit is returned within thirty days after the keys have been handed back.',
  'en',
  { name: 'lease.pdf' },
)
const repairs = evidenceOf(
  'Repairs to the roof are paid for by the landlord. The tenant keeps the garden in order and clears the gutters every autumn.',
  'en',
  { name: 'lease.pdf', rank: 2, headingPath: ['Upkeep'] },
)
const leave = evidenceOf(
  '労働者には10日の年次有給休暇を与える。年次有給休暇を取得しようとするときは、総務課長に所定の用紙で申請しなければならない。',
  'ja',
  { rank: 3, name: '就業規則.pdf' },
)

function check(
  text: string,
  numbers: number[],
  evidence: Evidence[] = [rent, repairs, leave],
  question = 'How?',
): AnswerSentence {
  const shown = evidence.map(alone)
  return sentenceChecker({ shown, question, cite: citations(), answering: () => -1 })({ text, numbers })
}

const quotes = ({ citations: cited }: AnswerSentence): string[] => cited.map(({ quote }) => quote)

describe('a sentence that cites a passage', () => {
  it('leads to the sentence of the passage that holds it', () => {
    const sentence = check('The rent is $1,450 each month and has to be paid in advance.', [1])
    expect(sentence.support).toBe('supported')
    expect(quotes(sentence)).toEqual(['The monthly rent is $1,450, payable in advance.'])
    expect(sentence.citations[0]).toMatchObject({ documentName: 'lease.pdf', marker: 1 })
    expect(quotes(check('有給休暇を取るには、総務課長に用紙で申請します。', [3]))).toEqual([
      '年次有給休暇を取得しようとするときは、総務課長に所定の用紙で申請しなければならない。',
    ])
  })

  it('is of the language of its passage where it is a code or a number alone', () => {
    const form = evidenceOf('申請には様式S-8946を用いる。費用は1,450円である。', 'ja', { name: '規程.pdf' })
    expect(check('S-8946', [1], [form])).toMatchObject({ support: 'supported' })
    expect(check('1,450', [1], [form])).toMatchObject({ support: 'supported' })
    expect(check('S-8947', [1], [form])).toMatchObject({ support: 'unsupported' })
    expect(check('$1,450', [1])).toMatchObject({ support: 'supported' })
  })

  it('leads to two sentences when it tells what both say', () => {
    const sentence = check('The landlord pays roof repairs, while the tenant clears gutters in autumn.', [2])
    expect(quotes(sentence)).toHaveLength(2)
  })

  it('leads to both passages that it cites', () => {
    const sentence = check('The rent is payable in advance, and the landlord pays for repairs to the roof.', [1, 2])
    expect(sentence.support).toBe('supported')
    expect(quotes(sentence)).toHaveLength(2)
  })

  it('keeps the passages that exist when others are invented', () => {
    const sentence = check('The monthly rent is $1,450.', [99, 1, 0])
    expect(sentence.citations).toHaveLength(1)
    expect(sentence.support).toBe('supported')
  })

  it('is led to the right passage when it cites a wrong one', () => {
    const sentence = check('Repairs to the roof are paid by the landlord.', [1])
    expect(quotes(sentence)).toEqual(['Repairs to the roof are paid for by the landlord.'])
    expect(sentence.support).toBe('supported')
  })

  it('is marked when no passage holds it', () => {
    const sentence = check('The building has a swimming pool and a sauna.', [1])
    expect(sentence.support).toBe('unsupported')
    expect(sentence.citations.length).toBeLessThan(2)
  })

  it('is marked with its invented number', () => {
    const sentence = check('The monthly rent is $1,540, payable in advance.', [1])
    expect(sentence.support).toBe('unsupported')
    expect(sentence.unheldNumbers?.map(([start, end]) => sentence.text.slice(start, end))).toEqual(['1,540'])
    expect(check('The deposit is returned within 30 days after the keys are handed back.', [1]).support).toBe(
      'supported',
    )
  })

  it('is marked when it names somebody whom neither its passages nor the question name', () => {
    expect(check('The roof repairs are paid for by the landlord, Mr. Bob Smithers.', [2]).support).toBe('unsupported')
    expect(
      check('The landlord pays Bob Smithers for repairs to the roof.', [1], [repairs], 'Does Bob Smithers pay?')
        .support,
    ).toBe('supported')
    expect(check('有給休暇はマネージャーに用紙で申請しなければならない。', [3]).support).toBe('unsupported')
  })

  it('may repeat a number of the question, and of the page', () => {
    const question = 'Is the rent of 1,500 payable in advance?'
    expect(check('The monthly rent, not 1,500, is payable in advance.', [1], [rent], question).support).toBe(
      'supported',
    )
    expect(check('The monthly rent on page 1 is payable in advance.', [1]).support).toBe('supported')
  })

  it('in another language is not judged by words, but by numbers', () => {
    const sentence = check('Employees get 10 days of paid leave.', [3])
    expect(sentence.support).toBe('unchecked')
    expect(sentence.citations).toHaveLength(1)
    expect(check('Employees get 14 days of paid leave.', [3]).support).toBe('unsupported')
  })

  it('names its document or heading', () => {
    expect(check('According to the upkeep rules of the lease, the tenant keeps the garden.', [2]).support).toBe(
      'supported',
    )
  })
})

describe('a sentence without a citation', () => {
  it('gets the passage that clearly holds it', () => {
    const sentence = check('Repairs to the roof are paid by the landlord.', [])
    expect(sentence).toMatchObject({ support: 'supported' })
    expect(quotes(sentence)).toEqual(['Repairs to the roof are paid for by the landlord.'])
  })

  it('stays without, and marked, where none does', () => {
    const sentence = check('Most landlords in the city also pay for heating.', [])
    expect(sentence).toMatchObject({ support: 'unsupported', citations: [] })
  })

  it('claims nothing when it only announces', () => {
    expect(check('The rules are as follows:', [])).toEqual({
      text: 'The rules are as follows:',
      marks: [],
      citations: [],
    })
    expect(check('以下のとおりです：', []).support).toBeUndefined()
  })

  it('"Yes" before it is no claim', () => {
    expect(check('Yes, the rent is payable in advance.', []).support).toBe('supported')
    expect(check('はい、総務課長に申請します。', []).support).toBe('supported')
  })
})

it('a row of a table is cited with its header', () => {
  const text = 'Item\tPrice\tDelivery\nDesk lamp\t$48\t3 days\nOffice chair\t$219\t2 weeks'
  const sentences = text
    .split('\n')
    .map((line): [number, number] => [text.indexOf(line), text.indexOf(line) + line.length])
  const sentence = check(
    'The office chair has a price of $219.',
    [1],
    [evidenceOf(text, 'en', { kind: 'table', sentences })],
  )
  expect(quotes(sentence)).toEqual(['Office chair\t$219\t2 weeks'])
  expect(sentence.citations[0]?.spans).toHaveLength(2)
})

it('a neighbour that was told with a passage is cited itself', () => {
  const neighbour = evidenceOf('Dogs are welcome in the garden, but never in the hall.', 'en', {
    name: 'lease.pdf',
  }).passage
  const shown = [{ evidence: rent, passages: [rent.passage, neighbour] }]
  const checked = sentenceChecker({ shown, question: 'Dogs?', cite: citations(), answering: () => -1 })({
    text: 'Dogs are welcome in the garden.',
    numbers: [1],
  })
  expect(checked.citations.map(({ passage }) => passage)).toEqual([neighbour.id])
})
