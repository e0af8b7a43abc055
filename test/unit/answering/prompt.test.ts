import { describe, expect, it } from 'vitest'
import { buildPrompt, type BuiltPrompt, type PromptOptions, type PromptRequest } from '../../../src/answering/prompt'
import { defaultTemplates, templatesWith } from '../../../src/answering/templates/templates'
import type { Evidence, Passage } from '../../../src/domain'
import { PromptTooLong } from '../../../src/errors'
import { ScriptedModel } from '../../fixtures/scripted-model'
import { textOf } from '../../../src/retrieval/widen'
import { evidenceOf } from './evidence'
import { turnOf } from './turns'

const sentence = (at: number): string => `Rule ${at} says that every locker in hall ${at} is cleaned on Monday.`

/** Passages of six sentences, all of one document, with a gap of two between them. */
const evidence: Evidence[] = [0, 1, 2, 3, 4].map((index) => {
  const text = Array.from({ length: 6 }, (_, at) => sentence(index * 10 + at)).join(' ')
  return evidenceOf(text, 'en', {
    document: 'lockers',
    rank: index + 1,
    ordinal: index * 3,
    tokens: 120,
    name: 'lockers.pdf',
  })
})

const neighbours: Passage[] = [1, 2, 4, 5].map((ordinal) => ({
  ...evidenceOf(`Beside it, number ${ordinal}.`, 'en', { document: 'lockers', ordinal, tokens: 10 }).passage,
}))
const source = {
  passage: (document: string, ordinal: number): Promise<Passage | undefined> =>
    Promise.resolve(neighbours.find((one) => one.document === document && one.ordinal === ordinal)),
}

const build = (
  contextTokens: number,
  request: Partial<PromptRequest> = {},
  options: Partial<PromptOptions> = {},
  signal = new AbortController().signal,
): Promise<BuiltPrompt> =>
  buildPrompt(
    new ScriptedModel('', { contextTokens }),
    { question: 'When are lockers cleaned?', language: 'en', evidence, ...request },
    { templates: defaultTemplates.en, kind: 'strict', answerTokens: 100, reserve: 16, ...options },
    signal,
  )

const userText = ({ messages }: BuiltPrompt): string => messages.at(-1)?.content ?? ''

describe('a prompt', () => {
  it('numbers its passages and says where they stand', async () => {
    const built = await build(8192, {
      evidence: [
        evidenceOf('Ten days.', 'en', {
          name: 'rules.docx',
          paragraph: 3,
          pieces: [],
          headingPath: ['Leave', 'Annual'],
        }),
        evidenceOf('Twelve.', 'en', { name: 'book.pdf', rank: 2, pageLabels: { 1: 'iv' } }),
      ],
    })
    expect(userText(built)).toContain('[1] rules.docx, paragraph 3, Leave > Annual\n"""\nTen days.\n"""')
    expect(userText(built)).toContain('[2] book.pdf, page iv\n"""\nTwelve.\n"""')
    expect(userText(built).endsWith('Question: When are lockers cleaned?')).toBe(true)
    expect(built.messages[0]?.content).toContain(defaultTemplates.en.refusal)
  })

  it('tells its budget, by the model’s own count', async () => {
    const model = new ScriptedModel('')
    const built = await build(4096, {
      conversation: { summary: 'We spoke of keys.', turns: [turnOf('Who has keys?')] },
    })
    expect(built.budget).toEqual({
      tokens: await model.countTokens(built.messages),
      limit: 4096,
      answer: 100,
      passages: 5,
      neighbours: 0,
      leftOut: 0,
      turns: 1,
      summarised: true,
    })
    expect(built.messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'user'])
    expect(built.messages[0]?.content).toContain('We spoke of keys.')
  })

  it('tells neighbours where there is room, the best passage’s first', async () => {
    const built = await build(8192, {}, { source })
    expect(built.budget.neighbours).toBe(4)
    expect(userText(built)).toContain('Beside it, number 1.')
    const roomy = await build(8192)
    const tight = await build(roomy.budget.tokens + 116 + 14, {}, { source })
    expect(tight.budget).toMatchObject({ passages: 5, neighbours: 1 })
    expect(tight.shown[0]?.passages).toHaveLength(2)
  })

  it('uses the texts that the user has written', async () => {
    const templates = templatesWith('en', { 'strict.system': 'Be brief.', 'strict.user': '{question}\n{passages}' })
    const built = await build(8192, {}, { templates })
    expect(built.messages[0]).toEqual({ role: 'system', content: 'Be brief.' })
    expect(userText(built).startsWith('When are lockers cleaned?\n[1]')).toBe(true)
  })

  it('without instructions has no message for them', async () => {
    const built = await build(8192, {}, { templates: templatesWith('en', { 'strict.system': '' }) })
    expect(built.messages.map(({ role }) => role)).toEqual(['user'])
  })
})

