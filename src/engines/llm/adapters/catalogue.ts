import adapters from '../../../../models/adapters.json'
import type { ExpectedFile } from '../../model-files/read'

/** What an adapter is there for: how answers sound, what form they have, what they know, or how they read passages. */
export type AdapterKind = 'style' | 'format' | 'domain' | 'raft' | 'other'

/** A LoRA adapter in PEFT's format, as models/adapters.json or the person's own import describes it. What is not known is absent. */
export interface AdapterEntry {
  /** Short and stable. */
  id: string
  name: string | { en: string; ja: string }
  /** What it changes, in a sentence. */
  description?: { en: string; ja: string }
  revision: string
  /** The model whose weights it changes: id in models/llms.json or of the person's own; absent: not told, then shapes decide. */
  base?: string
  /** That model as whoever trained the adapter called it: a repository of the hub, or a folder of theirs. */
  trainedOn?: string
  /** On the Hugging Face hub, where it came from there. */
  repository?: string
  /** Served with the app from this folder, as starter models are. */
  servedFrom?: string
  kind: AdapterKind
  rank: number
  alpha: number
  /** Names of the linear layers that it changes: q_proj, v_proj. */
  targets: string[]
  /** As in models/llms.json. */
  languages: string[]
  licence?: string
  /** adapter_config.json and adapter_model.safetensors. */
  files: ExpectedFile[]
  /** How it was trained: the recipe's path in the repository or a sentence. */
  recipe?: string
  /** Loss by step while it was trained. */
  curve?: [step: number, loss: number][]
  /** What it costs elsewhere: a score on questions that it was not made for, without it and with it. */
  guard?: { set: string; measure: string; without: number; with: number }
}

/** Adapters that come with the app or are known to fit its models. */
export const adapterCatalogue = adapters as unknown as readonly AdapterEntry[]

/** Under which its files are kept (src/engines/model-files/store.ts), and by which an AdapterUse names it. */
export const adapterName = ({ id, revision }: Pick<AdapterEntry, 'id' | 'revision'>): string =>
  `adapter-${id}@${revision}`
