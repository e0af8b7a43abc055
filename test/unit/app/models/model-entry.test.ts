import { expect, test } from 'vitest'
import { largestWithin, llmEntry, memoryRoom } from '../../../../src/app/models/model-entry'
import { catalogue, plansFor } from '../../../../src/engines/llm/catalogue'

const devices = { threads: 2, webgpu: { adapter: 'one', halfPrecision: true } }
const entries = catalogue.flatMap((model) => plansFor(model, devices).slice(0, 1).map(llmEntry))
const named = (name: string) => entries.find((entry) => entry.name === name)

test('a card tells licence terms, the end of the training, memory, and that 16-bit floats are needed', () => {
  const gemma = named('Gemma 3 1B')!
  expect(gemma.terms?.ja).toBeTruthy()
  expect(gemma.trainingCutOff).toBe('2024-08')
  expect(gemma.halfPrecision).toBe(false)
  const qwen = named('Qwen3 0.6B')!
  expect(qwen.halfPrecision).toBe(true)
  expect(qwen.memory).toBeGreaterThan(qwen.bytes!)
})

test('where a model does not fit, the largest that does is suggested; where none does, none', () => {
  expect(largestWithin(entries, 400e6, 'bytes')?.name).toBe('SmolLM2 360M Instruct')
  expect(largestWithin(entries, 1e12, 'bytes')?.name).toBe('Qwen3 1.7B')
  expect(largestWithin(entries, 1e6, 'bytes')).toBeUndefined()
  expect(largestWithin(entries, memoryRoom({ deviceMemory: 2 })!, 'memory')?.memory).toBeLessThan(2 ** 31)
  expect(memoryRoom({})).toBeUndefined()
})
