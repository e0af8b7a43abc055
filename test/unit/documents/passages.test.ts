import { describe, expect, test } from 'vitest'
import { cutPassages } from '../../../src/documents/passages'
import type { Block, BlockKind, Page } from '../../../src/domain'

type Written = [kind: BlockKind, text: string, rest?: Partial<Block>]

const page = (number: number, written: Written[], width = 600): Page => {
  let text = ''
  const blocks = written.map(([kind, own, rest]): Block => {
    if (text) text += '\n\n'
    const start = text.length
    text += own
    return { kind, start, end: text.length, ...(kind === 'heading' && { level: 1 }), ...rest }
  })
  return { number, width, height: width, text, runs: [], blocks, image: false, fingerprint: '' }
}
const cut = (...pages: Page[]) => cutPassages('d', { pages })
const say = (word: string, times: number) =>
  Array.from({ length: times }, (_, i) => `The ${word} number ${i} is here.`).join(' ')

describe('headings', () => {
  test('passages never cross one, and carry the path to it', () => {
    const passages = cut(
      page(1, [
        ['paragraph', 'Before.'],
        ['heading', 'Rules'],
        ['paragraph', 'One.'],
        ['heading', 'Leave', { level: 2 }],
        ['paragraph', 'Two.'],
      ]),
      page(2, [
        ['paragraph', 'Three.'],
        ['heading', 'Pay', { level: 2 }],
        ['paragraph', 'Four.'],
      ]),
    )
    expect(passages.map(({ headingPath, text }) => [headingPath.join('/'), text])).toEqual([
      ['', 'Before.'],
      ['Rules', 'One.'],
      ['Rules/Leave', 'Two.\n\nThree.'],
      ['Rules/Pay', 'Four.'],
    ])
  })

  test('one with nothing under it is text, so that it can be found', () => {
    const passages = cut(
      page(1, [
        ['heading', 'Handbook'],
        ['heading', 'Last revised in 2024'],
        ['heading', '休暇'],
        ['paragraph', '年に十日。'],
      ]),
    )
    expect(passages.map(({ headingPath, text }) => [headingPath, text])).toEqual([
      [[], 'Handbook\n\nLast revised in 2024'],
      [['休暇'], '年に十日。'],
    ])
  })
})

describe('page breaks', () => {
  const continues = (before: string, after: string) =>
    cut(page(1, [['paragraph', before]]), page(2, [['paragraph', after, { continues: true }]]))

  test('a paragraph that goes on is one text with pieces on both pages', () => {
    const [passage, ...others] = continues('The request has to be', 'made a week before.')
    expect(others).toEqual([])
    expect(passage).toMatchObject({
      id: 'd/1/0-2/19',
      text: 'The request has to be made a week before.',
      sentences: [[0, 41]],
      pieces: [
        { at: 0, page: 1, start: 0, length: 21 },
        { at: 22, page: 2, start: 0, length: 19 },
      ],
    })
  })

  test('Japanese goes on without a space, and a divided word becomes whole', () => {
    expect(continues('有給休', '暇は十日。')[0]?.text).toBe('有給休暇は十日。')
    expect(continues('The com-', 'pany pays.')[0]?.text).toBe('The company pays.')
    expect(continues('The com-', 'pany pays.')[0]?.pieces[0]).toEqual({ at: 0, page: 1, start: 0, length: 7 })
  })

  test('a table in between, over which the paragraph goes on, stays a passage of its own', () => {
    const passages = cut(
      page(1, [
        ['paragraph', 'It begins'],
        ['table', 'a\tb\n1\t2'],
      ]),
      page(2, [['paragraph', 'and ends.', { continues: true }]]),
    )
    expect(passages.map(({ kind, text }) => [kind, text])).toEqual([
      ['text', 'It begins and ends.'],
      ['table', 'a\tb\n1\t2'],
    ])
  })
})

