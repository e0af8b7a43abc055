import { describe, expect, it } from 'vitest'
import { remember } from '../../../src/answering/memory'
import { defaultTemplates } from '../../../src/answering/templates/templates'
import type { ConversationSummary, Turn } from '../../../src/domain'
import { DeviceLost } from '../../../src/errors'
import { ScriptedModel, type Script } from '../../fixtures/scripted-model'
import { turnOf } from './turns'

const answer = 'The locker key is kept by the porter until Monday.'
const turns = (count: number): Turn[] =>
  Array.from({ length: count }, (_, at) => turnOf(`Where is key ${at}?`, [`${at}: ${answer}`]))

async function recall(
  all: Turn[],
  script: Script | string | undefined,
  {
    tokens = 200,
    kept,
    signal = new AbortController().signal,
    contextTokens = 4096,
  }: {
    tokens?: number
    kept?: ConversationSummary
    signal?: AbortSignal
    contextTokens?: number
  } = {},
) {
  const model = script === undefined ? undefined : new ScriptedModel(script, { contextTokens })
  const memory = await remember(all, kept, { ...(model && { model }), templates: defaultTemplates.en, tokens }, signal)
  return { ...memory, asked: model?.asked ?? [], told: memory.conversation.turns }
}

describe('a conversation that fits', () => {
  it('is told word by word, and the model is not asked', async () => {
    const all = turns(3)
    const { told, summary, asked } = await recall(all, 'never')
    expect(told).toEqual(all)
    expect(summary).toBeUndefined()
    expect(asked).toEqual([])
  })

  it('without what was stopped before an answer came', async () => {
    const all = [turnOf('One?'), turnOf('Two?', [])]
    expect((await recall(all, 'never')).told).toEqual(all.slice(0, 1))
    expect((await recall([turnOf('Two?', [])], 'never')).conversation).toEqual({ turns: [] })
  })
})

describe('a conversation that no longer fits', () => {
  it('is summarised but for its newest turns, within its tokens', async () => {
    const all = turns(20)
    const { told, summary, conversation, asked } = await recall(all, 'Keys are with the porter.')
    expect(told.length).toBeGreaterThan(1)
    expect(told).toEqual(all.slice(-told.length))
    expect(summary).toEqual({
      collection: 'work',
      turns: all.slice(0, -told.length).map(({ id }) => id),
      text: 'Keys are with the porter.',
    })
    expect(conversation.summary).toBe(summary?.text)
    const texts = asked.map((messages) => messages.at(-1)?.content).join('\n')
    for (const turn of all.slice(0, -told.length)) expect(texts).toContain(turn.question)
  })

  it('rolls: the next summary is written over the last one and the turns since, and not at every question', async () => {
    let [all, kept, made]: [Turn[], ConversationSummary | undefined, number] = [turns(1), undefined, 0]
    for (let at = 0; at < 30; at++) {
      const { summary, asked, told } = await recall(all, `Summary ${at}.`, kept ? { kept } : {})
      if (asked.length && kept) expect(asked[0]?.at(-1)?.content).toContain(kept.text)
      // Every turn is either told or in the summary, and the last one is always told.
      const covered = new Set([...(summary?.turns ?? []), ...told.map(({ id }) => id)])
      expect(all.every(({ id }) => covered.has(id))).toBe(true)
      expect(told.at(-1)).toEqual(all.at(-1))
      made += asked.length
      kept = summary
      all = [...all, ...turns(1)]
    }
    expect(made).toBeGreaterThan(3)
    expect(made).toBeLessThan(15)
  })

  it('summarises in portions what the model could not read at once', async () => {
    const { asked } = await recall(turns(60), 'Keys.', { contextTokens: 512 })
    expect(asked.length).toBeGreaterThan(2)
  })

  it('forgets older turns where there is no model', async () => {
    const all = turns(20)
    const { told, summary } = await recall(all, undefined)
    expect(told.length).toBeGreaterThan(1)
    expect(told).toEqual(all.slice(-told.length))
    expect(summary).toBeUndefined()
  })

  it('never loses the last turn, and shortens its answer if need be', async () => {
    const long = turnOf(
      'What are the rules?',
      Array.from({ length: 40 }, (_, at) => `Rule ${at}: ${answer}`),
    )
    const { told } = await recall([...turns(3), long], 'Keys.', { tokens: 120 })
    expect(told).toHaveLength(1)
    expect(told[0]?.question).toBe('What are the rules?')
    expect(told[0]?.answer?.sentences.length).toBeGreaterThan(0)
    expect(told[0]?.answer?.sentences.length).toBeLessThan(10)
  })
})

describe('a summary', () => {
  it('that tells of a turn which has been removed is made anew', async () => {
    const all = turns(20)
    const { summary } = await recall(all, 'The secret is in key 0.')
    const [, ...rest] = all
    const again = await recall(rest, 'Keys.', summary ? { kept: summary } : {})
    expect(again.summary?.text).toBe('Keys.')
    expect(again.asked.flat().some(({ content }) => content.includes('secret'))).toBe(false)
    expect(again.summary?.turns).not.toContain(all[0]?.id)
  })

  it.each<[string, Script]>([
    ['a model that says nothing', () => ''],
    ['a model that fails', () => [new DeviceLost()]],
  ])('%s leaves the one before', async (_, script) => {
    const all = turns(20)
    const kept: ConversationSummary = { collection: 'work', turns: [all[0]!.id], text: 'Before.' }
    const { summary, told } = await recall(all, script, { kept })
    expect(summary).toEqual(kept)
    expect(told.at(-1)).toEqual(all.at(-1))
  })

  it('in the making is stopped by an abort', async () => {
    await expect(recall(turns(20), 'Keys.', { signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: 'AbortError',
    })
    const controller = new AbortController()
    const model = new ScriptedModel('Keys are here.', { beforePiece: () => controller.abort() })
    const options = { model, templates: defaultTemplates.en, tokens: 200 }
    await expect(remember(turns(20), undefined, options, controller.signal)).rejects.toMatchObject({
      name: 'AbortError',
    })
  })
})
