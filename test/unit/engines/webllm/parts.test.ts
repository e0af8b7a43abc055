import { describe, expect, test } from 'vitest'
import type { ChatMessage } from '../../../../src/engines/llm/language-model'
import { CachedTurns } from '../../../../src/engines/llm/webllm/cached-turns'
import { configOverrides, contextOf, readChatConfig } from '../../../../src/engines/llm/webllm/chat-config'
import { describeObstacle, obstaclesOn, type DeviceLimits } from '../../../../src/engines/llm/webllm/device-fit'
import { DeviceWatch } from '../../../../src/engines/llm/webllm/device-watch'
import { LogitChoice } from '../../../../src/engines/llm/webllm/logit-choice'
import { PromptText, writeConversation } from '../../../../src/engines/llm/webllm/prompt-text'
import { DeviceLost, ModelFileDamaged, ModelUnusable } from '../../../../src/errors'
import { tinyChatConfig } from '../../../fixtures/tiny-web-llm'

const bytesOf = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))
const template = tinyChatConfig.conv_template

describe('a prompt as text', () => {
  const messages: ChatMessage[] = [
    { role: 'system', content: 'Costs in $$, $& and {user_message}.' },
    { role: 'user', content: "$' {function_string}" },
    { role: 'assistant', content: '$1' },
    { role: 'user', content: 'b' },
  ]

  test('in a template of MLC, with every character as it is', () => {
    expect(writeConversation(template, messages)).toBe(
      "<|im_start|>system\nCosts in $$, $& and {user_message}.<|im_end|>\n<|im_start|>user\n$' {function_string}<|im_end|>\n" +
        '<|im_start|>assistant\n$1<|im_end|>\n<|im_start|>user\nb<|im_end|>\n<|im_start|>assistant\n',
    )
  })

  test('without a message of the system: the one of the template, or none where it says so', () => {
    const user = messages.slice(3)
    expect(writeConversation(template, user)).toMatch(/^<\|im_start\|>system\nYou are a helpful assistant\./)
    const quiet = { ...template, system_message: '', render_empty_system_message: false }
    expect(writeConversation(quiet, user)).toBe('<|im_start|>user\nb<|im_end|>\n<|im_start|>assistant\n')
    const joined = {
      ...template,
      seps: ['A', 'B'],
      add_role_after_system_message: false,
      system_template: '[{system_message}]',
    }
    expect(writeConversation(joined, messages.slice(1))).toBe(
      "[You are a helpful assistant.]$' {function_string}A<|im_start|>assistant\n$1B<|im_start|>user\nbA<|im_start|>assistant\n",
    )
  })

  test('the template of the tokenizer comes first; the token that begins every prompt is written where it is missing', () => {
    const tokenizer = { applyTemplate: () => 'by the tokenizer' }
    const begin = { ...template, system_prefix_token_ids: [2] }
    const of = (tokenizerConfig: Record<string, unknown>, thinks = false) =>
      new PromptText({ tokenizer, tokenizerConfig, template: begin, thinks })
    expect(of({ chat_template: 'x', bos_token: '<bos>' }).of(messages)).toBe('<bos>by the tokenizer')
    expect(of({ bos_token: { content: '<bos>' } }).of('a')).toBe('<bos>a')
    expect(of({ bos_token: '<bos>' }).of('<bos>a')).toBe('<bos>a')
    expect(of({ chat_template: 'x' }, true).of(messages)).toBe('by the tokenizer<think>\n\n</think>\n\n')
    expect(of({}, true).of('raw')).toBe('raw')
  })
})

describe('the configuration of a model', () => {
  test('is read, and overruled in what web-llm would do of its own accord', () => {
    const config = readChatConfig(bytesOf(tinyChatConfig))
    expect(contextOf(config, 4096)).toBe(1024)
    expect(contextOf(config, 512)).toBe(512)
    const overrides = configOverrides(config, 512)
    expect(overrides).toMatchObject({ context_window_size: 512, temperature: 0, top_p: 1, repetition_penalty: 1 })
    expect(overrides).toMatchObject({ conv_template: { stop_str: [], seps: [''], stop_token_ids: [1021, 1023] } })
    const sliding = readChatConfig(bytesOf({ ...tinyChatConfig, context_window_size: -1, sliding_window_size: 256 }))
    expect(contextOf(sliding, 4096)).toBe(4096)
    expect(configOverrides(sliding, 4096)).not.toHaveProperty('context_window_size')
  })

  test.each([
    ['no object', 'null'],
    ['no template', JSON.stringify({ ...tinyChatConfig, conv_template: {} })],
    ['separators that are none', JSON.stringify({ ...tinyChatConfig, conv_template: { ...template, seps: [] } })],
    ['no list of files', JSON.stringify({ ...tinyChatConfig, tokenizer_files: 'tokenizer.json' })],
  ])('is damaged: %s', (_name, text) => {
    expect(() => readChatConfig(new TextEncoder().encode(text))).toThrow(ModelFileDamaged)
  })

  test('with a tokenizer of a kind that only web-llm reads cannot be used', () => {
    const bytes = bytesOf({ ...tinyChatConfig, tokenizer_files: ['tokenizer.model'] })
    expect(() => readChatConfig(bytes)).toThrow(ModelUnusable)
  })
})

