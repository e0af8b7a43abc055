import type { LlmEntry } from '../../engines/llm/catalogue'
import { defaultRecipe, type Recipe } from './recipe'

type Base = Pick<Recipe, 'base' | 'targets'>

/** Attention of LFM2 calls its output layer as its convolutions call theirs, so that one is left alone. */
const LFM_TARGETS = ['q_proj', 'k_proj', 'v_proj']

/** Where the training weights of the catalogue's models are published: their own entries name ONNX exports. */
const BASES: Readonly<Record<string, Partial<Base> & { base: string }>> = {
  'qwen3-0.6b': { base: 'Qwen/Qwen3-0.6B' },
  'qwen3-1.7b': { base: 'Qwen/Qwen3-1.7B' },
  'lfm2.5-1.2b-jp': { base: 'LiquidAI/LFM2.5-1.2B-JP', targets: LFM_TARGETS },
  'lfm2-1.2b': { base: 'LiquidAI/LFM2-1.2B', targets: LFM_TARGETS },
  'gemma-3-1b-it': { base: 'google/gemma-3-1b-it' },
  'llama-3.2-1b-instruct': { base: 'meta-llama/Llama-3.2-1B-Instruct' },
  'qwen2.5-0.5b-instruct': { base: 'Qwen/Qwen2.5-0.5B-Instruct' },
  'smollm2-360m-instruct': { base: 'HuggingFaceTB/SmolLM2-360M-Instruct' },
}

/** What a model is likely to be trained from: of one that is not in the catalogue, its name without what exporters add to it. */
export function trainingBase({ id, repository }: Pick<LlmEntry, 'id' | 'repository'>): Base {
  const known = BASES[id]
  return {
    base: known?.base ?? repository.replace(/-(onnx|onnx-web|gqa)$/i, ''),
    targets: known?.targets ?? defaultRecipe.targets,
  }
}
