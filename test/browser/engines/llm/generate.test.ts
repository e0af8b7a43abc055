import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import expected from '../../../../models/tiny/llm/expected.json'
import type { ChatMessage } from '../../../../src/engines/llm/language-model'
import { PromptTooLong } from '../../../../src/errors'
import { answer, connectLlm, keepTiny, largestDifference, never, startLlmWorker, tinyFiles, tinyPlan } from './tiny'
import { tokenizer } from './tokenizer'

// Loading takes a second, and many times that on a busy machine.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const worker = startLlmWorker()
const api = connectLlm(worker)
const STEPS = 6
const VOCABULARY = 1024
const CONTEXT = 1024

const load = (dtype: 'q4' | 'fp32' = 'q4') => api.load({ plan: tinyPlan('wasm', dtype) }, undefined, never())
/** Nothing of an earlier prompt is left: what an answer is compared with. */
const forget = async () => {
  await api.unload()
  await load()
}

beforeAll(async () => {
  await keepTiny()
  await load()
})
afterAll(() => worker.terminate())

test.each(['fp32', 'q4'] as const)(
  'the logits and the greedy tokens are those of float64 arithmetic: %s',
  async (dtype) => {
    await load(dtype)
    for (const { text, greedy, logits } of expected) {
      const found = await api.examine({ prompt: text, steps: greedy.length }, never())
      expect(found.tokens).toEqual(greedy)
      for (const [at, step] of [0, STEPS].entries()) {
        const row = found.logits.subarray(step * VOCABULARY, (step + 1) * VOCABULARY)
        expect(largestDifference(row, logits[at]!)).toBeLessThan(1e-4)
      }
    }
  },
)

describe('an answer', () => {
  const { text: prompt, ids, greedy } = expected[1]!

  test('comes piece by piece, whole characters each, with the log-probability of its tokens', async () => {
    const arrived: number[] = []
    const { text, pieces, end } = await answer(
      api,
      prompt,
      { maxTokens: greedy.length, logProbabilities: true },
      never(),
      () => arrived.push(performance.now()),
    )
    expect(end).toMatchObject({ reason: 'length', promptTokens: ids.length, generatedTokens: greedy.length })
    expect(end.firstToken).toBeGreaterThan(0)
    expect(pieces.length).toBeGreaterThan(greedy.length / 2)
    expect(arrived.at(-1)! - arrived[0]!).toBeGreaterThan(0)
    expect(pieces.reduce((sum, { tokens }) => sum + tokens, 0)).toBe(greedy.length)
    // Tokens chosen by random weights are not always whole characters; those of the answer are shown as they are.
    expect((await tokenizer()).decode(greedy)).toContain(text)
    expect(pieces[0]).toMatchObject({ text: 'りましたか', tokens: 1 })
    const { logits } = await api.examine({ prompt, steps: greedy.length, forced: greedy }, never())
    const exact = greedy.reduce(
      (sum, token, step) => sum + logSoftmax(logits.subarray(step * VOCABULARY, (step + 1) * VOCABULARY), token),
      0,
    )
    expect(pieces.reduce((sum, { logProbability }) => sum + logProbability!, 0)).toBeCloseTo(exact, 3)
  })

  test('ends before a stop text, whichever pieces it is spread over, and shows nothing of it', async () => {
    const { text } = await answer(api, prompt, { maxTokens: greedy.length })
    for (const [start, length] of [
      [4, 1],
      [6, 5],
      [2, 9],
    ] as const) {
      const stop = text.slice(start, start + length)
      const first = text.indexOf(stop)
      const found = await answer(api, prompt, { maxTokens: greedy.length, stop: ['never written', stop] })
      expect(found.text).toBe(text.slice(0, first))
      expect(found.end.reason).toBe('stop')
      expect(found.end.generatedTokens).toBeLessThanOrEqual(greedy.length)
    }
  })

  test('ends with the token that the model ends its turns with', async () => {
    const [first, second] = expected[0]!.greedy
    const plan = tinyPlan()
    const files = await tinyFiles()
    const generation = { eos_token_id: [second], bos_token_id: 1021 }
    await keepTiny(files.set('generation_config.json', new TextEncoder().encode(JSON.stringify(generation))))
    await api.unload()
    await api.load({ plan }, undefined, never())
    const { end } = await answer(api, expected[0]!.text, { maxTokens: 9 })
    expect(end).toMatchObject({ reason: 'stop', generatedTokens: 1 })
    expect(first).not.toBe(second)
    await keepTiny()
    await forget()
  })

  test('is drawn: equal seeds give equal answers, others do not; a nucleus of nothing is greedy', async () => {
    const draw = async (options: object) => (await answer(api, prompt, { maxTokens: 20, ...options })).text
    const hot = { temperature: 1.5, topP: 0.95, topK: 200, minP: 0.001, repetitionPenalty: 1.1 }
    const one = await draw({ ...hot, seed: 7 })
    expect(await draw({ ...hot, seed: 7 })).toBe(one)
    expect(await draw({ ...hot, seed: 8 })).not.toBe(one)
    expect(await draw(hot)).not.toBe(await draw(hot))
    const plain = await draw({})
    expect(await draw({ temperature: 1, topP: 1e-6, seed: 1 })).toBe(plain)
    expect(await draw({ temperature: 1, topK: 1, seed: 1 })).toBe(plain)
    expect(await draw({ temperature: 1, minP: 1, seed: 1 })).toBe(plain)
  })

  test('ends where the context ends; a longer prompt is refused with its figures, and the next one is answered', async () => {
    const long = '有給休暇 '.repeat(2000)
    const tokens = await api.countTokens(long)
    await expect(answer(api, long, { maxTokens: 4 })).rejects.toEqual(new PromptTooLong({ tokens, limit: CONTEXT - 1 }))
    await expect(answer(api, '', { maxTokens: 4 })).rejects.toBeInstanceOf(PromptTooLong)
    const almost = await prefixOf(long, CONTEXT - 5)
    const { end } = await answer(api, almost, { maxTokens: 50 })
    expect(end).toMatchObject({ reason: 'context', promptTokens: CONTEXT - 5, generatedTokens: 5 })
    expect((await answer(api, prompt, { maxTokens: 1 })).end.reason).toBe('length')
  })

  test('is heard to be unwanted between two tokens, and while it waits for its turn', async () => {
    const controller = new AbortController()
    let pieces = 0
    // One whose answer comes to no end by itself.
    const { text: endless } = expected[0]!
    const under = answer(api, endless, { maxTokens: 900 }, controller.signal, () => {
      if (++pieces === 5) controller.abort()
    })
    const waiting = new AbortController()
    const queued = answer(api, prompt, { maxTokens: 1 }, waiting.signal)
    const after = answer(api, prompt, { maxTokens: 2 })
    waiting.abort()
    await expect(queued).rejects.toMatchObject({ name: 'AbortError' })
    await expect(under).rejects.toMatchObject({ name: 'AbortError' })
    expect(pieces).toBeLessThan(900)
    expect((await after).end.generatedTokens).toBe(2)
  })
})

