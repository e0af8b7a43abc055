import { expect, test } from 'vitest'
import expected from '../../../../models/tiny/llm/scores.json'
import { loadLlmInNode } from '../../../fixtures/llm-in-node'
import { score } from '../../../../src/engines/llm/onnx/score'
import { scoreOptions } from '../../../../src/lab/measures/log-likelihood'

// What runs models is loaded once: no later turn of the event loop is reached in Node (test/fixtures/page-address.ts).
const llm = await loadLlmInNode('models/tiny/llm')
const model = {
  score: (prompt: string, options: readonly string[], signal: AbortSignal) => score(llm, prompt, options, signal),
} as Parameters<typeof scoreOptions>[0]

test('options are scored as float64 arithmetic scores them, and the prompt’s keys serve all of them', async () => {
  for (const { prompt, options, scores } of expected) {
    const scored = await scoreOptions(model, prompt, options, new AbortController().signal)
    expect(scored.scores.map(({ tokens }) => tokens)).toEqual(scores.map(({ tokens }) => tokens))
    for (const [at, { logProbability }] of scores.entries())
      expect(Math.abs(scored.scores[at]!.logProbability - logProbability)).toBeLessThan(1e-3)
    const best = Math.max(...scores.map(({ logProbability }) => logProbability))
    expect(scores[scored.chosen]!.logProbability).toBe(best)
    expect(llm.cache.tokens).toEqual(llm.tokenizer.encodePrompt(prompt))
  }
})
