import type { Answer, AnswerAdapter, Turn } from '../../domain'
import type { AdapterEntry } from '../../engines/llm/adapters/catalogue'
import { same, worn } from './adapter-choice.svelte'

/** What the question of a turn can be answered with once more, beside the answers that there are. */
export interface OtherAdapters {
  /** No adapter at all, where an answer was written with one. */
  without: boolean
  /** What is on now. */
  present?: readonly AnswerAdapter[]
  /** Adapters one by one, as they were trained. */
  others: readonly AnswerAdapter[]
}

const NOTHING: OtherAdapters = { without: false, others: [] }

/**
 * Ways to answer a question again from the same passages. None where a model was not asked, since quotations have no style,
 * or where the passages are not known: the question was answered by an earlier version, or all was read.
 */
export function otherAdapters(
  turn: Turn,
  model: string,
  on: readonly AnswerAdapter[],
  usable: readonly AdapterEntry[],
): OtherAdapters {
  const { answer, evidence, alternatives = [] } = turn
  // A refusal by the gate is one whatever the model wears.
  if (!evidence?.length || answer?.model === undefined || !answer.prompt) return NOTHING
  const answers = [turn, ...alternatives]
  // One that was stopped may be wanted whole.
  const whole = answers.filter(({ stopped }) => !stopped)
  const isNew = (adapters: readonly AnswerAdapter[]) =>
    !whole.some((one) => one.answer && isWith(one.answer, model, adapters))
  const others = usable.map((entry) => worn(entry)).filter((one) => isNew([one]) && !same([one], on))
  return {
    without: answers.some((one) => one.answer?.adapters) && isNew([]),
    ...(on.length > 0 && isNew(on) && { present: on }),
    others,
  }
}

const isWith = (answer: Answer, model: string, adapters: readonly AnswerAdapter[]): boolean =>
  answer.model === model && same(answer.adapters ?? [], adapters)
