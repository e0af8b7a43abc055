import { sha256 } from '../../documents/hash'
import type { Evidence } from '../../domain'
import type { Prompt } from '../../engines/llm/language-model'
import type { ChoiceQuestion, OpenQuestion, QuestionSet } from '../question-set'
import type { Result, Run } from '../run'
import { modelFor, wornIn } from './answer-question'
import { promptOf } from './choice-prompt'
import type { LabContext } from './context'
import { openPrompt } from './open-answer'
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

/**
 * The same of an open result: the answer is asked for once more by everything but the model's writing, so the model has to be
 * there. Undefined of a multiple-choice question, of a failure, where the model was not asked, and where an example is gone.
 * @param evidence what a search for the question finds now, best first: only that knows how well a passage fits
 * @throws PromptTooLong, AbortError
 */
export async function rebuildOpenPrompt(
  result: Result,
  { spec }: Pick<Run, 'spec'>,
  context: Pick<LabContext, 'set' | 'model' | 'templates' | 'source' | 'manner' | 'adapters'>,
  evidence: readonly Evidence[],
  signal: AbortSignal,
): Promise<RebuiltPrompt | undefined> {
  const { condition } = result
  const open = (id: string): OpenQuestion | undefined =>
    context.set.questions.find((one): one is OpenQuestion => one.id === id && one.kind === 'open')
  const question = open(result.question)
  const shots = result.shots.flatMap((id) => open(id) ?? [])
  if (!question || shots.length < result.shots.length || result.failure || !result.prompt) return undefined
  const passages = evidence.filter(({ passage }) => result.passages.includes(passage.id))
  const task = { question, shots, seed: condition.seed, adapters: wornIn(result, spec, context.adapters ?? []) }
  const given = passages.length ? { ...task, evidence: passages } : task
  const built = await openPrompt(modelFor(result, { context, spec }), given, spec, context, signal)
  return built && { prompt: built.messages, same: (await sha256(built.asked)) === result.prompt }
}
