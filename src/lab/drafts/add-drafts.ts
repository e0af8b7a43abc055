import type { ChoiceQuestion, QuestionSet } from '../question-set'
import { asksTheSame } from '../questions/duplicates'

/** Two questions this alike ask the same. */
const SAME = 0.85

/**
 * The set with drafts that are new to it: what it asks already, or what a person rejected, is not offered again. An id that is
 * taken gets a number behind it.
 */
export function addDrafts(set: QuestionSet, drafts: readonly ChoiceQuestion[]): QuestionSet {
  const questions = [...set.questions]
  const ids = new Set(questions.map(({ id }) => id))
  for (const draft of drafts) {
    if (questions.some(({ question }) => asksTheSame(question, draft.question, SAME))) continue
    let id = draft.id
    for (let number = 2; ids.has(id); number++) id = `${draft.id}-${number}`
    ids.add(id)
    questions.push({ ...draft, id })
  }
  return { ...set, questions }
}
