import { expect, test } from 'vitest'
import { readMarkdown } from '../../../../src/documents/flow/markdown'

const read = (text: string) => readMarkdown(new TextEncoder().encode(text))
const paragraph = (text: string) => ({ kind: 'paragraph', text })

test('headings of both kinds, emphasis and links as plain text, wrapped lines joined', () => {
  const { title, blocks } = read(
    'Rules\n=====\n\nSee **the** [handbook](https://example.com), `code`\nand ~~old~~ text.\n\n日本語の\n文章。\n\n### Deep ###\n',
  )
  expect(title).toBe('Rules')
  expect(blocks).toEqual([
    { kind: 'heading', level: 1, text: 'Rules' },
    paragraph('See the handbook, code and old text.'),
    paragraph('日本語の文章。'),
    { kind: 'heading', level: 3, text: 'Deep' },
  ])
})

test('nested lists of every kind in one block', () => {
  const { blocks } = read('- one\n  - two\n    1. three\n    2. four\n- [x] done\n\n  more\n')
  expect(blocks).toEqual([{ kind: 'list', text: '• one\n  • two\n    1. three\n    2. four\n• done\n  more' }])
})

test('GFM tables: rows, cells, escaped bars, inline marks', () => {
  const { blocks } = read('| Year | Days |\n|---|:-:|\n| **1** | 10 \\| 11 |\n| 2 | |\n')
  expect(blocks).toEqual([{ kind: 'table', text: 'Year\tDays\n1\t10 | 11\n2\t' }])
})

test('front matter gives the title and no text', () => {
  const { title, blocks } = read('---\ntitle: "休暇規程"\ntags: [a]\n---\n本文。\n')
  expect(title).toBe('休暇規程')
  expect(blocks).toEqual([paragraph('本文。')])
})

test('code keeps its lines; quotations and footnotes are text', () => {
  const { blocks } = read('```js\nlet a = 1\n\nlet b\n```\n\n> quoted\n\nText[^1].\n\n[^1]: The note.\n')
  expect(blocks).toEqual([
    paragraph('let a = 1\nlet b'),
    paragraph('quoted'),
    paragraph('Text.'),
    paragraph('The note.'),
  ])
})

test('HTML in Markdown is read as text: no scripts, no ruby, no comments', () => {
  const { blocks } = read(
    '<script>\nalert(1)\n</script>\n\n<!-- secret -->\n\n<ruby>文<rt>ふみ</rt></ruby>倉<br>二行目 <b>bold</b>\n\n<div>In a div</div>\n',
  )
  expect(blocks).toEqual([paragraph('文倉\n二行目 bold'), paragraph('In a div')])
})
