import { sha256 } from '../../documents/hash'
import type { Evidence } from '../../domain'
import type { Prompt } from '../../engines/llm/language-model'
import type { ChoiceQuestion, QuestionSet } from '../question-set'
import type { Result, Run } from '../run'
import { promptOf } from './choice-prompt'
import { labTemplates } from './templates/templates'

/** The prompt that a result was made with, built again from what is kept of it. */
export interface RebuiltPrompt {
  prompt: Prompt
  /** It is the very one: its hash is the result's. Otherwise a passage or a prompt text has changed since. */
  same: boolean
}

/**
 * Builds the prompt of a multiple-choice result again, for whoever wants to see it: prompts themselves would take megabytes.
 * Undefined of an open question, of a failure, and where a question or a passage is no longer there.
 * @param evidence the passages of `result.passages`, as far as they are there
 */
export async function rebuildPrompt(
  result: Result,
  { spec }: Pick<Run, 'spec'>,
  set: Pick<QuestionSet, 'questions'>,
  evidence: readonly Evidence[],
): Promise<RebuiltPrompt | undefined> {
  const choice = (id: string): ChoiceQuestion | undefined =>
    set.questions.find((one): one is ChoiceQuestion => one.id === id && one.kind === 'choice')
  const question = choice(result.question)
  const shots = result.shots.flatMap((id) => choice(id) ?? [])
  const passages = result.passages.flatMap((id) => evidence.find(({ passage }) => passage.id === id) ?? [])
  const whole = shots.length === result.shots.length && passages.length === result.passages.length
  if (!question || !whole || result.failure) return undefined
  const prompt = promptOf({
    question,
    shots,
    evidence: passages,
    form: spec.form,
    templates: labTemplates[question.language],
  })
  return { prompt, same: (await sha256(JSON.stringify(prompt))) === result.prompt }
}