describe('a prompt that does not fit', () => {
  it('leaves out passages from the least relevant end, at every size of context', async () => {
    const seen = new Set<number>()
    for (let context = 600; context <= 1400; context += 20) {
      const { shown, budget, messages } = await build(context, {}, { source })
      expect(budget.tokens).toBeLessThanOrEqual(context - 116)
      expect(await new ScriptedModel('').countTokens(messages)).toBe(budget.tokens)
      expect(shown.map((one) => one.evidence.rank)).toEqual(evidence.slice(0, shown.length).map(({ rank }) => rank))
      expect(budget.leftOut).toBe(5 - shown.length)
      seen.add(shown.length)
    }
    expect([...seen].sort()).toEqual([1, 2, 3, 4, 5])
  })

  it('keeps the best passage and lets the conversation go, oldest first', async () => {
    const turns = [1, 2, 3].map((number) => turnOf(`Question ${number}?`, [sentence(number), sentence(number)]))
    const counts = new Set<number>()
    for (let context = 480; context <= 900; context += 20) {
      const { budget, messages } = await build(context, { conversation: { summary: 'Before.', turns } })
      expect(budget.passages).toBeGreaterThan(0)
      expect(budget.tokens).toBeLessThanOrEqual(context - 116)
      if (budget.turns > 0) expect(messages.at(-3)?.content).toBe('Question 3?')
      counts.add(budget.turns)
    }
    expect(counts.size).toBeGreaterThan(2)
  })

  it('keeps of a passage that is too long the sentences around what was asked for', async () => {
    const text = Array.from({ length: 30 }, (_, at) => sentence(at)).join(' ')
    const from = text.indexOf(sentence(20))
    const long = { ...evidenceOf(text, 'en'), matches: [[from, from + 40]] as [number, number][] }
    const { shown, budget } = await build(560, { evidence: [long] })
    expect(textOf(shown[0]!)).toContain(sentence(20))
    expect(text).toContain(textOf(shown[0]!))
    expect(textOf(shown[0]!).length).toBeLessThan(text.length / 2)
    expect(budget.tokens).toBeLessThanOrEqual(560 - 116)
  })

  it('says so when not even the question has room', async () => {
    await expect(build(300)).rejects.toBeInstanceOf(PromptTooLong)
    await expect(build(900, { question: 'Why? '.repeat(400) })).rejects.toBeInstanceOf(PromptTooLong)
  })

  it('stops when it is aborted', async () => {
    await expect(build(4096, {}, {}, AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' })
  })

  it('tells a model that was trained with short passages the sentences of each that hold what was asked for', async () => {
    const text = Array.from({ length: 12 }, (_, at) => sentence(at)).join(' ')
    const matched = text.indexOf('Rule 8')
    const long: Evidence = { ...evidenceOf(text, 'en', { tokens: 240 }), matches: [[matched, matched + 6]] }
    const { shown } = await build(8192, { evidence: [long] }, { passageTokens: 60 })
    expect(textOf(shown[0]!)).toContain('Rule 8 says')
    expect(textOf(shown[0]!).length).toBeLessThan(text.length / 2)
    const whole = await build(8192, { evidence: [long] }, { passageTokens: 6000 })
    expect(textOf(whole.shown[0]!)).toBe(text)
  })

  describe('with a table', () => {
    const rows = ['Item\tPrice\tWeight', 'Laptop\t$1,200\t1.4 kg', 'Lamp\t\t{row} kg', 'Prices without tax']
    const text = rows.join('\n')
    const sentences = rows.map((row): [number, number] => [text.indexOf(row), text.indexOf(row) + row.length])
    const table = evidenceOf(text, 'en', { kind: 'table', sentences, tokens: 40 })
    const statements = templatesWith('en', { passage: '[{number}] {text}', 'table.cell': '{row}: {column} {cell}.' })

    it('tells it row by row, or cell by cell where the templates have a statement for one', async () => {
      expect(userText(await build(8192, { evidence: [table] }))).toContain(
        'Item | Price | Weight\nLaptop | $1,200 | 1.4 kg',
      )
      const told = userText(await build(8192, { evidence: [table] }, { templates: statements }))
      const cells = ['Laptop: Price $1,200.', 'Laptop: Weight 1.4 kg.', 'Lamp: Weight {row} kg.', 'Prices without tax']
      expect(told).toContain(`[1] ${cells.join('\n')}\n\nQuestion`)
    })

    it('knows it as one beside the prose under the same heading, whichever of them was found', async () => {
      const prose = evidenceOf('All prices are for one piece.', 'en', { ordinal: 1, tokens: 10 })
      const source = { passage: (_: string, ordinal: number) => Promise.resolve([table, prose][ordinal]?.passage) }
      for (const evidence of [[table], [prose]]) {
        const told = userText(await build(8192, { evidence }, { templates: statements, source }))
        expect(told).toContain('Laptop: Price $1,200.')
        expect(told).toContain('Prices without tax\nAll prices are for one piece.\n\nQuestion')
      }
    })

    it('knows the columns of a table that it tells in part, and counts what it tells', async () => {
      const match: [number, number] = [text.indexOf('Laptop'), text.indexOf('Laptop') + 6]
      const asked = { evidence: [{ ...table, matches: [match] }] }
      const { shown, messages } = await build(8192, asked, { templates: statements, passageTokens: 20 })
      expect(textOf(shown[0]!)).toBe(rows[1])
      expect(messages.at(-1)?.content).toContain('[1] Laptop: Price $1,200.\nLaptop: Weight 1.4 kg.\n\nQuestion')
    })

    it('tells a header of which nothing else is left', async () => {
      const asked = { evidence: [{ ...table, matches: [[0, 4]] as [number, number][] }] }
      const told = userText(await build(8192, asked, { templates: statements, passageTokens: 8 }))
      expect(told).toContain('[1] Item | Price | Weight\n\nQuestion')
    })

    it('leaves text alone, and a table of one column', async () => {
      const plain = evidenceOf('One\ttwo.', 'en')
      const list = evidenceOf('Items\nLaptop', 'en', { kind: 'table', sentences: [[0, 5]] })
      const told = userText(await build(8192, { evidence: [plain, list] }, { templates: statements }))
      expect(told).toContain('[1] One | two.\n\n[2] Items\nLaptop\n')
    })
  })
})
