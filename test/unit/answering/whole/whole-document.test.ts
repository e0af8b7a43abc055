import { describe, expect, it } from 'vitest'
import type { AnswerEvent } from '../../../../src/answering/answerer'
import {
  readWholeDocuments,
  wholeEvidence,
  type WholeDocumentRequest,
  type WholeProgress,
} from '../../../../src/answering/whole-document'
import type { Answer, AnswerAdapter, Evidence, Language } from '../../../../src/domain'
import { DeviceLost, EmptyAnswer } from '../../../../src/errors'
import { ScriptedModel, type Script, type ScriptedOptions } from '../../../fixtures/scripted-model'
import { evidenceOf } from '../evidence'

const cities =
  'Arden Borley Carrow Dunham Elford Farley Gorton Henley Ilford Jarrow Kelby Linton Marlow Norton Oakham Penryn'.split(
    ' ',
  )

/** Two documents; each passage tells of one office and of its staff. */
const passages: Evidence[] = cities.map((city, at) => {
  const { passage } = evidenceOf(`The office in ${city} has ${at + 20} desks. Its manager likes the view.`, 'en', {
    document: at < 10 ? 'north' : 'south',
    ordinal: at % 10,
    pieces: [{ at: 0, page: at + 1, start: 0, length: 200 }],
  })
  return wholeEvidence(passage, at < 10 ? 'north.pdf' : 'south.pdf', at + 1)
})

