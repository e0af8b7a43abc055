import { afterEach, describe, expect, test } from 'vitest'
import { escapeMarkdown, exportMarkdown, placeText, turnMarkdown } from '../../../src/app/export-markdown'
import type { Answer, Citation, Turn } from '../../../src/domain'
import { locale } from '../../../src/i18n/i18n.svelte'
import { fromMarkdown } from 'mdast-util-from-markdown'

afterEach(() => {
  locale.language = 'en'
})

const citation = (more: Partial<Citation> = {}): Citation => ({
  marker: 1,
  document: 'a'.repeat(64),
  documentName: 'employee_handbook.pdf',
  passage: 'a/12/0-40',
  quote: 'Staff have 27 days of leave.',
  spans: [{ page: 12, start: 0, end: 28 }],
  headingPath: ['Leave'],
  ...more,
})

const answer = (more: Partial<Answer> = {}): Answer => ({
  sentences: [{ text: 'Staff have 27 days of leave.', marks: [[11, 18]], citations: [citation()] }],
  refused: false,
  nearest: [],
  coverage: { passagesRead: 5, passagesSearched: 412, documentsRead: 3, documentsSearched: 20 },
  answerer: 'quote',
  elapsed: 40,
  ...more,
})

const turn = (more: Partial<Turn> = {}): Turn => ({
  id: '1',
  collection: 'c',
  asked: Date.UTC(2026, 10, 21, 12),
  question: 'How much leave?',
  language: 'en',
  answer: answer(),
  ...more,
})

test('a conversation has a heading per question, numbered sources and the coverage', () => {
  const markdown = exportMarkdown([turn()], 'My documents')
  expect(markdown).toContain('# Conversation in “My documents”\n\n## How much leave?\n\n')
  expect(markdown).toContain('Staff have 27 days of leave. \\[1\\]')
  expect(markdown).toContain('1. employee\\_handbook.pdf, page 12: “Staff have 27 days of leave.”')
  expect(markdown).toContain('Read 5 of 412 passages, 3 of 20 documents')
  expect(markdown.endsWith('\n')).toBe(true)
})

test('is written in the language of the interface', () => {
  locale.language = 'ja'
  const markdown = exportMarkdown([turn({ question: '休暇は何日ですか。' })], '規程')
  expect(markdown).toContain('# 「規程」での会話')
  expect(markdown).toContain('**出典**')
  expect(markdown).toContain('12 ページ')
})

test('a source cited by several sentences is listed once', () => {
  const sentences = ['One.', 'Two.'].map((text) => ({ text, marks: [], citations: [citation()] }))
  expect(turnMarkdown(turn({ answer: answer({ sentences }) })).match(/employee/g)).toHaveLength(1)
})

test('a refusal lists the nearest passages and no sources', () => {
  const refusal = answer({ sentences: [], refused: true, nearest: [citation()] })
  const markdown = turnMarkdown(turn({ answer: refusal }))
  expect(markdown).toContain('do not seem to answer')
  expect(markdown).toContain('“Staff have 27 days of leave.”')
  expect(markdown).not.toContain('**Sources**')
})

test('a question without an answer says what became of it', () => {
  const unanswered = turn()
  delete unanswered.answer
  expect(turnMarkdown({ ...unanswered, stopped: true })).toContain('Stopped before anything was found.')
  expect(turnMarkdown(unanswered)).toContain('The question could not be answered.')
})

describe('text of a document stays text', () => {
  const nasty = [
    '<img src="https://example.com/x.png">',
    '![x](https://example.com/x.png)',
    '[click](javascript:alert(1))',
    '# heading',
    '- item',
    '1. item',
    '1) item',
    '> quote',
    '`code` and **bold** and _it_',
    '| a | b |',
    '&lt;b&gt;',
    '--- rule',
    '<https://example.com>',
  ]
  test.each(nasty)('%s', (text) => {
    const [block, ...rest] = fromMarkdown(escapeMarkdown(text)).children
    expect(rest).toEqual([])
    expect(block?.type).toBe('paragraph')
    const children = block?.type === 'paragraph' ? block.children : []
    expect(children.map((child) => child.type)).toEqual(['text'])
    expect(children[0]).toMatchObject({ value: text })
  })

  test('lines are joined, so that no line can begin a block', () => {
    expect(escapeMarkdown('one\n\n# two\tthree ')).toBe('one \\# two three')
  })
})

describe('placeText', () => {
  test('names the page as the document prints it', () => {
    expect(placeText(citation({ pageLabel: 'iv' }))).toBe('employee_handbook.pdf, page iv')
  })

  test('names heading and paragraph where there are no pages', () => {
    const place = { documentName: 'notes.md', paragraph: 3 }
    expect(placeText(citation(place))).toBe('notes.md, Leave, paragraph 3')
    expect(placeText(citation({ ...place, headingPath: [] }))).toBe('notes.md, paragraph 3')
  })
})

const gozaru = {
  adapter: 'adapter-gozaru@1',
  name: { en: 'Gozaru', ja: 'ござる' },
  kind: 'style',
  strength: 1,
} as const
const json = { adapter: 'adapter-json@1', name: '*JSON*', kind: 'format', strength: 0.5 } as const
const generation = {
  ...{ promptTokens: 99, reusedTokens: 0, generatedTokens: 12, firstToken: 250, tokensPerSecond: 3.44 },
}

test('an answer says with which adapters it was written', () => {
  const signed = answer({ answerer: 'Tiny', model: 'tiny', adapters: [gozaru, json] })
  expect(turnMarkdown(turn({ answer: signed }))).toContain('with: Gozaru, \\*JSON\\* ×0.5')
  locale.language = 'ja'
  expect(turnMarkdown(turn({ answer: signed }))).toContain('アダプター：ござる、\\*JSON\\* ×0.5')
})

test('several answers follow each other, each with what it was written with and how that went', () => {
  const markdown = turnMarkdown(
    turn({
      answer: answer({ answerer: 'Tiny', model: 'tiny', adapters: [gozaru], generation }),
      alternatives: [
        { id: '1', asked: 2, answer: answer({ answerer: 'Tiny', model: 'tiny' }), stopped: true },
        { id: '2', asked: 3 },
      ],
    }),
  )
  expect(markdown).toContain(
    '### Tiny · with: Gozaru\n\n12 tokens written · first token after 0.25s · 3.4 tokens per second',
  )
  expect(markdown).toMatch(/### Tiny · without adapters\n\n[^#]*Stopped\./)
  expect(markdown).toMatch(/The model could not answer\.$/)
  expect(markdown.match(/27 days/g)).toHaveLength(4)
})

test('an answer in JSON is exported with it, and no fence in it ends the block', () => {
  const text = '{"answer": "Staff have 27 days of leave.", "note": "```"}'
  const parsed = turnMarkdown(turn({ answer: answer({ json: text }) }))
  expect(parsed).toContain('Staff have 27 days of leave. \\[1\\]')
  expect(parsed).toContain(`\`\`\`\`json\n${text}\n\`\`\`\``)
  const whole = answer({ json: text, sentences: [{ text, marks: [], citations: [] }] })
  expect(
    turnMarkdown(turn({ answer: whole })).match(/27 days/g),
    'and not twice where it stands for itself',
  ).toHaveLength(1)
})
