import 'fake-indexeddb/auto'
import { expect, test } from 'vitest'
import { Understanding } from '../../../src/app/understanding.svelte'
import type { Turn } from '../../../src/domain'
import { openDatabase } from '../../../src/storage/database'
import { ScriptedModel } from '../../fixtures/scripted-model'

const never = new AbortController().signal
let databases = 0

const earlier: Turn[] = [
  { id: '1', collection: 'c', asked: 1, question: 'How many days of paid leave do employees get?', language: 'en' },
]
const followUp = 'And for part-timers?'

async function understanding(model?: ScriptedModel) {
  const db = await openDatabase({ name: `understanding-${databases++}` })
  const made = new Understanding(db, () => model)
  await made.load()
  return { db, made }
}

test('a follow-up is completed by rules where there is no model, and what stands alone is left as it is', async () => {
  const { made } = await understanding()
  const rewritten = await made.standalone(followUp, 'en', earlier, never)
  expect(rewritten).toMatchObject({ by: 'rules', text: expect.stringMatching(/part-timers.*paid leave/) })
  expect(await made.standalone(followUp, 'en', [], never)).toEqual({ text: followUp })
  const alone = 'What is the dress code?'
  expect(await made.standalone(alone, 'en', earlier, never)).toEqual({ text: alone })
})

test('a model completes it where one is ready', async () => {
  const { made } = await understanding(new ScriptedModel('How many days of paid leave do part-timers get?'))
  expect(made.hasModel).toBe(true)
  expect(await made.standalone(followUp, 'en', earlier, never)).toEqual({
    text: 'How many days of paid leave do part-timers get?',
    by: 'model',
  })
})

test('switched off, questions are searched as they were typed; the switch is remembered', async () => {
  const { db, made } = await understanding()
  await made.set('rewriteFollowUps', false)
  expect(await made.standalone(followUp, 'en', earlier, never)).toEqual({ text: followUp })
  const next = new Understanding(db, () => undefined)
  await next.load()
  expect(next.switches).toEqual({ rewriteFollowUps: false, severalQueries: false, hypotheticalAnswer: false })
})

test('other wordings and an imagined answer are nothing without a model, and asked of it only when switched on', async () => {
  const without = await understanding()
  await without.made.set('severalQueries', true)
  expect(await without.made.expand('How long is leave?', 'en', never)).toEqual({ queries: [] })

  const model = new ScriptedModel('How many days off are there?\nWhat is the holiday allowance?')
  const { made } = await understanding(model)
  expect(await made.expand('How long is leave?', 'en', never)).toEqual({ queries: [] })
  expect(model.asked).toEqual([])
  await made.set('severalQueries', true)
  expect((await made.expand('How long is leave?', 'en', never)).queries).toEqual([
    'How many days off are there?',
    'What is the holiday allowance?',
  ])
  await made.set('hypotheticalAnswer', true)
  expect((await made.expand('How long is leave?', 'en', never)).hypothetical).toContain('days off')
})
