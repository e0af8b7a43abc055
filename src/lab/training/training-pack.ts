import type { Language } from '../../domain'
import type { SplitSpec } from '../run-spec'
import type { TrainingExample } from './examples'
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
  /** Of the text that explains. */
  language: Language
}
