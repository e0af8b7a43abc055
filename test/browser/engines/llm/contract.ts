import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type {
  ChatMessage,
  GeneratedPiece,
  GenerateOptions,
  GenerationEnd,
  LanguageModel,
  Prompt,
} from '../../../../src/engines/llm/language-model'
import { DeviceLost, Interrupted, PromptTooLong } from '../../../../src/errors'

/** A model under test, and what only who made it can do to it. */
export interface Contestant {
  model: LanguageModel
  /** Takes its graphics processor away; absent where it has none. */
  loseDevice?: () => Promise<void>
  close?: () => void
}

const never = (): AbortSignal => new AbortController().signal

interface Answer {
  text: string
  pieces: GeneratedPiece[]
  end: GenerationEnd
}

/** The whole answer, and what was seen of it on the way. */
export async function answerOf(
  model: LanguageModel,
  prompt: Prompt,
  options: GenerateOptions,
  signal = never(),
  onPiece: (piece: GeneratedPiece) => void = () => undefined,
): Promise<Answer> {
  const answer = model.generate(prompt, options, signal)
  const pieces: GeneratedPiece[] = []
  for (;;) {
    const { done, value } = await answer.next()
    if (done) return { text: pieces.map(({ text }) => text).join(''), pieces, end: value }
    pieces.push(value)
    onPiece(value)
  }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

/**
 * What every language model of src/engines/llm/language-model.ts owes whoever calls it, whichever engine runs it.
 * @param create a model that is loaded; called once for all tests but those that end it
 */
export function languageModelContract(name: string, create: () => Promise<Contestant>): void {
  describe(`the contract of a language model: ${name}`, () => {
    let contestant: Contestant
    let model: LanguageModel
    beforeAll(async () => {
      contestant = await create()
      model = contestant.model
    })
    afterAll(async () => {
      await model.unload()
      contestant.close?.()
    })

    const PROMPT = 'The company grants ten days of paid leave'
    const MESSAGES: ChatMessage[] = [
      { role: 'system', content: 'Answer briefly.' },
      { role: 'user', content: 'When does it begin?' },
    ]

    test('pieces come in order and add up to what the end says', async () => {
      const told: string[] = []
      const { text, pieces, end } = await answerOf(model, PROMPT, { maxTokens: 12 }, never(), (piece) =>
        told.push(piece.text),
      )
      expect(told.join('')).toBe(text)
      expect(pieces.length).toBeGreaterThan(1)
      expect(end).toMatchObject({ reason: 'length', generatedTokens: 12, reusedTokens: 0 })
      expect(sum(pieces.map(({ tokens }) => tokens))).toBe(12)
      expect(end.promptTokens).toBe(await model.countTokens(PROMPT))
      expect(end.decoding).toBeGreaterThanOrEqual(0)
      expect(pieces.every(({ logProbability }) => logProbability === undefined)).toBe(true)
    })

    test('an answer without sampling is the same every time, and its beginning does not depend on its length', async () => {
      const { text } = await answerOf(model, PROMPT, { maxTokens: 12 })
      expect((await answerOf(model, PROMPT, { maxTokens: 12 })).text).toBe(text)
      const short = await answerOf(model, PROMPT, { maxTokens: 1 })
      expect(short.end).toMatchObject({ reason: 'length', generatedTokens: 1 })
      expect(text.startsWith(short.text.replace(/\uFFFD$/, ''))).toBe(true)
    })

    test('a stop text ends the answer and is no part of it, nor is its beginning told', async () => {
      const { text } = await answerOf(model, PROMPT, { maxTokens: 24 })
      for (const [start, length] of [
        [3, 1],
        [5, 4],
        [2, 9],
      ] as const) {
        const stop = text.slice(start, start + length)
        const found = await answerOf(model, PROMPT, { maxTokens: 24, stop: ['never written', stop] })
        expect(found.text).toBe(text.slice(0, text.indexOf(stop)))
        expect(found.end.reason).toBe('stop')
        expect(sum(found.pieces.map(({ tokens }) => tokens))).toBe(found.end.generatedTokens)
      }
      const beginning = await answerOf(model, PROMPT, { maxTokens: 24, stop: [`${text}and more`] })
      expect(beginning.text).toBe(text)
    })

    test('log-probabilities are told where they are asked for, and change nothing', async () => {
      const plain = await answerOf(model, PROMPT, { maxTokens: 8 })
      const { text, pieces } = await answerOf(model, PROMPT, { maxTokens: 8, logProbabilities: true })
      expect(text).toBe(plain.text)
      for (const { logProbability } of pieces) {
        expect(logProbability).toBeLessThanOrEqual(0)
        expect(logProbability).toBeGreaterThan(-40)
      }
    })

    test('equal seeds give equal answers, others do not', async () => {
      const hot = { maxTokens: 20, temperature: 1.5, topK: 200, topP: 0.95, minP: 0.0001, repetitionPenalty: 1.1 }
      const { text } = await answerOf(model, PROMPT, { ...hot, seed: 7 })
      expect((await answerOf(model, PROMPT, { ...hot, seed: 7 })).text).toBe(text)
      expect((await answerOf(model, PROMPT, { ...hot, seed: 8 })).text).not.toBe(text)
      const greedy = await answerOf(model, PROMPT, { maxTokens: 8 })
      expect((await answerOf(model, PROMPT, { maxTokens: 8, temperature: 1, topK: 1 })).text).toBe(greedy.text)
      expect((await answerOf(model, PROMPT, { maxTokens: 8, temperature: 1, topP: 1e-6 })).text).toBe(greedy.text)
      const drawn = await Promise.all([1, 2].map(() => answerOf(model, PROMPT, { maxTokens: 20, temperature: 1.5 })))
      expect(drawn[0]!.text).not.toBe(drawn[1]!.text)
    })

    test('messages are the text that their template makes of them', async () => {
      const text = await model.applyTemplate(MESSAGES)
      for (const { content } of MESSAGES) expect(text).toContain(content)
      expect(await model.countTokens(MESSAGES)).toBe(await model.countTokens(text))
      const asMessages = await answerOf(model, MESSAGES, { maxTokens: 6 })
      expect(asMessages.end.promptTokens).toBe(await model.countTokens(MESSAGES))
      expect((await answerOf(model, text, { maxTokens: 6 })).text).toBe(asMessages.text)
    })

    test('tokens are counted: none in nothing, as many more in more', async () => {
      expect(await model.countTokens('')).toBe(0)
      const [one, both] = [await model.countTokens('word '), await model.countTokens('word '.repeat(50))]
      expect(one).toBeGreaterThan(0)
      expect(both).toBeGreaterThan(one)
      expect(both).toBeLessThanOrEqual(50 * one)
    })

    test('what is in a text stays as it is, whatever it looks like', async () => {
      const strange = "$& $' $` $$ {user_message} {function_string} {system_message}"
      expect(await model.applyTemplate([{ role: 'user', content: strange }])).toContain(strange)
    })

    describe('ends of the context', () => {
      test('a prompt that is too long is refused with its figures, and so is none', async () => {
        const { contextTokens } = model.capabilities
        const long = 'paid leave '.repeat(contextTokens)
        const tokens = await model.countTokens(long)
        const refused = await answerOf(model, long, { maxTokens: 4 }).catch((error: unknown) => error)
        expect(refused).toBeInstanceOf(PromptTooLong)
        expect((refused as PromptTooLong).params).toEqual({ tokens, limit: contextTokens - 1 })
        await expect(answerOf(model, '', { maxTokens: 4 })).rejects.toBeInstanceOf(PromptTooLong)
        expect((await answerOf(model, PROMPT, { maxTokens: 2 })).end.generatedTokens).toBe(2)
      })

      test('an answer ends where the context does', async () => {
        const { contextTokens } = model.capabilities
        const prompt = await promptOf(model, contextTokens - 4)
        const { end } = await answerOf(model, prompt, { maxTokens: 50 })
        expect(end).toMatchObject({ reason: 'context', generatedTokens: contextTokens - end.promptTokens })
      })
    })

    describe('requests that are not wanted any more', () => {
      test('end in an AbortError: before they begin, while they wait, and between two tokens', async () => {
        await expect(answerOf(model, PROMPT, { maxTokens: 2 }, AbortSignal.abort())).rejects.toMatchObject({
          name: 'AbortError',
        })
        const [under, waiting] = [new AbortController(), new AbortController()]
        let pieces = 0
        const long = answerOf(model, PROMPT, { maxTokens: 400 }, under.signal, () => {
          if (++pieces === 5) under.abort()
        })
        const queued = answerOf(model, PROMPT, { maxTokens: 1 }, waiting.signal)
        const after = answerOf(model, PROMPT, { maxTokens: 2 })
        waiting.abort()
        await expect(queued).rejects.toMatchObject({ name: 'AbortError' })
        await expect(long).rejects.toMatchObject({ name: 'AbortError' })
        expect(pieces).toBeLessThan(100)
        expect((await after).end.generatedTokens).toBe(2)
      })

      test('leaving in the middle ends the answer, and the next one is as if nothing had been', async () => {
        const { text } = await answerOf(model, PROMPT, { maxTokens: 6 })
        let seen = 0
        for await (const { tokens } of model.generate(PROMPT, { maxTokens: 400 }, never())) {
          seen += tokens > 0 ? 1 : 0
          if (seen === 3) break
        }
        const before = performance.now()
        expect((await answerOf(model, PROMPT, { maxTokens: 6 })).text).toBe(text)
        expect(seen).toBe(3)
        expect(performance.now() - before).toBeLessThan(20_000)
      })
    })

    test('requests are worked off in the order they came', async () => {
      const done: number[] = []
      const lengths = [24, 1, 6]
      await Promise.all(
        lengths.map((maxTokens, at) => answerOf(model, PROMPT, { maxTokens }).then(() => done.push(at))),
      )
      expect(done).toEqual([0, 1, 2])
    })

    test('a score is the log-probability that the same tokens have when they are generated', async () => {
      if (!model.capabilities.score) {
        await expect(model.score(PROMPT, ['a'], never())).rejects.toThrow()
        return
      }
      const [nothing, likely, unlikely] = await model.score(PROMPT, ['', ' in the', 'zqzqzq'], never())
      expect(nothing).toEqual({ logProbability: 0, tokens: 0 })
      expect(likely!.tokens).toBe(await model.countTokens(' in the'))
      expect(likely!.logProbability).toBeLessThan(0)
      expect(unlikely!.logProbability).toBeLessThan(0)
      // No text of one token is likelier than the token that the model chooses, and that one itself is as likely as it was
      // told to be, unless it holds a part of a character and is no text.
      const differences: number[] = []
      for (const end of ['', ' of', ' to', ' the', ' and', ' for', ' with']) {
        const { pieces, text } = await answerOf(model, PROMPT + end, { maxTokens: 1, logProbabilities: true })
        if ((await model.countTokens(text)) !== 1) continue
        const [first] = await model.score(PROMPT + end, [text], never())
        differences.push(pieces[0]!.logProbability! - first!.logProbability)
      }
      expect(Math.min(...differences)).toBeGreaterThan(-1e-3)
      expect(Math.min(...differences)).toBeLessThan(1e-3)
      await expect(
        model.score(PROMPT, ['word '.repeat(model.capabilities.contextTokens)], never()),
      ).rejects.toBeInstanceOf(PromptTooLong)
      await expect(model.score(PROMPT, ['a'], AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' })
    })

    test('a schema is kept to where that is promised', async () => {
      if (!model.capabilities.schema) return
      const schema = {
        type: 'object',
        properties: { found: { type: 'boolean' } },
        required: ['found'],
        additionalProperties: false,
      }
      for (const prompt of [PROMPT, MESSAGES]) {
        const { text, end } = await answerOf(model, prompt, { maxTokens: 60, schema })
        expect(end.reason).toBe('stop')
        expect(JSON.parse(text)).toEqual({ found: expect.any(Boolean) as boolean })
      }
    })

    test('a device that is lost in the middle is told as that, and the next request has another', async () => {
      const { loseDevice } = contestant
      if (!loseDevice) return
      const { text } = await answerOf(model, PROMPT, { maxTokens: 4 })
      let pieces = 0
      const lost = answerOf(model, PROMPT, { maxTokens: 400 }, never(), () => {
        if (++pieces === 3) void loseDevice()
      })
      await expect(lost).rejects.toBeInstanceOf(DeviceLost)
      expect((await answerOf(model, PROMPT, { maxTokens: 4 })).text).toBe(text)
    })

    test('unloading interrupts what is under way, and whatever is asked afterwards', async () => {
      const another = await create()
      const under = answerOf(another.model, PROMPT, { maxTokens: 400 })
      const outcome = under.catch((error: unknown) => error)
      await new Promise((resolve) => setTimeout(resolve, 50))
      await another.model.unload()
      expect(await outcome).toBeInstanceOf(Interrupted)
      await expect(answerOf(another.model, PROMPT, { maxTokens: 1 })).rejects.toBeInstanceOf(Interrupted)
      another.close?.()
    })
  })
}

/** A prompt of nearly so many tokens, and not more. */
async function promptOf(model: LanguageModel, tokens: number): Promise<string> {
  const word = ' leave'
  const one = await model.countTokens(word)
  for (let count = Math.floor(tokens / one); ; count--) {
    const text = word.repeat(count)
    if ((await model.countTokens(text)) <= tokens) return text
  }
}
