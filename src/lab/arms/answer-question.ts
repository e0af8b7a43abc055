import { sha256 } from '../../documents/hash'
import type { AnswerAdapter } from '../../domain'
import { retrievalRecall } from '../measures/evidence'
import { scoreOptions } from '../measures/log-likelihood'
import type { ChoiceQuestion, OpenQuestion, Question } from '../question-set'
import type { Result, Split } from '../run'
import { readsPassages, wearsAdapters, type RunSpec } from '../run-spec'
import { buildChoicePrompt } from './choice-prompt'
import type { LabContext, Retrieved } from './context'
import { answerOpen } from './open-answer'
import { drawShots, type Task } from './plan'
import { labTemplates } from './templates/templates'
import { withAdapters } from './with-adapters'

/** What all tasks of a run share. */
export interface Asking {
  spec: RunSpec
  context: LabContext
  split: Split
  /** All questions that may be asked or shown. */
  questions: readonly Question[]
  /** Passages for a question, each looked for once in a run. */
  find: (question: Question, arm: Task['condition']['arm']) => Promise<Retrieved>
}

/**
 * Asks one question under one condition and measures the answer. Finding passages is not part of the time.
 * @throws PromptTooLong, DeviceLost, ModelUnusable, ModelReplaced, AdapterUnusable, Interrupted, AbortError
 */
export async function answerQuestion(
  task: Task,
  asking: Asking,
  signal: AbortSignal,
): Promise<Pick<Result, 'measures' | 'shots' | 'passages'> & Partial<Result>> {
  const { question, condition } = task
  const shots = drawShots(asking.questions, asking.split, question, condition)
  const retrieved = readsPassages(condition.arm) ? await asking.find(question, condition.arm) : undefined
  const most = condition.arm === 'long-context' ? Infinity : condition.passages
  const evidence = retrieved && { ...retrieved, evidence: retrieved.evidence.slice(0, most) }
  const began = performance.now()
  const answered =
    question.kind === 'choice'
      ? await choose(question, shots as ChoiceQuestion[], evidence, task, asking, signal)
      : await write(question, shots as OpenQuestion[], evidence, task, asking, signal)
  const recall = retrieved && retrievalRecall(answered.passages, question.evidence)
  return {
    ...answered,
    measures: {
      ...answered.measures,
      ...(recall !== undefined && { retrievalRecall: recall }),
      milliseconds: performance.now() - began,
    },
  }
}

/** The adapters of an arm, with what they are there for where that is known. */
export const wornIn = (
  { condition }: Pick<Task, 'condition'>,
  { adapters }: Pick<RunSpec, 'adapters'>,
  known: readonly AnswerAdapter[],
): AnswerAdapter[] =>
  wearsAdapters(condition.arm)
    ? adapters.map((use) => ({ name: use.adapter, ...known.find(({ adapter }) => adapter === use.adapter), ...use }))
    : []

export const modelFor = (
  { condition }: Pick<Task, 'condition'>,
  { context, spec }: { context: Pick<LabContext, 'model'>; spec: RunSpec },
) => withAdapters(context.model, wearsAdapters(condition.arm) ? spec.adapters : [])

async function choose(
  question: ChoiceQuestion,
  shots: readonly ChoiceQuestion[],
  retrieved: Retrieved | undefined,
  task: Task,
  asking: Asking,
  signal: AbortSignal,
) {
  const model = modelFor(task, asking)
  const request = {
    question,
    shots,
    evidence: retrieved?.evidence ?? [],
    form: asking.spec.form,
    templates: labTemplates[question.language],
  }
  const built = await buildChoicePrompt(model, request, signal)
  const { scores, chosen, chosenNormalised } = await scoreOptions(model, built.prompt, built.continuations, signal)
  return {
    scores,
    chosen,
    shots: built.shots.map(({ id }) => id),
    passages: built.evidence.map(({ passage }) => passage.id),
    prompt: await sha256(JSON.stringify(built.prompt)),
    measures: {
      accuracy: Number(chosen === question.answer),
      normalisedAccuracy: Number(chosenNormalised === question.answer),
      promptTokens: await model.countTokens(built.prompt),
    },
  }
}

async function write(
  question: OpenQuestion,
  shots: readonly OpenQuestion[],
  retrieved: Retrieved | undefined,
  task: Task,
  asking: Asking,
  signal: AbortSignal,
) {
  const { seed } = task.condition
  const { adapters = [] } = asking.context
  const open = { question, shots, seed, adapters: wornIn(task, asking.spec, adapters), ...retrieved }
  const { asked, ...result } = await answerOpen(modelFor(task, asking), open, asking.spec, asking.context, signal)
  return {
    ...result,
    ...(asked !== '' && { prompt: await sha256(asked) }),
  }
}