/** Picks the offices out of the passages that it is shown, as a good model would. */
const honest: Script = (_, messages) =>
  [...(messages.at(-1)?.content ?? '').matchAll(/\[(\d+)\] [^\n]*\n"""\nThe office in (\w+) has (\d+)/g)]
    .map(([, number, city, desks]) => `- Office in ${city}, ${desks} desks [${number}]`)
    .join('\n')

interface Run {
  model: ScriptedModel
  events: (AnswerEvent | WholeProgress)[]
  error?: unknown
}

async function run(
  script: Script | string,
  request: Partial<WholeDocumentRequest> = {},
  { adapters = [], ...options }: ScriptedOptions & { adapters?: AnswerAdapter[] } = {},
  signal = new AbortController().signal,
): Promise<Run> {
  const model = new ScriptedModel(script, options)
  const result: Run = { model, events: [] }
  const whole: WholeDocumentRequest = {
    question: 'List all offices.',
    language: 'en',
    task: 'list',
    passages,
    ...request,
  }
  try {
    for await (const event of readWholeDocuments(model, whole, { adapters }, signal)) result.events.push(event)
  } catch (error) {
    result.error = error
  }
  return result
}

function answerOf({ events, error }: Run): Answer {
  const last = events.at(-1)
  if (last?.type !== 'answer') throw error ?? new Error('the last event is not the answer')
  return last.answer
}

const sent = ({ events }: Run): string[] =>
  events.flatMap((event) => (event.type === 'sentence' ? [event.sentence.text] : []))

const progressOf = ({ events }: Run): string[] =>
  events.flatMap((event) => (event.type === 'progress' ? [`${event.stage} ${event.done}/${event.of}`] : []))

describe('a list', () => {
  it('holds a thing of every passage, each with its own citation', async () => {
    const answer = answerOf(await run(honest))
    expect(answer.sentences.map(({ text }) => text)).toEqual(
      cities.map((city, at) => `Office in ${city}, ${at + 20} desks`),
    )
    for (const [at, { citations, support }] of answer.sentences.entries()) {
      expect(support).toBe('supported')
      expect(citations.map(({ quote }) => quote)).toEqual([`The office in ${cities[at]} has ${at + 20} desks.`])
    }
    expect(answer.coverage).toEqual({ passagesRead: 16, passagesSearched: 16, documentsRead: 2, documentsSearched: 2 })
    expect(answer.notes).toBeUndefined()
  })

  it('shows every passage once, in order, and tells how far it is', async () => {
    const ran = await run(honest)
    const shown = ran.model.asked.flatMap((messages) =>
      [...(messages.at(-1)?.content ?? '').matchAll(/office in (\w+)/g)].map(([, city]) => city),
    )
    expect(shown).toEqual(cities)
    expect(progressOf(ran)).toEqual(['reading 8/16', 'reading 16/16'])
  })

  it('is read in smaller portions by a model with a small context', async () => {
    const ran = await run(honest, {}, { contextTokens: 720 })
    expect(ran.model.asked.length).toBeGreaterThan(2)
    expect(answerOf(ran).sentences).toHaveLength(16)
  })

  it('names a thing once that is found twice, and nothing that no passage holds', async () => {
    const answer = answerOf(
      await run((prompt) =>
        prompt.includes('Arden')
          ? 'Here they are:\n- Office in Arden, 20 desks [1]\n- Office in Arden, 20 desks [1]\n* Office in Arden, 99 desks [1]\n- Swimming pool in Rome [2]\n- Office in Borley [77]'
          : 'None.',
      ),
    )
    expect(answer.sentences.map(({ text }) => text)).toEqual(['Office in Arden, 20 desks', 'Office in Borley'])
    expect(answer.sentences[1]?.citations[0]?.quote).toContain('Borley')
  })

  it('of nothing is a refusal', async () => {
    for (const none of ['None.', 'There is no information about that in these passages.', '- None'])
      expect(answerOf(await run(none))).toMatchObject({ refused: true, sentences: [], coverage: { passagesRead: 16 } })
  })

  it('that may lack things says so', async () => {
    const endless: Script = () => Array.from({ length: 2000 }, (_, at) => `- Office in Arden ${at}`).join('\n')
    expect(answerOf(await run(endless)).notes).toEqual(['cutShort'])
  })
})

it('things are counted by us, not by the model', async () => {
  const count = await run(honest, { task: 'count', question: 'How many offices are there?' })
  expect(answerOf(count).sentences).toHaveLength(17)
  expect(sent(count).at(-1)).toBe('That makes 16 in all.')
  expect(sent(await run('なし。', { task: 'count', language: 'ja' }))).toEqual([])
})

describe('a summary', () => {
  const notes: Script = (_, messages) => {
    const user = messages.at(-1)?.content ?? ''
    if (user.startsWith('Notes:')) {
      const numbered = [...user.matchAll(/\[(\d+)\] ([^\n]+)/g)].map(([, number, text]) => `${text} [${number}]`)
      return numbered.slice(0, Math.ceil(numbered.length / 2)).join('\n')
    }
    return [...user.matchAll(/\[(\d+)\] [^\n]*\n"""\n(The office in \w+ has \d+ desks\.)/g)]
      .map(([, number, text]) => `${text} [${number}]`)
      .join(' ')
  }
  const summary = { task: 'summary', question: 'Summarise the documents.' } as const

  it('is written from notes, and leads from each sentence to the passages behind them', async () => {
    const ran = await run(notes, summary)
    const answer = answerOf(ran)
    expect(answer.sentences.map(({ text }) => text)).toEqual(
      cities.slice(0, 8).map((city, at) => `The office in ${city} has ${at + 20} desks.`),
    )
    for (const { citations, text } of answer.sentences) expect(citations[0]?.quote).toBe(text)
    expect(answer.sentences.map(({ citations }) => citations[0]?.marker)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    expect(ran.events.some(({ type }) => type === 'delta')).toBe(true)
    expect(answer.coverage.passagesRead).toBe(16)
  })

  it('of what fits into one portion needs no second step', async () => {
    const ran = await run(notes, { ...summary, passages: passages.slice(0, 3) })
    expect(ran.model.asked).toHaveLength(1)
    expect(answerOf(ran).sentences).toHaveLength(3)
  })

  it('merges in rounds what does not fit at once', async () => {
    const ran = await run(notes, summary, { contextTokens: 460 })
    expect(progressOf(ran).filter((line) => line.startsWith('merging')).length).toBeGreaterThan(1)
    expect(answerOf(ran).sentences.length).toBeGreaterThan(0)
    for (const { citations, text } of answerOf(ran).sentences) expect(citations[0]?.quote).toBe(text)
  })

  it('comes to an end with a model that only repeats its notes', async () => {
    const repeating: Script = (prompt, messages) => {
      const user = messages.at(-1)?.content ?? ''
      if (!user.startsWith('Notes:')) return notes(prompt, messages)
      return [...user.matchAll(/\[(\d+)\] ([^\n]+)/g)].map(([, number, text]) => `${text} [${number}]`).join('\n')
    }
    const ran = await run(repeating, summary, { contextTokens: 460 })
    expect(ran.error).toBeUndefined()
    expect(answerOf(ran).sentences.length).toBeGreaterThan(0)
  })

  it('in another language is noted', async () => {
    const foreign: Script = (_, messages) =>
      (messages.at(-1)?.content ?? '').startsWith('Notes:') ? '事務所があります[1]。' : notes(_, messages)
    expect(answerOf(await run(foreign, summary)).notes).toEqual(['otherLanguage'])
  })
})