test('turns that are cached are told again word by word, and only where the prompt goes on from them', () => {
  const turns = new CachedTurns()
  const first = turns.messages('Q1')
  expect(first).toEqual([{ role: 'user', content: 'Q1' }])
  turns.keep(first, 'A1')
  const second = turns.messages('Q1A1 Q2')
  expect(second).toEqual([
    { role: 'user', content: 'Q1' },
    { role: 'assistant', content: 'A1' },
    { role: 'user', content: ' Q2' },
  ])
  turns.keep(second, 'A2')
  expect(turns.messages('Q1A1 Q2A2!').map(({ content }) => content)).toEqual(['Q1', 'A1', ' Q2', 'A2', '!'])
  expect(turns.messages('Q1A1 Q2A2')).toHaveLength(1)
  expect(turns.messages('Q1A1 Q3')).toHaveLength(1)
  turns.forget()
  expect(turns.messages('Q1A1 Q2A2!')).toHaveLength(1)
})

describe('the choice of a token from the logits', () => {
  test('leaves web-llm one token, and tells how likely it was before', () => {
    const choice = new LogitChoice((_logits, at) => [2, 0][at]!)
    const logits = Float32Array.from([1, 2, 3])
    const left = choice.processLogits(logits.slice())
    expect([...left]).toEqual([-1e4, -1e4, 0])
    choice.processSampledToken(2)
    choice.processLogits(logits.slice())
    const total = Math.log(Math.exp(1) + Math.exp(2) + Math.exp(3))
    expect(choice.logProbabilities[0]).toBeCloseTo(3 - total, 6)
    expect(choice.logProbabilities[1]).toBeCloseTo(1 - total, 6)
  })

  test('an error where web-llm took another', () => {
    const choice = new LogitChoice(() => 1)
    choice.processLogits(Float32Array.from([1, 2, 3]))
    expect(() => choice.processSampledToken(0)).toThrow(ModelUnusable)
  })
})

describe('what keeps a model from a device', () => {
  const GIB = 2 ** 30
  const device = (limits: Partial<DeviceLimits['limits']> = {}, features: string[] = ['shader-f16']): DeviceLimits => ({
    limits: {
      maxBufferSize: 2 * GIB,
      maxStorageBufferBindingSize: 2 * GIB,
      maxComputeWorkgroupStorageSize: 32768,
      maxStorageBuffersPerShaderStage: 10,
      ...limits,
    },
    features: new Set(features),
  })

  test('nothing, no device, no 16-bit floats', () => {
    expect(obstaclesOn(device(), 'q4f16', 100e6)).toEqual([])
    expect(obstaclesOn(undefined, 'q4', 0)).toEqual([{ kind: 'noAdapter' }])
    expect(obstaclesOn(device({}, []), 'q4f16', 0)).toEqual([{ kind: 'halfPrecision' }])
    expect(obstaclesOn(device({}, []), 'q4', 0)).toEqual([])
  })

  test('limits below what web-llm starts with, with their figures', () => {
    expect(obstaclesOn(device({ maxStorageBuffersPerShaderStage: 8 }), 'q4', 0)).toEqual([
      { kind: 'limit', limit: 'maxStorageBuffersPerShaderStage', needed: 10, found: 8 },
    ])
    const small = obstaclesOn(device({ maxComputeWorkgroupStorageSize: 16384 }), 'q4', 0)
    expect(small.map(describeObstacle)).toEqual(['it needs maxComputeWorkgroupStorageSize 32768, and there is 16384'])
  })

  test('a tensor that does not fit: between 128 MiB and 1 GiB it asks for no more than 128 MiB', () => {
    const phone = device({ maxStorageBufferBindingSize: 512 * 2 ** 20 })
    expect(obstaclesOn(phone, 'q4', 128 * 2 ** 20)).toEqual([])
    expect(obstaclesOn(phone, 'q4', 200e6)).toEqual([
      { kind: 'limit', limit: 'maxStorageBufferBindingSize', needed: 200e6, found: 128 * 2 ** 20 },
    ])
    expect(obstaclesOn(device(), 'q4', 200e6)).toEqual([])
    expect(obstaclesOn(device(), 'q4', 2 * GIB)).toHaveLength(2)
  })
})

describe('a device that is watched', () => {
  const lose = () => {
    let lost: (info: GPUDeviceLostInfo) => void = () => undefined
    const device = { lost: new Promise<GPUDeviceLostInfo>((resolve) => (lost = resolve)) }
    return { device, lose: () => lost({ reason: 'unknown', message: 'a driver' } as GPUDeviceLostInfo) }
  }

  test('its loss ends work that would never end, and names errors that it caused', async () => {
    const watch = new DeviceWatch()
    const { device, lose: loseIt } = lose()
    watch.watch(device)
    expect(await watch.unlessLost(Promise.resolve(1))).toBe(1)
    const stuck = watch.unlessLost(new Promise<never>(() => undefined))
    const failing = watch.unlessLost(Promise.reject(new Error('mapAsync')))
    loseIt()
    await expect(stuck).rejects.toEqual(new DeviceLost({ detail: 'unknown: a driver' }))
    await expect(failing).rejects.toBeInstanceOf(DeviceLost)
    expect(watch.lost).toBe(true)
  })

  test('one that was given back is not lost, and other errors stay what they are', async () => {
    const watch = new DeviceWatch()
    const { device, lose: loseIt } = lose()
    watch.watch(device)
    watch.end()
    loseIt()
    await device.lost
    await expect(watch.unlessLost(Promise.reject(new Error('other')))).rejects.toThrow('other')
    expect(watch.lost).toBe(false)
  })
})
