import axe from 'axe-core'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { render } from 'vitest-browser-svelte'
import { page, userEvent } from 'vitest/browser'
import { ReaderState } from '../../../src/app/reader.svelte'
import type { Block, Page } from '../../../src/domain'
import Reader from '../../../src/ui/reader/Reader.svelte'
import { cite, makeSource, type TestFile } from './source'
import '../../../src/ui/styles/tokens.css'
import '../../../src/ui/styles/base.css'
import '../../../src/ui/styles/controls.css'

let reader: ReaderState
let frame: HTMLElement

beforeEach(() => {
  frame = document.createElement('div')
  frame.style.cssText = 'position:fixed; inset:0; width:640px; height:560px'
  document.body.append(frame)
})

afterEach(async () => {
  await reader.destroy()
  frame.remove()
})

function open(files: Record<string, TestFile>): void {
  reader = new ReaderState(makeSource(files))
  render(Reader, { target: frame, props: { reader } })
}

function part(number: number, flow: [kind: Block['kind'], text: string, level?: number][]): Page {
  let text = ''
  const blocks = flow.map(([kind, own, level]): Block => {
    if (text) text += '\n\n'
    const start = text.length
    text += own
    return { kind, start, end: text.length, ...(level !== undefined && { level }) }
  })
  return { number, width: 0, height: 0, text, runs: [], blocks, image: false, fingerprint: String(number) }
}

const rules = part(1, [
  ['heading', 'House rules', 1],
  ['paragraph', 'Lamps stay lit. <b>No</b> candle & no match may be brought in. Doors close at nine.'],
  ['list', '• keys\n  • spare keys\n• ledgers'],
  ['table', 'Room\tKeeper\nCedar\tMori\nOak\tTan'],
])

const many = Array.from({ length: 40 }, (_, p) =>
  part(
    p + 1,
    Array.from({ length: 30 }, (_, i): [Block['kind'], string] => [
      'paragraph',
      `Paragraph ${i + 1} of part ${p + 1}. ${'Letters wait in boxes for those who ask. '.repeat(1 + ((i * 7 + p) % 9))}`,
    ]),
  ),
)

const marks = () => [...frame.querySelectorAll('mark')].map((mark) => mark.textContent)

test('a mark covers exactly the cited characters, and the text stands as it is stored', async () => {
  const file: TestFile = { pages: [rules] }
  open({ 'rules.md': file })
  await reader.showCitations([cite('rules.md', file, 1, '<b>No</b> candle & no match may be brought in.')], 0)
  await vi.waitFor(() => expect(document.activeElement?.tagName).toBe('MARK'))
  expect(marks()).toEqual(['<b>No</b> candle & no match may be brought in.'])
  expect(frame.querySelector('.part p')?.textContent).toBe(
    'Lamps stay lit. <b>No</b> candle & no match may be brought in. Doors close at nine.',
  )
  expect(frame.querySelector('.part b')).toBeNull()
  expect(document.activeElement?.ariaLabel).toContain('Highlighted passage: <b>No</b>')
})

test('headings, lists and tables are what they are', async () => {
  const file: TestFile = { pages: [rules] }
  open({ 'rules.md': file })
  await reader.showCitations([cite('rules.md', file, 1, 'spare keys\n• ledgers'), cite('rules.md', file, 1, 'Mori')], 1)
  await vi.waitFor(() => expect(document.activeElement?.textContent).toBe('Mori'))
  await expect.element(page.getByRole('heading', { name: 'House rules' })).toBeVisible()
  expect([...frame.querySelectorAll('.part li')].map((li) => li.textContent)).toEqual([
    '• keys',
    '  • spare keys',
    '• ledgers',
  ])
  expect([...frame.querySelectorAll('.part td')].map((td) => td.textContent)).toEqual([
    'Room',
    'Keeper',
    'Cedar',
    'Mori',
    'Oak',
    'Tan',
  ])
  expect(marks()).toEqual(['spare keys', '• ledgers', 'Mori'])
  expect(document.activeElement?.closest('td')).toBeTruthy()
})

