import { describe, expect, it } from 'vitest'
import { layOut } from '../../../../src/documents/layout/layout'
import { textWidth } from '../../../../src/documents/layout/glyphs'
import type { Item } from '../../../../src/documents/layout/item'
import { column, item, page } from '../../../fixtures/layout-items'

const SIZE = 10
const ROWS = [
  ['Lamp', '$125', '24 months'],
  ['Copying machine', '$1,998', '36 months'],
  ['Desk', '$43', '12 months'],
]

const blocks = (items: Item[]): [kind: string, text: string][] => {
  const { text, blocks: found } = layOut([page(1, items)], []).pages[0]!
  return found.map(({ kind, start, end }) => [kind, text.slice(start, end)])
}

const told = (rows: string[][]): string => rows.map((cells) => cells.join('\t')).join('\n')

/** Rows whose cells begin at these places. */
const set = (rows: string[][], places: number[], y = 100): Item[] =>
  rows.flatMap((cells, row) => cells.map((cell, at) => item(cell, places[at]!, y + 14 * row)))

/** Text in another font in the middle of [from, to). */
const centred = (text: string, from: number, to: number, y: number): Item =>
  item(text, (from + to - textWidth(text) * SIZE) / 2, y, SIZE, { font: 'bold' })

describe('a header that is set otherwise than its rows', () => {
  const names = ['Item', 'Price', 'Warranty']

  it('is one when it is centred over wide columns, as HTML has it', () => {
    const places = [50, 230, 410, 590]
    const header = names.map((name, at) => centred(name, places[at]!, places[at + 1]!, 86))
    expect(blocks([...header, ...set(ROWS, places)])).toEqual([['table', told([names, ...ROWS])]])
  })

  it('is one over two columns when it is in another font, and a line of the same font is none', () => {
    const rows = ROWS.map((cells) => cells.slice(0, 2))
    const places = [50, 300, 550]
    const bold = names.slice(0, 2).map((name, at) => centred(name, places[at]!, places[at + 1]!, 86))
    expect(blocks([...bold, ...set(rows, places)])).toEqual([['table', told([names.slice(0, 2), ...rows])]])
    const plain = bold.map((each) => ({ ...each, font: 'body' }))
    expect(blocks([...plain, ...set(rows, places)]).at(-1)).toEqual(['table', told(rows)])
  })

  it('is none when a name stands over two columns, or its number is another one', () => {
    const places = [50, 230, 410, 590]
    for (const header of [
      [centred('Item and price', 50, 410, 86), centred('Warranty', 410, 590, 86)],
      [
        ...['Item', 'of', 'all'].map((name, at) => centred(name, 50 + 60 * at, 110 + 60 * at, 86)),
        centred('Price', 410, 590, 86),
      ],
    ])
      expect(blocks([...header, ...set(ROWS, places)]).at(-1)).toEqual(['table', told(ROWS)])
  })
})

it('a table of two columns below the last line of a paragraph is not two columns of text', () => {
  const rows = [
    ['名称', '開始時刻'],
    ['ブア会議', '午後3時45分'],
    ['フーパンロ見学会', '午前4時45分'],
  ]
  const items = [...column(['時45分に始まる。'], 50, 86), ...set(rows, [50, 160])]
  expect(blocks(items).at(-1)).toEqual(['table', told(rows)])
})

describe('a line above a table of two columns that is none of its rows', () => {
  const rows = ROWS.map(([name, price]) => [name!, price!])
  const table = set(rows, [50, 300])
  const bold = (text: string, x: number) => item(text, x, 86, SIZE, { font: 'bold' })

  it.each([
    ['a numbered heading', [bold('1.2', 50), bold('Prices', 86)]],
    ['a caption', [bold('Table 1', 50), bold('Prices of goods', 100)]],
    ['an article', [bold('第3条', 50), bold('料金は次のとおりとする。', 90)]],
    ['an item of a list', [bold('•', 50), bold('Prices:', 75)]],
    ['words that stand apart', [bold('Prices', 50), bold('(without tax)', 57 + textWidth('Prices') * SIZE)]],
  ])('%s', (_, line) => {
    expect(blocks([...line, ...table]).at(-1)).toEqual(['table', told(rows)])
  })
})

