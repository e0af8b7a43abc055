import { describe, expect, test } from 'vitest'
import { addDrafts } from '../../../src/lab/drafts/add-drafts'
import { draftFromPassages, draftQuestions } from '../../../src/lab/drafts/draft'
import { parseChoice, parseDrafts } from '../../../src/lab/drafts/parse'
import { rarityOver, specificityOf } from '../../../src/lab/drafts/specificity'
import { faultOf, paraphrase } from '../../../src/lab/training/paraphrase'
import { withState } from '../../../src/lab/question-set'
import { choiceQuestion, questionSet } from '../../fixtures/lab-questions'
import { ScriptedModel } from '../../fixtures/scripted-model'
import { evidenceOf } from '../answering/evidence'

const never = new AbortController().signal
const { passage } = evidenceOf(
  'The PW-40 parts washer holds 40 litres. Its filter is changed every 120 hours. Nasrin Akhtar looks after it.',
  'en',
  { document: 'manual' },
)
const block = (question: string, right: string, wrong = ['one', 'two', 'three']) =>
  [`Q: ${question}`, `A: ${right}`, ...wrong.map((text, at) => `${'BCD'[at]}: ${text}`)].join('\n')
const rarity = rarityOver([['washer'], ['washer', 'filter'], ['leave'], ['days']])
const options = { rarity, choose: 'rarity' as const, seed: 1 }

const four = [
  block('How many litres does the PW-40 parts washer hold?', '40 litres'),
  block('After how many hours is the filter of the PW-40 changed?', '120 hours'),
  block('Who looks after the PW-40 washer at the workshop?', 'Nasrin Akhtar'),
  block('What is it?', 'parts washer'),
].join('\n\n')

describe('drafts of a passage', () => {
  test('are four, of which the two most specific are kept as drafts, with the place of their answer', async () => {
    const { kept, dropped } = await draftQuestions(new ScriptedModel(four), passage, options, never)
    expect(kept).toHaveLength(2)
    for (const { state, options: all, answer, evidence } of kept) {
      expect(state).toBe('draft')
      expect(all).toHaveLength(4)
      const [{ document, page, start, end }] = evidence as [(typeof evidence)[0]]
      expect([document, page]).toEqual(['manual', 1])
      // The passage begins at character 100 of its page.
      expect(passage.text.slice(start - 100, end - 100)).toContain(all[answer])
    }
    expect(dropped.map(({ reason }) => reason)).toContain('lessSpecific')
    expect(dropped.filter(({ question }) => question === 'What is it?').length + kept.length).toBeGreaterThanOrEqual(2)
  })

  test('are chosen by the model where it is to choose; what it does not tell, rarity does', async () => {
    const choosing = new ScriptedModel((prompt) => (prompt.includes('most specific?') ? 'Numbers 3.' : four))
    const { kept } = await draftQuestions(choosing, passage, { ...options, choose: 'model' }, never)
    expect(kept[0]!.question).toContain('Who looks after')
    expect(kept).toHaveLength(2)
  })

  test('whose answer does not stand there, that are unclear or ask twice are dropped, and others asked for', async () => {
    const bad = [
      block('How many litres does the PW-40 parts washer hold?', '50 litres'),
      block('This machine holds how many litres?', '40 litres'),
      block('How many litres does the PW-40 parts washer hold?', '40 litres'),
      block('How many litres does the PW-40 parts washer hold', '40 litres'),
    ].join('\n\n')
    const model = new ScriptedModel(bad)
    const { kept, dropped } = await draftQuestions(model, passage, options, never)
    expect(kept).toHaveLength(1)
    expect(new Set(dropped.map(({ reason }) => reason))).toEqual(new Set(['notInPassage', 'unclear', 'repeated']))
    expect(model.asked).toHaveLength(3)
  })

  test('of a model that says nothing of use are none; an abort is heard', async () => {
    expect((await draftQuestions(new ScriptedModel('Sorry.'), passage, options, never)).kept).toEqual([])
    const controller = new AbortController()
    const model = new ScriptedModel(four)
    const all = draftFromPassages(model, [passage, passage], options, controller.signal)
    expect((await all.next()).value).toMatchObject({ done: 1, of: 2 })
    controller.abort()
    await expect(all.next()).rejects.toMatchObject({ name: 'AbortError' })
  })
})

test('drafts join a set once; what a person rejected is not offered again', () => {
  const draft = choiceQuestion('1', { question: 'When is the filter changed?', state: 'draft' })
  const set = addDrafts(questionSet([choiceQuestion('1')]), [draft, { ...draft, id: '2' }])
  expect(set.questions.map(({ id, state }) => [id, state])).toEqual([
    ['1', 'confirmed'],
    ['1-2', 'draft'],
  ])
  const judged = withState(set, ['1-2'], 'rejected')
  expect(addDrafts(judged, [{ ...draft, question: 'When is the filter changed' }])).toEqual(judged)
})

test('drafts are read as small models write them, and incomplete ones left out', () => {
  const text =
    'Sure!\n**Q1: One?**\nA) right\nB) wrong\n- C. other\nD: last\n\n質問：何日？\nA：10日\nB：11日\nC：12日\n\nQ: Cut?\nA: x\n'
  expect(parseDrafts(text)).toEqual([
    { question: 'One?', options: ['right', 'wrong', 'other', 'last'] },
    { question: '何日？', options: ['10日', '11日', '12日'] },
  ])
  expect(parseDrafts(block('Same?', 'one'))).toEqual([])
  expect(parseChoice('4と２、それに 9', 4)).toEqual([4, 2])
})

test('a question is specific by its rare words, and not at all when it points at something', () => {
  const of = (question: string) => specificityOf({ question, language: 'en' }, rarity)
  expect(of('What does the PW-40 filter weigh?')).toBeGreaterThan(of('What does the washer do?'))
  expect(of('What does this washer weigh?')).toBeGreaterThan(0)
  expect(of('It weighs what?')).toBe(0)
})

describe('paraphrases', () => {
  const { text } = passage
  const good =
    'In the PW-40 parts washer there is room for 40 litres; every 120 hours comes a new filter. Its keeper is Nasrin Akhtar.'
  test.each([
    [good, undefined],
    [good.replace('120', '130'), 'numbers'],
    [good.replace('40 litres', 'much'), 'numbers'],
    [good.replace('Nasrin Akhtar', 'a senior mechanic'), 'names'],
    ['PW-40の容量は40リットル、フィルターは120時間ごとに交換します。', 'language'],
    [text, 'repeated'],
  ])('%s: %s', (said, fault) => {
    expect(faultOf(said, passage)).toBe(fault)
  })

  test('are asked for until there are enough, and told twice never', async () => {
    const said = [
      good,
      good,
      good.replace('40 litres', '4 litres'),
      `Nasrin Akhtar keeps the PW-40. A new filter every 120 hours, and 40 litres of room: that is this parts washer.`,
    ]
    const model = new ScriptedModel(() => said[model.asked.length - 1] ?? '')
    const made = await paraphrase(model, passage, { count: 2, seed: 1 }, never)
    expect(made).toEqual({ passage: passage.id, texts: [said[0], said[3]], dropped: ['repeated', 'numbers'] })
  })
})
