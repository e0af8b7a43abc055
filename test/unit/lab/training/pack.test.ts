import { execFileSync } from 'node:child_process'
import { strFromU8, unzipSync } from 'fflate'
import { describe, expect, test } from 'vitest'
import { sha256 } from '../../../../src/documents/hash'
import {
  defaultRaftOptions,
  raftExamples,
  supervisedExamples,
  trainingQuestions,
} from '../../../../src/lab/training/examples'
import { packFiles, zipPack } from '../../../../src/lab/training/pack'
import type { TrainingPack } from '../../../../src/lab/training/training-pack'
import { splitQuestions } from '../../../../src/lab/questions/split'
import { defaultRecipe, trainingScript } from '../../../../src/lab/training/recipe'
import { choiceQuestion, openQuestion, questionSet } from '../../../fixtures/lab-questions'
import { evidenceOf } from '../../answering/evidence'

const never = new AbortController().signal
const passage = (page: number, text: string) =>
  evidenceOf(text, 'en', {
    id: `document/${page}/100-300`,
    document: 'document',
    pieces: [{ at: 0, page, start: 100, length: text.length }],
  })
const oracle = passage(2, 'The workshop opens at nine. Members have 27 days of paid leave a year.')
const others = [3, 4, 5, 6, 7, 8].map((page) => passage(page, `Page ${page} tells of something else.`))
const questions = Array.from({ length: 60 }, (_, at) =>
  openQuestion(`${at}`, {
    question: `How many days of leave have members in year ${at}?`,
    answers: ['27 days'],
    evidence: [{ document: 'document', page: 2, start: 128, end: 170 }],
  }),
)
const find = () => Promise.resolve([others[0]!, oracle, ...others.slice(1)])

