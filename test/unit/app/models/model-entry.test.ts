import { expect, test } from 'vitest'
import { deviceRoom, doubtsAbout, largestFitting } from '../../../../src/app/models/device-room'
import { llmEntry, memoryRoom, webLlmModelEntry } from '../../../../src/app/models/model-entry'
import { catalogue, plansFor } from '../../../../src/engines/llm/catalogue'
import { webLlmPlans } from '../../../../src/engines/llm/webllm/catalogue'

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

const AMPLE = { disk: 1e12, memory: 1e12, buffer: 1e12 }

test('what speaks against a model is its size, its memory or its largest tensor, with the figures', () => {
  const qwen = named('Qwen3 0.6B')!
  expect(doubtsAbout(qwen, AMPLE)).toEqual([])
  expect(doubtsAbout(qwen, { disk: undefined, memory: undefined, buffer: undefined })).toEqual([])
  expect(doubtsAbout(qwen, { ...AMPLE, disk: 100e6 })).toEqual([{ about: 'disk', needed: qwen.bytes, found: 100e6 }])
  expect(doubtsAbout(qwen, { ...AMPLE, disk: 0 }, true)).toEqual([])
  expect(doubtsAbout(qwen, { ...AMPLE, memory: 1e9 })).toMatchObject([{ about: 'memory', needed: qwen.memory }])
  // 151,936 tokens of 1,024 values in 16 bits.
  expect(doubtsAbout(qwen, { ...AMPLE, buffer: 128 * 2 ** 20 })).toMatchObject([
    { about: 'buffer', needed: 311_164_928 },
  ])
  expect(doubtsAbout({ ...qwen, device: 'wasm' }, { ...AMPLE, buffer: 1 })).toEqual([])
})

test('a table of tokens that would be larger than the whole model must be quantized like the rest', () => {
  const gemma = named('Gemma 3 1B')!
  expect(gemma.largestTensor).toBeLessThan(200e6)
})

test('a model of MLC tells the memory that MLC states and an estimate of its size', () => {
  const [plan] = webLlmPlans(
    catalogue.find(({ id }) => id === 'qwen3-0.6b')!,
    { halfPrecision: true },
  )
  const entry = webLlmModelEntry(plan!)
  expect(entry).toMatchObject({ repository: 'mlc-ai/Qwen3-0.6B-q4f16_1-MLC', exact: false, halfPrecision: true })
  expect(entry.memory).toBeCloseTo(1403.34 * 2 ** 20)
  expect(entry.bytes).toBeGreaterThan(300e6)
})

test('where a model does not fit, the largest that does is suggested; where none does, none', () => {
  expect(largestFitting(entries, { ...AMPLE, disk: 400e6 })?.name).toBe('SmolLM2 360M Instruct')
  expect(largestFitting(entries, AMPLE)?.name).toBe('Qwen3 1.7B')
  // What comes with the page takes no room that would have to be found.
  expect(largestFitting(entries, { ...AMPLE, disk: 1e6 })?.servedFrom).toBeDefined()
  const downloaded = entries.filter(({ servedFrom }) => servedFrom === undefined)
  expect(largestFitting(downloaded, { ...AMPLE, disk: 1e6 })).toBeUndefined()
  const memory = memoryRoom({ deviceMemory: 2 })!
  expect(largestFitting(entries, { ...AMPLE, memory })?.memory).toBeLessThan(2 ** 31)
  expect(memoryRoom({})).toBeUndefined()
  expect(deviceRoom({ free: 5, devices: undefined }, {})).toEqual({ disk: 5, memory: undefined, buffer: undefined })
})
