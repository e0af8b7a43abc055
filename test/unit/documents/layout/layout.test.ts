import { describe, expect, it } from 'vitest'
import type { OutlineItem, Page } from '../../../../src/domain'
import { layOut } from '../../../../src/documents/layout/layout'
import type { Item } from '../../../../src/documents/layout/item'
import { column, item, page, verticalLine } from '../../../fixtures/layout-items'

const blocks = ({ text, blocks: found }: Page): [kind: string, text: string][] =>
  found.map(({ kind, start, end }) => [kind, text.slice(start, end)])

const one = (items: Item[], outline: OutlineItem[] = []): Page => layOut([page(1, items)], outline).pages[0]!

const prose = (seed: string, lines: number): string[] =>
  Array.from({ length: lines }, (_, at) => `${seed} line ${at} is filled with words to its right edge`)

describe('columns', () => {
  const left = prose('left', 6)
  const right = prose('right', 6)

  it('are read one after the other, under a title that spans them', () => {
    const items = [
      item('A title that spans both of the columns below it', 150, 60, 16),
      ...column(left, 50, 120),
      ...column(right, 330, 120),
    ]
    const text = one(items).text
    expect(text.indexOf('left line 5')).toBeLessThan(text.indexOf('right line 0'))
    expect(text.startsWith('A title')).toBe(true)
  })

  it('are found when the file writes line by line across both', () => {
    const items = left.flatMap((_, at) => [item(left[at]!, 50, 120 + 12 * at), item(right[at]!, 330, 120 + 12 * at)])
    const text = one(items).text
    expect(text.indexOf('left line 5')).toBeLessThan(text.indexOf('right line 0'))
  })

  it('are not what the cells of a table are', () => {
    const rows = [
      ['Region', 'Sales', 'Growth'],
      ['Japan', '1,800', '+3 %'],
      ['Asia', '1,050', '+31 %'],
      ['Europe', '600', '+8 %'],
    ]
    const items = rows.flatMap((cells, row) => cells.map((cell, at) => item(cell, 50 + 150 * at, 100 + 14 * row)))
    expect(blocks(one(items))).toEqual([['table', rows.map((cells) => cells.join('\t')).join('\n')]])
  })

  it('pass a paragraph on from the foot of one to the head of the next, over a footnote', () => {
    const items = [
      ...column([...left, 'and the last of them stops in the middle of clas-'], 50, 120),
      item('1 A footnote in smaller type.', 50, 230, 8),
      ...column(['sification, which goes on in the next column as one', ...right], 330, 120),
    ]
    expect(one(items).text).toContain('in the middle of classification, which goes on')
  })
})

describe('vertical writing', () => {
  const lines = ['吾輩は猫である。名前はまだ無い。', 'どこで生れたか頓と見当がつかぬ。', '何でも薄暗い所で泣いていた。']

  it('is found by geometry and read from right to left', () => {
    const items = lines.flatMap((line, at) => verticalLine(line, 300 - 20 * at, 100))
    const found = one(items)
    expect(found.text).toBe(lines.join(''))
    expect(found.runs[0]).toEqual({ start: 0, end: 1, rect: [300, 100, 310, 110], direction: 1 })
  })

  it('takes short numbers between its glyphs along', () => {
    const before = verticalLine('平成の世に', 300, 100)
    const items = [...before, item('31', 300, 150), ...verticalLine('年まで続いた長い時代の話', 300, 160)]
    expect(one(items).text).toBe('平成の世に31年まで続いた長い時代の話')
  })

  it('drops ruby beside its line', () => {
    const items = [...verticalLine('種族は人間の中で一番獰悪である', 300, 100), item('どうあく', 311, 200, 5)]
    items.at(-1)!.direction = 1
    Object.assign(items.at(-1)!, { x0: 311, x1: 316, y0: 200, y1: 220 })
    expect(one(items).text).toBe('種族は人間の中で一番獰悪である')
  })
})

describe('sideways text', () => {
  it('is laid out after the text of the page, in its own direction', () => {
    const stamp: Item = { ...item('arXiv stamp', 0, 0), direction: 3, x0: 20, x1: 30, y0: 300, y1: 360 }
    const found = one([stamp, ...column(prose('body', 5), 80, 100)])
    expect(found.text.endsWith('arXiv stamp')).toBe(true)
    expect(found.runs.at(-1)).toMatchObject({ direction: 3, rect: [20, 300, 30, 360] })
  })
})

