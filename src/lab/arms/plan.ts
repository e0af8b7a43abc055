import type { ModelCapabilities } from '../../engines/llm/language-model'
import { InvalidRunSpec } from '../../errors'
import { confirmed, type Question, type QuestionSet } from '../question-set'
import { shuffled, splitQuestions } from '../questions/split'
import type { Split } from '../run'
import {
  ARMS,
  conditionKey,
  MOST_PASSAGES,
  readsPassages,
  wearsAdapters,
  type Condition,
  type RunSpec,
} from '../run-spec'

/** A question under a condition: one result. */
export interface Task {
  key: string
  condition: Condition
  question: Question
}

/** What a run will do, in the order in which it does it. */
export interface RunPlan {
  split: Split
  tasks: Task[]
}

/**
 * Lays out a run. The order spares the model work: adapters change once; examples, which stand before everything else in a
 * prompt, change seldom; and the prompts of one question, which share their passages, follow each other.
 * @throws InvalidRunSpec
 */
export function planRun(
  spec: RunSpec,
  set: Pick<QuestionSet, 'questions'>,
  { capabilities, documents }: { capabilities: ModelCapabilities; documents: readonly string[] },
): RunPlan {
  const questions = confirmed(set)
  if (questions.length === 0) throw new InvalidRunSpec({ reason: 'questions' })
  checkSpec(spec, documents)
  const split = splitQuestions(questions, spec.split)
  const tested = testedQuestions(questions, split, spec)
  if (!capabilities.score && tested.some(({ kind }) => kind === 'choice')) throw new InvalidRunSpec({ reason: 'score' })
  checkShots(spec, questions, split, tested)
  const plain = spec.arms.filter((arm) => !wearsAdapters(arm))
  const adapted = spec.arms.filter(wearsAdapters)
  const tasks = [plain, adapted].flatMap((arms) =>
    spec.seeds.flatMap((seed) =>
      [...new Set(spec.shots)].flatMap((shots) =>
        tested.flatMap((question) =>
          ARMS.filter((arm) => arms.includes(arm)).flatMap((arm) =>
            passagesOf(arm, spec).map((passages): Task => {
              const condition = { arm, shots, passages, seed }
              return { key: `${conditionKey(condition)}/${question.id}`, condition, question }
            }),
          ),
        ),
      ),
    ),
  )
  return { split, tasks }
}

const passagesOf = (arm: Condition['arm'], { passages }: RunSpec): number[] =>
  arm === 'long-context' || !readsPassages(arm) ? [0] : [...new Set(passages)].sort((a, b) => a - b)

/** Those of the test split that are asked, in the order of the set. */
function testedQuestions(questions: readonly Question[], { test }: Split, spec: RunSpec): Question[] {
  const chosen = new Set(shuffled([...test].sort(), spec.split.seed).slice(0, spec.questions ?? test.length))
  return questions.filter(({ id }) => chosen.has(id))
}

function checkSpec(spec: RunSpec, documents: readonly string[]): void {
  const refuse = (reason: string, params: Record<string, number> = {}): never => {
    throw new InvalidRunSpec({ reason, ...params })
  }
  const counts = (values: readonly number[], most: number) =>
    values.length > 0 && values.every((value) => Number.isInteger(value) && value >= 0 && value <= most)
  if (spec.arms.length === 0) refuse('arms')
  if (spec.arms.some(wearsAdapters) && spec.adapters.length === 0) refuse('adapters')
  if (spec.arms.some(readsPassages) && documents.length === 0) refuse('documents')
  if (!counts(spec.passages, MOST_PASSAGES)) refuse('passages', { most: MOST_PASSAGES })
  if (!counts(spec.shots, Number.MAX_SAFE_INTEGER)) refuse('shots', { shots: 0, train: 0 })
  if (!counts(spec.seeds, 0xffffffff) || new Set(spec.seeds).size < spec.seeds.length) refuse('seeds')
  if (!(spec.split.testShare > 0 && spec.split.testShare <= 1)) refuse('split')
}

function checkShots(spec: RunSpec, questions: readonly Question[], split: Split, tested: readonly Question[]): void {
  const most = Math.max(...spec.shots)
  if (most === 0) return
  for (const question of tested) {
    const train = shotPool(questions, split, question).length
    if (train < most) throw new InvalidRunSpec({ reason: 'shots', shots: most, train })
  }
}

/**
 * The questions that may be shown as examples before another: of the train split, of its kind and language, answerable, and
 * not nearly the same as any question that is tested.
 */
export function shotPool(questions: readonly Question[], { train, leaks }: Split, before: Question): Question[] {
  const [trained, leaked] = [new Set(train), new Set(leaks.map((leak) => leak.train))]
  return questions.filter(
    (one) =>
      trained.has(one.id) &&
      !leaked.has(one.id) &&
      one.kind === before.kind &&
      one.language === before.language &&
      (one.kind === 'choice' || one.answers.length > 0),
  )
}

/** The examples of a seed; those of a smaller number are the first of a larger one. */
export const drawShots = (
  questions: readonly Question[],
  split: Split,
  before: Question,
  { shots, seed }: Condition,
): Question[] =>
  shuffled(
    shotPool(questions, split, before).sort((one, other) => (one.id < other.id ? -1 : 1)),
    seed,
  ).slice(0, shots)