describe('sizes', () => {
  test('a long section is cut at sentences, each passage beginning with the last sentence before', () => {
    const passages = cut(page(1, [['paragraph', say('rule', 100)]]))
    expect(passages.length).toBeGreaterThan(3)
    passages.slice(1).forEach(({ text, overlap, sentences }, i) => {
      expect(overlap).toBe(1)
      const [start, end] = passages[i]!.sentences.at(-1)!
      expect(text.slice(...sentences[0]!)).toBe(passages[i]!.text.slice(start, end))
    })
  })

  test('there is no overlap between sections', () => {
    const passages = cut(
      page(1, [
        ['paragraph', say('rule', 9)],
        ['heading', 'H'],
        ['paragraph', say('day', 9)],
      ]),
    )
    expect(passages.map(({ overlap }) => overlap)).toEqual([0, 0])
  })

  test('a small rest of a section goes to the passage before', () => {
    const sizes = { max: 100, target: 60, min: 30 }
    const pages = [page(1, [['paragraph', say('rule', 8)]])]
    const last = cutPassages('d', { pages }, sizes).at(-1)!
    expect(last.tokens).toBeGreaterThanOrEqual(30)
    expect(cutPassages('d', { pages }, { ...sizes, min: 0 }).length).toBeGreaterThan(
      cutPassages('d', { pages }, sizes).length,
    )
  })

  test.each([
    ['English', `${'a clause of several words, '.repeat(150)}and an end.`, ','],
    ['Japanese', `${'一つの句がここに続き、'.repeat(120)}終わる。`, '、'],
  ])('an endless %s sentence is cut after clauses', (_, sentence, mark) => {
    const passages = cut(page(1, [['paragraph', sentence]]))
    expect(passages.length).toBeGreaterThan(1)
    for (const { text } of passages.slice(0, -1)) expect(text.at(-1)).toBe(mark)
    expect(passages.map(({ overlap }) => overlap)).toEqual(passages.map(() => 0))
  })

  test('text without any place to cut is cut hard, never inside a character', () => {
    const passages = cut(page(1, [['paragraph', '𠮷'.repeat(2000)]]))
    expect(passages.map(({ text }) => text).join('')).toBe('𠮷'.repeat(2000))
    for (const { text } of passages) expect(text.isWellFormed()).toBe(true)
  })
})

describe('tables', () => {
  const rows = Array.from({ length: 120 }, (_, i) => `${i} years\t${10 + i} days\tpaid`)
  const table = ['Service\tDays\tPay', ...rows].join('\n')

  test('are cut between rows, with the header row in front of each passage, mapped to its real place', () => {
    const passages = cut(
      page(1, [
        ['paragraph', 'As follows.'],
        ['table', table],
      ]),
    ).filter(({ kind }) => kind === 'table')
    expect(passages.length).toBeGreaterThan(2)
    passages.forEach(({ text, pieces, overlap, id }, i) => {
      expect(text.startsWith('Service\tDays\tPay\n')).toBe(true)
      expect(overlap).toBe(i ? 1 : 0)
      expect(pieces[0]).toMatchObject({ at: 0, page: 1, start: 13 })
      if (i) expect(id.startsWith('d/1/13-')).toBe(false)
    })
    expect(passages.flatMap(({ text }) => text.split('\n').slice(1))).toEqual(rows)
  })

  test('each row is a sentence', () => {
    const [passage] = cut(page(1, [['table', 'a\tb\nc. d\te. f']]))
    expect(passage?.sentences.map(([start, end]) => passage.text.slice(start, end))).toEqual(['a\tb', 'c. d\te. f'])
  })
})

test('without pages, a passage says in which paragraph under its heading it begins', () => {
  const blocks: Written[] = [
    ['heading', 'H'],
    ['paragraph', say('rule', 40)],
    ['list', '• a\n• b'],
    ['paragraph', say('day', 40)],
  ]
  const paragraphs = cut(page(1, blocks, 0)).map(({ paragraph }) => paragraph)
  expect(paragraphs[0]).toBe(1)
  expect(paragraphs.at(-1)).toBe(3)
  expect(cut(page(1, blocks)).every((passage) => !('paragraph' in passage))).toBe(true)
})

test('33 blank pages give no passage', () => {
  expect(cut(...Array.from({ length: 33 }, (_, i) => page(i + 1, [])))).toEqual([])
})

test('the language of each passage is its own', () => {
  const passages = cut(
    page(1, [
      ['paragraph', 'Leave is paid.'],
      ['heading', 'H'],
      ['paragraph', '休暇は有給とする。'],
    ]),
  )
  expect(passages.map(({ language }) => language)).toEqual(['en', 'ja'])
})

test('a passage knows what its pages print as their numbers, where they print another', () => {
  const [passage] = cut(
    { ...page(3, [['paragraph', 'It begins here,']]), label: 'iii' },
    page(4, [['paragraph', 'and goes on there.', { continues: true }]]),
  )
  expect(passage?.pageLabels).toEqual({ 3: 'iii' })
  expect(cut(page(1, [['paragraph', 'Here.']]))[0]).not.toHaveProperty('pageLabels')
})
