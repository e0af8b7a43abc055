import { expect, test, vi } from 'vitest'
import { flowOfHtml, readHtml } from '../../../../src/documents/flow/html'
import { encode } from '../../../fixtures/encode'

const blocks = (html: string) => flowOfHtml(html).blocks
const paragraph = (text: string) => ({ kind: 'paragraph', text })

test('headings, paragraphs, line breaks and white space', () => {
  expect(
    flowOfHtml(
      '<title> Work\n rules </title><h1>Rules</h1><p>One\n  two<br>three&nbsp;four</p>loose <b>text</b><div>日本\n語<h3>Sub\nheading</h3></div>',
    ),
  ).toEqual({
    title: 'Work rules',
    blocks: [
      { kind: 'heading', level: 1, text: 'Rules' },
      paragraph('One two\nthree\u00a0four'),
      paragraph('loose text'),
      paragraph('日本語'),
      { kind: 'heading', level: 3, text: 'Sub heading' },
    ],
  })
})

test('hostile HTML: nothing runs, nothing is fetched, nothing hidden is text', () => {
  const fetched = vi.spyOn(globalThis, 'fetch')
  const html = `
    <script>globalThis.owned = true</script><style>p{color:red}</style><template><p>in a template</p></template>
    <img src="https://evil.example/x.png" onerror="globalThis.owned = true" alt="a picture">
    <iframe src="https://evil.example">inside</iframe><object data="x">o</object><svg onload="globalThis.owned = true"><text>s</text></svg>
    <p hidden>hidden</p><p style="color:red; display : none">styled away</p><p aria-hidden="true">aria</p>
    <nav>menu</nav><noscript>turn it on</noscript><select><option>choice</select><link rel=stylesheet href="https://evil.example/a.css">
    <a href="javascript:alert(1)">click</a> &lt;script&gt;kept as text&lt;/script&gt;<base href="https://evil.example/">
    <p>unclosed <b>and <i>crossed</b> tags</i>`
  expect(blocks(html)).toEqual([
    paragraph('a picture click <script>kept as text</script>'),
    paragraph('unclosed and crossed tags'),
  ])
  expect(globalThis).not.toHaveProperty('owned')
  expect(fetched).not.toHaveBeenCalled()
})

test('ruby keeps the text and drops the reading', () => {
  expect(blocks('<p><ruby>文<rp>(</rp><rt>ふみ</rt><rp>)</rp>倉<rt>くら</rt></ruby>とは</p>')).toEqual([
    paragraph('文倉とは'),
  ])
})

test('lists: nested, ordered from a start, invalidly nested, of definitions', () => {
  expect(blocks('<ul><li>a<ol start=3><li>b<li><p>c</p><p>d</p></ol><li>e<ul><li>f</ul></ul>')).toEqual([
    { kind: 'list', text: '• a\n  3. b\n  4. c\n    d\n• e\n  • f' },
  ])
  expect(blocks('<ul><li>a</li><ul><li>b</li></ul></ul>')).toEqual([{ kind: 'list', text: '• a\n  • b' }])
  expect(blocks('<dl><dt>Leave<dd>Time off<dt>休暇<dt>年休<dd>休む日</dl>')).toEqual([
    { kind: 'list', text: 'Leave: Time off\n休暇, 年休：休む日' },
  ])
})

test('a list that arranges headings is not a list', () => {
  expect(blocks('<ul><li><h2>A</h2><p>a</p></li></ul>')).toEqual([
    { kind: 'heading', level: 2, text: 'A' },
    paragraph('a'),
  ])
})

test('tables: caption, header, cells with blocks; a table for arrangement gives its cells', () => {
  expect(
    blocks(
      '<table><caption>Days</caption><thead><tr><th>Year<th>Days</thead><tr><td><p>1</p><p>or 2</p><td>10<br>11</table>',
    ),
  ).toEqual([paragraph('Days'), { kind: 'table', text: 'Year\tDays\n1 or 2\t10 11' }])
  expect(blocks('<table><tr><td><h2>Left</h2>x<td><p>right</p></table>')).toEqual([
    { kind: 'heading', level: 2, text: 'Left' },
    paragraph('x'),
    paragraph('right'),
  ])
})

test('pre keeps its lines; a footnote loses its way back', () => {
  expect(blocks('<pre>a\n  b</pre><ol><li id="f">The note. <a href="#r">↑</a></ol>')).toEqual([
    paragraph('a\n  b'),
    { kind: 'list', text: '1. The note.' },
  ])
})

test('the encoding comes from meta, from an XML declaration, or from the bytes', () => {
  const body = '<p>有給休暇</p>'
  const texts = [
    encode(`<meta charset="Shift_JIS">${body}`, 'shift_jis'),
    encode(`<meta http-equiv=content-type content="text/html; charset=euc-jp">${body}`, 'euc-jp'),
    encode(`<?xml version="1.0" encoding="EUC-JP"?>${body}`, 'euc-jp'),
    encode(body, 'shift_jis'),
    new TextEncoder().encode(`<meta charset=utf-8>${body}`),
  ]
  for (const bytes of texts) expect(readHtml(bytes).blocks).toEqual([paragraph('有給休暇')])
})

test('elements nested ten thousand deep give their text', () => {
  const html = `${'<div>'.repeat(10_000)}deep${'</div>'.repeat(10_000)}<p>after</p>`
  expect(blocks(html).map(({ text }) => text)).toEqual(['deep', 'after'])
})

test.each(['utf-16', 'UTF-16LE', 'unicode'])('a page that says it is %s, and is read as ASCII, is UTF-8', (charset) => {
  const page = `<meta charset="${charset}"><p>Hello world, fine. 規則</p>`
  for (const text of [page, `${page} `]) {
    const { blocks } = readHtml(new TextEncoder().encode(text))
    expect(blocks[0]?.text).toBe('Hello world, fine. 規則')
  }
})
