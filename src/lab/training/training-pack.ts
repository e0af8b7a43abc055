import type { Language } from '../../domain'
import type { SplitSpec } from '../run-spec'
import type { RaftOptions, TrainingExample } from './examples'
import type { Paraphrases } from './paraphrase'
import type { Recipe } from './recipe'

/** Everything that a pack is made of. What is empty has no file. */
export interface TrainingPack {
  recipe: Recipe
  supervised: readonly TrainingExample[]
  raft: readonly TrainingExample[]
  paraphrases: readonly Paraphrases[]
  /** Name and licence of the question set. */
  set: { name: string; licence: string; hash: string }
  /** The split whose train part the data is of (trainingQuestions): the Lab has to test with the same. */
  split: SplitSpec
  /** How the examples with passages were made; absent: there are none. */
  raftOptions?: Omit<RaftOptions, 'templates'>
  /** Questions that no example could be made of. */
  skipped?: number
  /** Name of the model that wrote the paraphrases. */
  paraphraser?: string
  /** Of the text that explains. */
  language: Language
}
