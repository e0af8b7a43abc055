import type { AdapterUse } from '../../../lora/adapter'
import { hearMessages } from '../../../threads/hear-messages'
import type { Prompt } from '../language-model'
import { readPrompt, readTokens, type ReadyLlm } from './ready-llm'
import { mostLikely } from './sampler'

/** What is to be computed: a prompt, and then so many steps of one token each. */
export interface Examination {
  prompt: Prompt
  steps: number
  /** The tokens of the steps; without them the most likely ones. */
  forced?: readonly number[]
  /** Default none. */
  adapters?: readonly AdapterUse[]
}

export interface Findings {
  /** Those of the steps. */
  tokens: number[]
  /** Logits after the prompt and after each step: (steps + 1) × vocabulary. */
  logits: Float32Array<ArrayBuffer>
}

/**
 * A short run whose logits are told, to be compared with those of another device: the prompt in one piece and then token by
 * token, since a device has shaders of its own for each. Nothing is reused from earlier prompts.
 * @throws PromptTooLong, AdapterUnusable, ModelUnusable, DeviceLost, AbortError
 */
export async function examine(
  llm: ReadyLlm,
  { prompt, steps, forced, adapters = [] }: Examination,
  signal: AbortSignal,
): Promise<Findings> {
  await llm.adapters.use(llm, adapters, signal)
  llm.cache.clear()
  const rows = [(await readPrompt(llm, prompt, steps, signal)).logits]
  const tokens: number[] = []
  for (let step = 0; step < steps; step++) {
    const token = forced?.[step] ?? mostLikely(rows.at(-1)!)
    tokens.push(token)
    await hearMessages()
    signal.throwIfAborted()
    rows.push(await readTokens(llm, [token]))
  }
  const logits = new Float32Array(rows.length * rows[0]!.length)
  for (const [at, row] of rows.entries()) logits.set(row, at * row.length)
  return { tokens, logits }
}
