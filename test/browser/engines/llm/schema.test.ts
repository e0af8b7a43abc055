import { expect, test, vi } from 'vitest'
import { UnexpectedError } from '../../../../src/errors'
import { answer, connectLlm, keepTiny, never, startLlmWorker, tinyPlan } from './tiny'

vi.setConfig({ testTimeout: 300_000 })

const KINDS = ['report', '報告', 7, null]
const SCHEMA = {
  type: 'object',
  properties: {
    title: { type: 'string', maxLength: 30 },
    kind: { enum: KINDS },
    pages: { type: 'integer' },
    ratio: { type: 'number' },
    done: { type: 'boolean' },
    parts: { type: 'array', items: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] } },
  },
  required: ['title', 'kind', 'parts'],
  additionalProperties: false,
}

interface Written {
  title: string
  kind: unknown
  pages?: number
  ratio?: number
  done?: boolean
  parts: { name: string }[]
}

test('whatever the model’s weights would rather write, its answer parses and satisfies the schema', async () => {
  await keepTiny()
  const worker = startLlmWorker()
  const api = connectLlm(worker)
  await api.load({ plan: tinyPlan() }, undefined, never())
  const texts = new Set<string>()
  for (let seed = 1; seed <= 12; seed++) {
    // Greedy at first; the less room there is, the sooner it has to come to the end.
    const temperature = seed === 1 ? 0 : 1
    const options = { maxTokens: 60 + 10 * seed, temperature, seed, schema: SCHEMA }
    const { text } = await answer(api, '有給休暇は何日ですか', options)
    const written = JSON.parse(text) as Written
    expect([...written.title].length).toBeLessThanOrEqual(30)
    expect(KINDS).toContain(written.kind)
    expect(Number.isInteger(written.pages ?? 0)).toBe(true)
    expect(typeof (written.ratio ?? 0)).toBe('number')
    expect(typeof (written.done ?? true)).toBe('boolean')
    expect(written.parts.every(({ name }) => typeof name === 'string')).toBe(true)
    expect(Object.keys(SCHEMA.properties)).toEqual(expect.arrayContaining(Object.keys(written)))
    texts.add(text)
  }
  expect(texts.size).toBeGreaterThan(6)
  await expect(answer(api, 'a', { maxTokens: 5, schema: { type: 'string', pattern: 'x' } })).rejects.toBeInstanceOf(
    UnexpectedError,
  )
  worker.terminate()
})
