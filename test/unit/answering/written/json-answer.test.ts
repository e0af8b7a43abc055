import { describe, expect, test } from 'vitest'
import type { AnswerAdapter, Answer } from '../../../../src/domain'
import type { AnswerEvent } from '../../../../src/answering/answerer'
import { modelAnswerer, type ModelAnswererOptions } from '../../../../src/answering/write'
import { asProse, firstObject, formOf, readJson } from '../../../../src/answering/written/json-answer'
import { ScriptedModel, type Script } from '../../../fixtures/scripted-model'
import { DeviceLost } from '../../../../src/errors'
import { evidenceOf } from '../evidence'

describe('what a text begins as', () => {
  test.each([
    ['', 'unknown'],
    ['  \n', 'unknown'],
    ['{', 'unknown'],
    ['``', 'unknown'],
    ['```json\n', 'unknown'],
    ['{"', 'json'],
    ['{}', 'json'],
    ['```json\n{ "answer"', 'json'],
    ['```\n{\n  "answer"', 'json'],
    ['{name} is asked', 'prose'],
    ['The rent', 'prose'],
    ['[1] The rent', 'prose'],
  ] as const)('%j is %s', (text, form) => expect(formOf(text)).toBe(form))
})

describe('the first object', () => {
  test('ends at its own brace, not at one within a string', () => {
    const object = '{"answer": "a \\"}\\" b", "more": {"x": 1}}'
    expect(firstObject(`\`\`\`json\n${object}\n\`\`\`\nThat is all.`)).toEqual({ object, rest: 'That is all.' })
    expect(firstObject(`${object}\n\`\`\`\n`)).toEqual({ object, rest: '' })
  })

  test.each(['{"answer": "cut', '{"answer": {"a": 1}', '{"a}'])('is not there in %j', (text) =>
    expect(firstObject(text)).toBeUndefined(),
  )
})

describe('what an object says', () => {
  test.each([
    ['{"answer": "Yes.", "citations": [1, 2, 2]}', { answer: 'Yes.', numbers: [1, 2] }],
    ['{"answer": "Yes.", "sources": ["[3]", "1"]}', { answer: 'Yes.', numbers: [3, 1] }],
    [
      '{"answer": ["One.", "Two."], "passages": [{"passage": 2}, {"id": "1"}]}',
      { answer: 'One.\nTwo.', numbers: [2, 1] },
    ],
    ['{"answer": 27, "citations": 1}', { answer: '27', numbers: [1] }],
    ['{"answer": null, "citations": []}', { answer: '', numbers: [] }],
    ['{"summary": "x"}', { answer: undefined, numbers: [] }],
    ['{"answer": {"en": "x"}, "citations": [0, -1, 1.5, null, {}]}', { answer: undefined, numbers: [] }],
    ['{"answer": "x", }', undefined],
  ])('%s', (object, said) => expect(readJson(object)).toEqual(said))

  test('numbers go to every sentence, unless the answer has marks of its own', () => {
    expect(asProse({ answer: 'One is here. Two is there.', numbers: [1, 2] }, 'en')).toBe(
      'One is here. [1][2] Two is there. [1][2]',
    )
    expect(asProse({ answer: '一つです。二つです。', numbers: [1] }, 'ja')).toBe('一つです。 [1]二つです。 [1]')
    expect(asProse({ answer: 'One [2]. Two.', numbers: [1] }, 'en')).toBe('One [2]. Two.')
    expect(asProse({ answer: 'One.', numbers: [] }, 'en')).toBe('One.')
  })
})

const lease = evidenceOf(
  'The monthly rent is $1,450, payable in advance. The tenant pays a deposit of two months.',
  'en',
)
const roof = evidenceOf('Repairs to the roof are paid for by the landlord.', 'en', { rank: 2 })
const request = {
  question: 'How much is the monthly rent?',
  language: 'en' as const,
  evidence: [lease, roof],
  coverage: { passagesRead: 0, passagesSearched: 9, documentsRead: 0, documentsSearched: 1 },
}
const adapterOf = (kind: NonNullable<AnswerAdapter['kind']>): AnswerAdapter => ({
  adapter: 'adapter-one@1',
  name: 'One',
  kind,
  strength: 1,
})