describe('columns of text that the file writes line by line', () => {
  const across = (left: string[], right: string[]) =>
    left.flatMap((line, at) => [
      item(line, 50, 100 + 12 * at),
      ...(right[at] ? [item(right[at]!, 300, 100 + 12 * at)] : []),
    ])
  const lines = (side: string, count: number) =>
    Array.from({ length: count }, (_, at) => `The ${side} column is filled with words in line ${at}`)

  it('are read one after the other when one is short', () => {
    const [text] = blocks(across(lines('left', 8), lines('right', 3))).map(([, each]) => each)
    expect(text!.indexOf('left column is filled with words in line 7')).toBeGreaterThan(0)
    expect(text).not.toContain('\t')
  })

  it('are two lists when both begin like one', () => {
    const left = ['1. Switch the heater off', '2. Close all the windows', '3. Lock the door behind you']
    const right = ['4. Bring the bins outside', '5. Hand in all of the keys', '6. Tell the office about it']
    const found = blocks(across(left, right))
    expect(found.every(([kind]) => kind === 'list')).toBe(true)
  })
})

it('a currency at the left of its column is no column', () => {
  const rows = [
    ['Item', 'Price'],
    ['Lamp', '$ 125'],
    ['Desk', '$ 432'],
    ['Chair', '$ 807'],
  ]
  const items = rows.flatMap(([name, price], row) => {
    const y = 100 + 14 * row
    const cells = row === 0 ? [item(price!, 300, y)] : [item('$', 300, y), item(price!.slice(2), 312, y)]
    return [item(name!, 50, y), ...cells]
  })
  expect(blocks(items)).toEqual([['table', told(rows)]])
})

describe('cells that come near to each other', () => {
  const widest = textWidth('Copying machine') * SIZE
  // Three quarters of an em behind the widest cell of each column.
  const places = [50, 50 + widest + 7.5, 50 + widest + 7.5 + textWidth('$1,998') * SIZE + 7.5]

  it('are cut apart where others of their columns begin', () => {
    expect(blocks(set(ROWS, places))).toEqual([['table', told(ROWS)]])
  })

  it('have a header, whose names are as near', () => {
    const names = ['Item', 'Price', 'Warranty']
    const ends = [places[1]! - 7.5, places[2]! - 7.5, places[2]! + textWidth('36 months') * SIZE]
    const header = names.map((name, at) => centred(name, places[at]!, ends[at]!, 86))
    expect(blocks([...header, ...set(ROWS, places)])).toEqual([['table', told([names, ...ROWS])]])
  })

  it('are cut apart in a first row, and where they end with those of their column', () => {
    const [widestFirst, ...others] = [ROWS[1]!, ROWS[0]!, ROWS[2]!]
    expect(blocks(set([widestFirst, ...others], places))).toEqual([['table', told([widestFirst, ...others])]])
    const price = places[2]! - 7.5
    const atRight = [widestFirst, ...others].flatMap(([name, cost, time], row) => [
      item(name!, places[0]!, 100 + 14 * row),
      item(cost!, price - textWidth(cost!) * SIZE, 100 + 14 * row),
      item(time!, places[2]!, 100 + 14 * row),
    ])
    expect(blocks(atRight)).toEqual([['table', told([widestFirst, ...others])]])
  })

  it('are words where nothing begins at the same place in the other rows', () => {
    const row = (y: number, [first, ...words]: [string, ...string[]], last: string) => {
      const cell = [item(first, 50, y)]
      for (const word of words) cell.push(item(word, cell.at(-1)!.x1 + 4, y))
      return [...cell, item(last, 300, y)]
    }
    const words = [
      row(100, ['Lamp', 'with'], '24 months'),
      row(114, ['Desks', 'drawers'], '12 months'),
      row(128, ['Chair'], '6 months'),
    ]
    const rows = ['Lamp with\t24 months', 'Desks drawers\t12 months', 'Chair\t6 months']
    expect(blocks(words.flat())).toEqual([['table', rows.join('\n')]])
  })

  it('are words in a justified paragraph', () => {
    const lines = column(['Words that are set', 'Words which were set', 'Words of a sentence'], 50, 100)
    const justified = lines.flatMap((line) => {
      let x = line.x0
      return line.text.split(' ').map((word) => {
        const placed = item(word, x, line.y0)
        x = placed.x1 + 5
        return placed
      })
    })
    expect(blocks(justified).map(([kind]) => kind)).not.toContain('table')
  })
})