describe('keys and values of the turn before', () => {
  const turns: ChatMessage[] = [
    { role: 'system', content: 'Answer from the documents.' },
    { role: 'user', content: '会議は何時に始まりますか。' },
  ]

  test('serve the next turn, and change nothing', async () => {
    await forget()
    const first = await answer(api, turns, { maxTokens: 12 })
    expect(first.end.reusedTokens).toBe(0)
    const next: ChatMessage[] = [
      ...turns,
      { role: 'assistant', content: first.text },
      { role: 'user', content: 'Who read the minutes?' },
    ]
    const reusing = await answer(api, next, { maxTokens: 20 })
    expect(reusing.end.reusedTokens).toBeGreaterThanOrEqual(first.end.promptTokens)
    await forget()
    const fresh = await answer(api, next, { maxTokens: 20 })
    expect(fresh.end.reusedTokens).toBe(0)
    expect(reusing.text).toBe(fresh.text)
  })

  test('are cut to what two prompts share', async () => {
    const [one, other] = ['The company grants ten days of paid leave.', 'The company grants ten months of wages.']
    await forget()
    const alone = await answer(api, other, { maxTokens: 20 })
    await forget()
    await answer(api, one, { maxTokens: 20 })
    const after = await answer(api, other, { maxTokens: 20 })
    expect(after.end.reusedTokens).toBe(await api.countTokens('The company grants ten'))
    expect(after.text).toBe(alone.text)
    // The same prompt again: all but its last token, whose logits are wanted.
    expect((await answer(api, other, { maxTokens: 20 })).end.reusedTokens).toBe(after.end.promptTokens - 1)
  })

  test('of a prompt that is read in parts are those of one read at once', async () => {
    const long = await prefixOf('有給休暇は何日もらえますか。'.repeat(200), 700)
    await forget()
    const inParts = await answer(api, long, { maxTokens: 12 })
    const start = await prefixOf(long, 400)
    await forget()
    await answer(api, start, { maxTokens: 1 })
    const continued = await answer(api, long, { maxTokens: 12 })
    expect(continued.end.reusedTokens).toBe(400)
    expect(continued.text).toBe(inParts.text)
  })
})

test('the score of a continuation is the sum of its log-softmax, and reads the prompt once', async () => {
  const { text: prompt, ids } = expected[2]!
  const continuations = [' yes', ' 有給休暇は三日です。', '', ' the twenty-fifth of each month']
  const scores = await api.score(prompt, continuations, never())
  for (const [at, continuation] of continuations.entries()) {
    const forced = await tokensOf(continuation)
    const { logits } = await api.examine({ prompt, steps: forced.length, forced }, never())
    const exact = forced.reduce(
      (sum, token, step) => sum + logSoftmax(logits.subarray(step * VOCABULARY, (step + 1) * VOCABULARY), token),
      0,
    )
    expect(scores[at]!.tokens).toBe(forced.length)
    expect(scores[at]!.logProbability).toBeCloseTo(exact, 3)
  }
  // The prompt's keys and values are still there, and only they.
  expect((await answer(api, prompt, { maxTokens: 1 })).end.reusedTokens).toBe(ids.length - 1)
  await expect(api.score(prompt, ['word '.repeat(2000)], never())).rejects.toBeInstanceOf(PromptTooLong)
})

test('messages become a prompt by the template of the model', async () => {
  const { text, ids } = expected[3]!
  const messages: ChatMessage[] = [
    { role: 'system', content: 'Answer from the documents.' },
    { role: 'user', content: '会議は何時に始まりますか。' },
  ]
  expect(await api.applyTemplate(messages)).toBe(text)
  expect(await api.countTokens(messages)).toBe(ids.length)
  expect((await answer(api, messages, { maxTokens: 3 })).text).toBe((await answer(api, text, { maxTokens: 3 })).text)
})

function logSoftmax(row: Float32Array, token: number): number {
  return row[token]! - Math.log(row.reduce((sum, logit) => sum + Math.exp(logit), 0))
}

async function tokensOf(text: string): Promise<number[]> {
  return (await tokenizer()).encodeContinuation(text)
}

/** The beginning of a text that has exactly so many tokens. */
async function prefixOf(text: string, tokens: number): Promise<string> {
  const { decode, encodeContinuation } = await tokenizer()
  const prefix = decode(encodeContinuation(text).slice(0, tokens))
  expect(encodeContinuation(prefix)).toHaveLength(tokens)
  return prefix
}