describe('examples as RAFT trains', () => {
  test('show the passage that answers among others, and quote it before they answer', async () => {
    const { examples, skipped } = await raftExamples(questions, find, defaultRaftOptions, never)
    expect(skipped).toEqual([])
    const shown = examples.filter((one) => one.oracle !== undefined)
    expect(shown.length).toBeGreaterThan(38)
    expect(shown.length).toBeLessThan(58)
    const places = new Set<number>()
    for (const { passages = [], messages } of shown) {
      const number = passages.indexOf('document/2/100-300') + 1
      places.add(number)
      expect(passages).toHaveLength(5)
      expect(messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant'])
      expect(messages[1]!.content).toContain(`[${number}] document.pdf, page 2`)
      expect(messages[2]!.content).toBe(
        `“Members have 27 days of paid leave a year.” [${number}] The answer: 27 days [${number}].`,
      )
    }
    expect(places.size).toBe(5)
  })

  test('without it learn to refuse, or to answer all the same', async () => {
    const without = async (withoutOracle: 'refuse' | 'answer') => {
      const options = { ...defaultRaftOptions, oracleShare: 0, withoutOracle }
      const { examples } = await raftExamples(questions.slice(0, 2), find, options, never)
      expect(examples.every(({ passages }) => passages?.length === 5 && !passages.includes('document/2/100-300'))).toBe(
        true,
      )
      return examples[0]!.messages.at(-1)!.content
    }
    expect(await without('refuse')).toBe('The documents do not say.')
    expect(await without('answer')).toBe('27 days')
  })

  test('learn nothing that their prompt does not show: no note numbers, no marks of a chat template', async () => {
    const noted = passage(2, 'Members have 27 days[3] of leave <|im_end|>.')
    const options = { ...defaultRaftOptions, oracleShare: 1 }
    const { examples } = await raftExamples(questions.slice(0, 1), () => Promise.resolve([noted]), options, never)
    const [user, said] = examples[0]!.messages.slice(-2).map(({ content }) => content)
    expect(said).toMatch(/^“Members have 27 days\(3\) of leave \.” \[1\]/)
    expect(user!.replace(/\s+/g, ' ')).toContain(/“(.*)”/.exec(said!)![1])
  })

  test('do not refuse what another passage says, and show all passages that the answer rests on', async () => {
    const elsewhere = passage(9, 'The old rules gave 27 days as well.')
    const second = passage(10, 'Part-time members too.')
    const rests = {
      ...questions[0]!,
      evidence: [...questions[0]!.evidence, { ...questions[0]!.evidence[0]!, page: 10, start: 100, end: 110 }],
    }
    const found = () => Promise.resolve([oracle, elsewhere, second, ...others])
    const shownOf = async (oracleShare: number) => {
      const { examples } = await raftExamples([rests], found, { ...defaultRaftOptions, oracleShare }, never)
      return examples[0]!.passages!
    }
    expect(await shownOf(0)).not.toContain(elsewhere.passage.id)
    const shown = await shownOf(1)
    expect(shown).toEqual(expect.arrayContaining([oracle.passage.id, second.passage.id]))
    expect(shown).toHaveLength(5)
  })

  test('answer without the quotation where none is wished', async () => {
    const options = { ...defaultRaftOptions, oracleShare: 1, quote: false }
    const { examples } = await raftExamples(questions.slice(0, 5), find, options, never)
    for (const { passages = [], messages } of examples) {
      const number = passages.indexOf('document/2/100-300') + 1
      expect(messages.at(-1)!.content).toBe(`The answer: 27 days [${number}].`)
    }
    const japanese = questions.slice(0, 1).map((one) => ({ ...one, language: 'ja' as const }))
    const made = await raftExamples(japanese, find, options, never)
    expect(made.examples[0]!.messages.at(-1)!.content).toMatch(/^答えは、27 daysです\[\d\]。$/)
  })

  test('questions that nothing found answers are told, not made up', async () => {
    const lost = [openQuestion('a', { answers: [] }), openQuestion('b', { evidence: [] }), questions[0]!]
    const nothing = await raftExamples(lost, () => Promise.resolve(others), defaultRaftOptions, never)
    expect(nothing).toEqual({ examples: [], skipped: ['a', 'b', '0'] })
  })
})

test('only the train part is trained on, without what is nearly the same as a tested question', () => {
  const spec = { seed: 1, testShare: 0.5 }
  const groups = ['a', 'b', 'c', 'd'].map((group, at) =>
    openQuestion(group, {
      group,
      question: `Who ${['keeps the keys', 'paints', 'bakes bread', 'sings aloud'][at]}?`,
      answers: [group],
    }),
  )
  const set = questionSet([...groups, openQuestion('draft', { group: 'a', state: 'draft' })])
  const { test: tested } = splitQuestions(groups, spec)
  const trained = trainingQuestions(set, spec).map(({ id }) => id)
  expect(trained).toHaveLength(2)
  expect(trained.some((id) => tested.includes(id))).toBe(false)
  const twin = { ...groups.find(({ id }) => id === tested[0])!, id: 'twin', group: trained[0]! }
  expect(trainingQuestions(questionSet([...groups, twin]), spec).map(({ id }) => id)).toEqual(trained)
})

test('supervised examples hold the right option, and a refusal where nothing answers', () => {
  const [choice, refused] = supervisedExamples([choiceQuestion('1', { answer: 2 }), openQuestion('2', { answers: [] })])
  expect(choice!.messages.at(-1)!.content).toBe('gamma 1')
  expect(refused!.messages.at(-1)!.content).toBe('The documents do not say.')
})

describe('a training pack', () => {
  const pack = (language: 'en' | 'ja' = 'en'): TrainingPack => ({
    recipe: { ...defaultRecipe, base: 'maker/base-"1"', revision: 'main', name: 'House "style" \\ 1' },
    supervised: supervisedExamples(questions.slice(0, 3)),
    raft: [],
    paraphrases: [{ passage: 'document/2/100-300', texts: ['Twenty-seven days…', '二十七日'], dropped: [] }],
    set: { name: 'A set', licence: 'own', hash: 'abc' },
    split: { seed: 7, testShare: 0.5 },
    language,
  })

  test('is a zip of data, program, explanation and their checksums, the same every time', async () => {
    const bytes = await zipPack(pack())
    expect(await zipPack(pack())).toEqual(bytes)
    const files = new Map(Object.entries(unzipSync(bytes)).map(([path, content]) => [path, strFromU8(content)]))
    expect([...files.keys()].sort()).toEqual([
      'CARD.md',
      'README.md',
      'manifest.json',
      'paraphrases.jsonl',
      'requirements.txt',
      'supervised.jsonl',
      'train.py',
    ])
    const { sha256: sums } = JSON.parse(files.get('manifest.json')!) as { sha256: Record<string, string> }
    for (const [path, sum] of Object.entries(sums)) expect(await sha256(files.get(path)!)).toBe(sum)
    const lines = (path: string) =>
      files
        .get(path)!
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(lines('supervised.jsonl')).toHaveLength(3)
    expect(lines('paraphrases.jsonl')).toMatchObject([{ text: 'Twenty-seven days…' }, { text: '二十七日' }])
    const japanese = await packFiles(pack('ja'))
    expect(japanese.find(({ path }) => path === 'README.md')!.text).toContain('学習用パック')
  })

  test.each([
    ['en', ['supervised.jsonl: 3 examples', 'Left out: 2 questions', 'numbers 2, repeated 1', 'by A model']],
    ['ja', ['supervised.jsonl：3 例', '例を作れなかった問題：2 問', '数字 2、繰り返し 1', 'A model']],
  ] as const)('has a card of its data in %s: how much, from where, and what was left out', async (language, lines) => {
    const paraphrases = [
      { passage: 'a/1/0-9', texts: ['Other words'], dropped: ['numbers', 'repeated', 'numbers'] as const },
    ].map(({ dropped, ...one }) => ({ ...one, dropped: [...dropped] }))
    const files = await packFiles({ ...pack(language), paraphrases, paraphraser: 'A model', skipped: 2 })
    const { text } = files.find(({ path }) => path === 'CARD.md')!
    for (const line of lines) expect(text).toContain(line)
    expect(text).not.toMatch(/undefined|NaN/)
  })

  test('has a program that Python can read', () => {
    const script = trainingScript(pack().recipe)
    expect(() =>
      execFileSync('python3', ['-c', 'import ast,sys; ast.parse(sys.stdin.read())'], { input: script }),
    ).not.toThrow()
    expect(script).toContain('BASE = "maker/base-\\"1\\""')
  })
})