test('zoom sets the size of the letters, step by step, and 0 sets it back', async () => {
  const file: TestFile = { pages: [rules] }
  open({ 'rules.md': file })
  await reader.showCitations([cite('rules.md', file, 1, 'Lamps stay lit.')], 0)
  await vi.waitFor(() => expect(document.activeElement?.tagName).toBe('MARK'))
  const size = () => parseFloat(getComputedStyle(frame.querySelector('.part')!).fontSize)
  const before = size()
  await userEvent.keyboard('++')
  await vi.waitFor(() => expect(size()).toBeCloseTo(before * 1.25))
  await userEvent.keyboard('0')
  await vi.waitFor(() => expect(size()).toBe(before))
})

test('Japanese text carries its language', async () => {
  const ja = part(1, [['paragraph', '灯りは消さない。火気は持ち込まない。']])
  const file: TestFile = { pages: [ja], document: { language: 'ja' } }
  open({ 'rules.txt': file })
  await reader.showCitations([cite('rules.txt', file, 1, '火気は持ち込まない。')], 0)
  await vi.waitFor(() => expect(marks()).toEqual(['火気は持ち込まない。']))
  expect(frame.querySelector('mark')?.closest('[lang]')?.getAttribute('lang')).toBe('ja')
})

test('of many parts only those near the view are drawn; citations far apart come to the middle; Escape works', async () => {
  const file: TestFile = { pages: many }
  const chip = document.createElement('button')
  frame.before(chip)
  open({ 'long.txt': file })
  const citations = [
    cite('long.txt', file, 30, 'Paragraph 17 of part 30.'),
    cite('long.txt', file, 3, 'Paragraph 2 of part 3.'),
  ]
  await reader.showCitations(citations, 0, chip)
  const scroller = frame.querySelector('[data-reader-scroller]')!
  const inTheMiddle = async (text: string) =>
    vi.waitFor(() => {
      expect(document.activeElement?.textContent).toBe(text)
      const mark = document.activeElement!.getBoundingClientRect()
      const view = scroller.getBoundingClientRect()
      expect(Math.abs((mark.top + mark.bottom) / 2 - (view.top + view.bottom) / 2)).toBeLessThan(20)
    })
  await inTheMiddle('Paragraph 17 of part 30.')
  await new Promise((resolve) => setTimeout(resolve, 200))
  await inTheMiddle('Paragraph 17 of part 30.')
  expect(frame.querySelectorAll('.part:has(p)').length).toBeLessThan(8)
  await userEvent.keyboard(']')
  await inTheMiddle('Paragraph 2 of part 3.')
  expect(frame.querySelectorAll('.part:has(p)').length).toBeLessThan(8)
  await userEvent.keyboard('{Escape}')
  await vi.waitFor(() => expect(document.activeElement).toBe(chip))
  chip.remove()
})

test('what is being read stays where it is while parts above it are drawn', async () => {
  const file: TestFile = { pages: many }
  open({ 'long.txt': file })
  await reader.showCitations([cite('long.txt', file, 20, 'Paragraph 1 of part 20.')], 0)
  await vi.waitFor(() => expect(document.activeElement?.tagName).toBe('MARK'))
  const scroller = frame.querySelector('[data-reader-scroller]')!
  for (let step = 0; step < 30; step++) {
    const mark = frame.querySelector('mark')
    const before = mark?.getBoundingClientRect().top ?? 0
    scroller.scrollBy({ top: -40, behavior: 'instant' })
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
    if (mark?.isConnected) expect(mark.getBoundingClientRect().top).toBeCloseTo(before + 40, -0.5)
  }
})

test('axe finds nothing serious', async () => {
  const file: TestFile = { pages: [rules] }
  open({ 'rules.md': file })
  await reader.showCitations([cite('rules.md', file, 1, 'Lamps stay lit.')], 0)
  await vi.waitFor(() => expect(marks().length).toBe(1))
  const { violations } = await axe.run(frame, { resultTypes: ['violations'] })
  const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  expect(grave.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`)).toEqual([])
})
