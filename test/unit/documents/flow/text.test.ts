import { describe, expect, test } from 'vitest'
import { cleanText } from '../../../../src/documents/flow/flow'
import { readText } from '../../../../src/documents/flow/text'
import { sentences } from '../../../../src/language/segment'

const read = (text: string) => readText(new TextEncoder().encode(text)).blocks
const paragraph = (text: string) => ({ kind: 'paragraph', text })

test('hard-wrapped English is joined, hyphens undone, paragraphs kept apart', () => {
  const text = [
    'Employees who have worked for at least six months are entitled to leave',
    'with pay. The number of days grows with the years of service, and what is',
    'not taken is carried over to the following year, as the com-',
    'pany agreement says.',
    '',
    'A second paragraph, which is also broken at the same width because that is',
    'how it was typed.',
  ].join('\r\n')
  expect(read(text)).toEqual([
    paragraph(
      'Employees who have worked for at least six months are entitled to leave with pay. The number of days grows with the years of service, and what is not taken is carried over to the following year, as the company agreement says.',
    ),
    paragraph('A second paragraph, which is also broken at the same width because that is how it was typed.'),
  ])
})

test('hard-wrapped Japanese is joined without spaces, and an indented line begins a paragraph', () => {
  const line = '　年次有給休暇は六か月間継続して勤務し全労働日の八割以上出勤した者に'
  const text = `${line}\n与えるものとし、その日数は継続して勤務した年数に応じて増えるものとす\nる。\n${line}\n与える。`
  expect(read(text)).toEqual([
    paragraph(
      '年次有給休暇は六か月間継続して勤務し全労働日の八割以上出勤した者に与えるものとし、その日数は継続して勤務した年数に応じて増えるものとする。',
    ),
    paragraph('年次有給休暇は六か月間継続して勤務し全労働日の八割以上出勤した者に与える。'),
  ])
})

test('long lines are paragraphs, short lines stay lines of one', () => {
  const long = 'A sentence that goes on. '.repeat(20).trim()
  expect(read(`${long}\n${long}`)).toEqual([paragraph(long), paragraph(long)])
  expect(read('Fumikura Ltd\n1-2-3 Chiyoda\nTokyo')).toEqual([paragraph('Fumikura Ltd\n1-2-3 Chiyoda\nTokyo')])
})

test('lines indented as a whole are joined like others', () => {
  const lines = [
    'This memo describes a way of carrying letters by pigeon, which is slow',
    'but has been found to be reliable in good weather and over short',
    'distances.',
  ]
  expect(read(lines.map((line) => `   ${line}`).join('\n'))).toEqual([paragraph(lines.join(' '))])
})

test('headings: underlined and numbered ones, not sentences that begin alike', () => {
  expect(
    read(
      'Work rules\n==========\n\nChapter 2 Leave\n\nChapter 2 says that leave is paid.\n\n第3章　休暇\n\n第4条（休暇）\n年に十日とする。',
    ),
  ).toEqual([
    { kind: 'heading', level: 1, text: 'Work rules' },
    { kind: 'heading', level: 2, text: 'Chapter 2 Leave' },
    paragraph('Chapter 2 says that leave is paid.'),
    { kind: 'heading', level: 2, text: '第3章　休暇' },
    { kind: 'heading', level: 4, text: '第4条（休暇）' },
    paragraph('年に十日とする。'),
  ])
  expect(read('第3条の規定により、次のとおり定める。')).toEqual([paragraph('第3条の規定により、次のとおり定める。')])
})

test('lists keep their items, with wrapped lines joined to them', () => {
  expect(read('- first item\n  goes on\n- second')).toEqual([{ kind: 'list', text: '- first item goes on\n- second' }])
  expect(read('・一つ目\n・二つ目')).toEqual([{ kind: 'list', text: '・一つ目\n・二つ目' }])
})

test('nothing comes of white space', () => expect(read(' \n\n\u3000\n\t\n')).toEqual([]))

describe('a file that is one long paragraph', () => {
  const soon = (work: () => unknown) => {
    const began = performance.now()
    work()
    expect(performance.now() - began).toBeLessThan(5000)
  }

  test('of two hundred thousand lines is read, and in time that grows with its length', () => {
    const line = 'The pump was started and the valve stayed closed.'
    soon(() => {
      const blocks = read(`${line}\n`.repeat(200_000))
      expect(blocks.reduce((sum, { text }) => sum + text.length, 0)).toBeGreaterThan(200_000 * line.length)
    })
  })

  test('of two hundred thousand headings is read', () => {
    expect(read('第1条\n'.repeat(200_000))).toHaveLength(200_000)
  })

  test('is joined as two lines are: hyphens go, Japanese is set on', () => {
    const filler = 'x'.repeat(60)
    const blocks = read(`${filler} exam-\nple ${filler}\n${filler}\n${filler}\n`)
    expect(blocks.map(({ text }) => text).join(' ')).toContain('example')
  })

  test('on one line is cut into sentences as soon, and so is hostile text', () => {
    soon(() => expect(sentences('The pump was started by Dr. Hale. '.repeat(20_000), 'en')).toHaveLength(20_000))
    soon(() => sentences(`${'（'.repeat(100_000)}${'」'.repeat(100_000)}`, 'ja'))
    soon(() => cleanText(`${' '.repeat(100_000)}x`.repeat(3)))
  })
})