async function run(script: Script | string, options: ModelAnswererOptions = { adapters: [adapterOf('format')] }) {
  const events: AnswerEvent[] = []
  const model = new ScriptedModel(script)
  let error: unknown
  try {
    for await (const event of modelAnswerer(model, options).answer(request, new AbortController().signal))
      events.push(event)
  } catch (thrown) {
    error = thrown
  }
  const last = events.at(-1)
  const answer: Answer | undefined = last?.type === 'answer' ? last.answer : undefined
  const drafts = events.flatMap((event) => (event.type === 'delta' ? [event.text] : []))
  const told = events.flatMap((event) => (event.type === 'sentence' ? [event.sentence.text] : []))
  return { answer, drafts, told, model, error }
}

describe('an answer in JSON', () => {
  const object = '{"answer": "The monthly rent is $1,450. The landlord pays for the roof.", "citations": [1, 2]}'

  test('is shown as it comes, and its sentences are cited and checked', async () => {
    const { answer, drafts, told } = await run(object)
    expect(drafts.join('')).toBe(object)
    expect(answer?.json).toBe(object)
    expect(answer?.sentences.map(({ text, support }) => [text, support])).toEqual([
      ['The monthly rent is $1,450.', 'supported'],
      ['The landlord pays for the roof.', 'supported'],
    ])
    expect(answer?.sentences[0]?.citations[0]?.quote).toBe('The monthly rent is $1,450, payable in advance.')
    expect(told).toEqual(answer?.sentences.map(({ text }) => text))
    expect(answer?.generation?.generatedTokens).toBeGreaterThan(10)
    expect(answer?.notes).toBeUndefined()
  })

  test('is found in a fence, and a model that goes on behind it is stopped', async () => {
    const { answer, model } = await run(`\`\`\`json\n${object}\n\`\`\`\n${'And so on, for ever. '.repeat(50)}`)
    expect(answer?.json).toBe(object)
    expect(answer?.sentences).toHaveLength(2)
    expect(model.brokenOff).toBe(1)
  })

  test('an invented number is marked as in prose', async () => {
    const { answer } = await run('{"answer": "The monthly rent is $9,999.", "citations": [1]}')
    expect(answer?.sentences[0]).toMatchObject({ support: 'unsupported', unheldNumbers: [[21, 26]] })
  })

  test('that says nothing was found is a refusal', async () => {
    for (const nothing of ['null', '""', '"The documents do not say."'])
      expect((await run(`{"answer": ${nothing}, "citations": []}`)).answer).toMatchObject({
        refused: true,
        sentences: [],
      })
  })

  test('cut short, it is shown as it came, and that is said', async () => {
    const cut = '{"answer": "The monthly rent is'
    const { answer } = await run(cut)
    expect(answer).toMatchObject({ json: cut, notes: ['notJson'], refused: false })
    expect(answer?.sentences).toEqual([{ text: cut, marks: [], citations: [] }])
  })

  test('without an answer in it, it stands for itself', async () => {
    const { answer } = await run('{"summary": "家賃は一か月千四百五十ドルです。"}')
    expect(answer?.sentences[0]?.text).toBe(answer?.json)
    expect(answer?.notes, 'keys are of no language').toBeUndefined()
  })

  test('prose of an adapter for the form is prose', async () => {
    const { answer } = await run('The monthly rent is $1,450 [1].')
    expect(answer?.json).toBeUndefined()
    expect(answer?.sentences[0]).toMatchObject({ text: 'The monthly rent is $1,450.', support: 'supported' })
  })

  test('an adapter of another kind may write JSON too; what only looks like it is prose', async () => {
    const options = { adapters: [adapterOf('other')] }
    expect((await run(object, options)).answer?.json).toBe(object)
    const { answer } = await run('{"The monthly rent" is $1,450 [1].', options)
    expect(answer?.json).toBeUndefined()
    expect(answer?.notes).toBeUndefined()
    expect(answer?.sentences[0]?.citations).toHaveLength(1)
  })

  test('without adapters braces are text', async () => {
    expect((await run(object, {})).answer?.json).toBeUndefined()
  })

  test('what came before a device was lost is told', async () => {
    const { told, error } = await run(() => ['{"answer": "The rent', new DeviceLost()])
    expect(error).toBeInstanceOf(DeviceLost)
    expect(told).toEqual(['{"answer": "The rent'])
  })

  test('a loop within a string is cut', async () => {
    const { answer } = await run(`{"answer": "${'the rent and the rent and '.repeat(60)}`)
    expect(answer?.notes).toEqual(expect.arrayContaining(['repetition', 'notJson']))
    expect(answer!.json!.length).toBeLessThan(400)
  })
})
