import type { FusionMethod } from '../retrieval/fuse'
import type { AdapterUse } from '../lora/adapter'

/** What is compared: the four approaches of the paper, and a context filled with as much as it holds. */
export const ARMS = ['base', 'rag', 'lora', 'lora+rag', 'long-context'] as const
export type Arm = (typeof ARMS)[number]

/** Whether an arm reads passages, and whether it wears the adapters of the spec. */
export const readsPassages = (arm: Arm): boolean => arm === 'rag' || arm === 'lora+rag' || arm === 'long-context'
export const wearsAdapters = (arm: Arm): boolean => arm === 'lora' || arm === 'lora+rag'

/** How passages are looked for. */
export interface RetrievalPreset {
  id: string
  /** Search by meaning too, where an embedder is chosen. */
  meaning: boolean
  /** Have the cross-encoder read the best passages again, where one is chosen. */
  reranking: boolean
  /** What is searched: the question as it is, or other ways to ask and answers as they might stand too. */
  query: 'as it is' | 'several' | 'hypothetical'
  /** Absent: as the product does. */
  fusion?: FusionMethod
}

/** `simple` is what article 000 calls basic; `product` what the chat does; `thorough` all there is. */
export const PRESETS: readonly RetrievalPreset[] = [
  { id: 'simple', meaning: false, reranking: false, query: 'as it is' },
  { id: 'product', meaning: true, reranking: true, query: 'as it is' },
  { id: 'thorough', meaning: true, reranking: true, query: 'several' },
]

/** Largest number of passages that a sweep goes to. */
export const MOST_PASSAGES = 10

/** Everything a person chooses for a run. Plain data: it is hashed, kept and exported. */
export interface RunSpec {
  arms: Arm[]
  /** Examples before the question: [0], or [0, 5]. Drawn from the train split only. */
  shots: number[]
  /** Passages read by the arms that retrieve, each 0 to MOST_PASSAGES: [3], or a sweep. Long context takes what fits. */
  passages: number[]
  /** A repetition each: they choose the examples, and the draws where temperature is not 0. At least one. */
  seeds: number[]
  /** Worn by the LoRA arms; needed by them. */
  adapters: AdapterUse[]
  preset: RetrievalPreset
  /** How options are put to the model: `plain` text as in the paper, or `chat` in the model's own template. */
  form: 'plain' | 'chat'
  split: SplitSpec
  /** Questions of the test split, at most; absent: all. Which ones is decided by the split's seed. */
  questions?: number
  /** Tokens of an open answer, at most. */
  answerTokens: number
  temperature: number
  /** Open answers of the arms that retrieve: from the documents or not at all, as in the chat. */
  strict: boolean
  /** The style that answers are to have, if any: see measures/style.ts. */
  style?: 'gozaru' | 'keigo' | 'plain'
}

/** How a set is divided: by group, so that no document is on both sides. */
export interface SplitSpec {
  seed: number
  /** Share of the groups that are tested, above 0, up to 1. */
  testShare: number
}

/** One way of asking: a column of the table, or a point of a curve. */
export interface Condition {
  arm: Arm
  shots: number
  /** Passages given at most; 0 where the arm reads none, and for long context, which takes what fits. */
  passages: number
  seed: number
}

/** "rag/5/3/1": names a condition within a run. */
export const conditionKey = ({ arm, shots, passages, seed }: Condition): string =>
  [arm, shots, passages, seed].join('/')

/** What a person starts from: 0-shot, three passages, one seed. */
export const defaultSpec: RunSpec = {
  arms: ['base', 'rag'],
  shots: [0],
  passages: [3],
  seeds: [1],
  adapters: [],
  preset: PRESETS[1]!,
  form: 'plain',
  split: { seed: 1, testShare: 1 },
  answerTokens: 128,
  temperature: 0,
  strict: true,
}

/** A guard set asked without and with adapters: what they have made the model forget. */
export const guardSpec = (adapters: AdapterUse[]): RunSpec => ({ ...defaultSpec, arms: ['base', 'lora'], adapters })