describe('running lines', () => {
  const body = (number: number): Item[] => column(prose(`page ${number}`, 20), 60, 110 + number)

  it('are left out where they repeat, where only their words change, and where they are page numbers', () => {
    const contents = [1, 2, 3, 4, 5, 6].map((number) =>
      page(number, [
        item('The Book', 60, 40),
        item(['One', 'Two', 'Three', 'Four', 'Five', 'Six'][number - 1]!, 300, 62, 9),
        ...body(number),
        item(`- ${number} -`, 290, 770),
      ]),
    )
    for (const found of layOut(contents, []).pages) {
      expect(found.text).not.toMatch(/The Book|One|Two|Three|Four|Five|Six|- \d -/)
      expect(found.text).toContain('line 19')
    }
  })

  it('are not the titles of slides', () => {
    const titles = ['Plan', 'Budget', 'People', 'Risks']
    const contents = titles.map((title, at) => page(at + 1, [item(title, 60, 40, 24), ...body(at)]))
    expect(layOut(contents, []).pages.map((found) => blocks(found)[0])).toEqual(
      titles.map((title) => ['heading', title]),
    )
  })

  it('are not first lines that stand at the same place', () => {
    const contents = [1, 2, 3, 4].map((number) =>
      page(number, [item(`Opening words of page ${'abcd'[number]}x`, 60, 80)]),
    )
    for (const found of layOut(contents, []).pages) expect(found.text).toContain('Opening words')
  })
})

describe('headings', () => {
  it('take their level from the outline', () => {
    const outline = [{ title: 'Scope', page: 1, children: [{ title: 'Who is meant', page: 1, children: [] }] }]
    const items = [
      item('1 Scope', 60, 100, 14),
      ...column(prose('a', 3), 60, 130),
      item('1.1 Who is meant', 60, 180, 10, { font: 'bold' }),
      ...column(prose('b', 3), 60, 200),
    ]
    const { blocks: found, text } = one(items, outline)
    expect(
      found.filter(({ kind }) => kind === 'heading').map(({ level, start, end }) => [level, text.slice(start, end)]),
    ).toEqual([
      [1, '1 Scope'],
      [2, '1.1 Who is meant'],
    ])
  })

  it('take number and title of an article of Japanese rules together', () => {
    const items = [
      item('第１章 総則', 60, 100, 14),
      item('（目的）', 60, 130),
      item('第１条', 60, 144),
      item('この規則は、労働者の就業に関する事項を定める。これに定めのない事項は', 110, 144),
      item('法令の定めるところによる。', 70, 158),
      item('（適用範囲）', 60, 180),
      item('第２条 この規則は、すべての労働者に適用する。', 60, 194),
    ]
    expect(blocks(one(items))).toEqual([
      ['heading', '第１章 総則'],
      ['heading', '（目的）第１条'],
      ['paragraph', 'この規則は、労働者の就業に関する事項を定める。これに定めのない事項は法令の定めるところによる。'],
      ['heading', '（適用範囲）第２条'],
      ['paragraph', 'この規則は、すべての労働者に適用する。'],
    ])
  })
})

describe('lists and contents', () => {
  it('keep items on lines of their own, with what runs on', () => {
    const items = column(['• first item that is long enough to', 'need a second line', '• second item'], 60, 100)
    items[1]!.x0 += 10
    expect(blocks(one(items))).toEqual([
      ['list', '• first item that is long enough to need a second line\n• second item'],
    ])
  })

  it('read a table of contents as a list, not as headings', () => {
    const entry = (title: string, number: string, y: number): Item[] => [
      item(title, 60, y, 14),
      item(number, 500, y, 14, { leader: true }),
    ]
    const items = [
      item('Contents', 60, 60, 20),
      ...entry('Chapter One', '3', 100),
      ...entry('Chapter Two', '9', 120),
      ...entry('Chapter Three', '17', 140),
    ]
    expect(blocks(one(items))).toEqual([
      ['heading', 'Contents'],
      ['list', 'Chapter One 3\nChapter Two 9\nChapter Three 17'],
    ])
  })
})

describe('pages that go on', () => {
  it('are marked where a paragraph runs over the break', () => {
    const contents = [
      page(1, column([...prose('a', 5), 'and this sentence is not at its'], 60, 300)),
      page(2, column(['end before the page is.', ...prose('b', 3)], 60, 300)),
      page(3, column(['A new one begins here.'], 60, 300)),
    ]
    expect(layOut(contents, []).pages.map((found) => found.blocks[0]!.continues ?? false)).toEqual([false, true, true])
  })
})

describe('fingerprints', () => {
  const contents = () => [page(1, column(prose('a', 5), 60, 200)), page(2, column(prose('b', 5), 60, 200))]

  it('do not depend on the page number, and do on text and place', () => {
    const [first] = layOut(contents(), []).pages
    const moved = layOut([page(7, column(prose('a', 5), 60, 200)), page(8, column(prose('b', 5), 60, 200))], [])
      .pages[0]
    const shifted = layOut([page(1, column(prose('a', 5), 61, 200)), page(2, column(prose('b', 5), 60, 200))], [])
      .pages[0]
    expect(moved!.fingerprint).toBe(first!.fingerprint)
    expect(shifted!.fingerprint).not.toBe(first!.fingerprint)
  })

  it('let unchanged pages be taken over', () => {
    const { pages } = layOut(contents(), [])
    const again = layOut([...contents(), page(3, column(prose('c', 5), 60, 200))], [], pages)
    expect(again.changedPages).toBe(1)
    expect(again.pages.slice(0, 2)).toEqual(pages)
  })
})