describe('on the way through the documents', () => {
  it('an abort ends it, and what was found stays', async () => {
    const controller = new AbortController()
    let portions = 0
    const ran = await run(
      (prompt, messages) => {
        if (++portions === 2) controller.abort()
        return honest(prompt, messages)
      },
      {},
      {},
      controller.signal,
    )
    expect(ran.error).toMatchObject({ name: 'AbortError' })
    expect(sent(ran)).toHaveLength(8)
    expect((await run(honest, {}, {}, AbortSignal.abort())).events).toEqual([])
  })

  it('a lost device ends it, and what was found stays', async () => {
    let portions = 0
    const ran = await run((prompt, messages) => (++portions === 2 ? [new DeviceLost()] : honest(prompt, messages)))
    expect(ran.error).toBeInstanceOf(DeviceLost)
    expect(sent(ran)).toHaveLength(8)
  })

  it('a model that never says a word is an error, not an empty list', async () => {
    expect((await run('')).error).toBeInstanceOf(EmptyAnswer)
  })

  it('no passages are no work', async () => {
    const ran = await run('never', { passages: [] })
    expect(ran.model.asked).toEqual([])
    expect(answerOf(ran)).toMatchObject({ refused: true, coverage: { passagesRead: 0 } })
  })

  it.each<[Language, string]>([
    ['en', 'The things in these passages:'],
    ['ja', 'この抜粋にあるもの：'],
  ])('asks in the language of the question (%s)', async (language, words) => {
    const { model } = await run('None. なし。', { language })
    expect(model.asked[0]?.at(-1)?.content).toContain(words)
  })
})

describe('adapters', () => {
  const adapterOf = (kind: 'style' | 'format'): AnswerAdapter => ({ adapter: kind, name: kind, kind, strength: 0.7 })
  const adapters = [adapterOf('style'), adapterOf('format')]
  const style = [{ adapter: 'style', strength: 0.7 }]
  const sentences: Script = (prompt, messages) =>
    (messages.at(-1)?.content ?? '').startsWith('Notes:')
      ? 'There are offices in many cities [1].'
      : String(honest(prompt, messages)).replaceAll(/^- (.*) \[(\d+)\]$/gm, '$1 [$2].')
  const usedBy = ({ model }: Run) => model.options.map((options) => options.adapters)

  it('write what a person reads, but for those of the form', async () => {
    const ran = await run(honest, {}, { adapters })
    expect(usedBy(ran)).toEqual(usedBy(ran).map(() => style))
    expect(answerOf(ran)).toMatchObject({ adapters: [adapters[0]], notes: ['formatAside'] })
  })

  it('do not write the notes that only the model reads again', async () => {
    const ran = await run(sentences, { task: 'summary' }, { adapters: [adapterOf('style')] })
    expect(usedBy(ran).length).toBeGreaterThan(2)
    expect(usedBy(ran).slice(0, -1)).toEqual(
      usedBy(ran)
        .slice(0, -1)
        .map(() => undefined),
    )
    expect(usedBy(ran).at(-1)).toEqual(style)
    expect(answerOf(ran).notes).toBeUndefined()
  })

  it('write the notes on a few passages, which are the summary', async () => {
    const ran = await run(sentences, { task: 'summary', passages: passages.slice(0, 4) }, { adapters })
    expect(usedBy(ran)).toEqual([style])
  })

  it('are not told of where there are none', async () => {
    const ran = await run(honest)
    expect(answerOf(ran)).not.toHaveProperty('adapters')
    expect(ran.model.options[0]).not.toHaveProperty('adapters')
  })
})
