import { expect, test } from 'vitest'
import { writingFigures } from '../../../src/app/answer-figures'

const generation = { promptTokens: 300, reusedTokens: 0, generatedTokens: 42, firstToken: 1200, tokensPerSecond: 8.04 }

test('a written answer tells its tokens, the time to the first and their speed; a quotation tells nothing', () => {
  expect(writingFigures({ generation })).toEqual([
    '42 tokens written',
    expect.stringMatching(/^first token after 1\.2/),
    '8 tokens per second',
  ])
  expect(writingFigures({})).toEqual([])
})

test('where adapters were merged into coarse weights, it tells what is left of them beside what plain rounding leaves', () => {
  const merged = { generation: { ...generation, survival: { gain: 1.004, plainGain: 0.031 } } }
  expect(writingFigures(merged).at(-1)).toBe('100 % of the adapters’ change is in the weights (3 % by plain rounding)')
})
