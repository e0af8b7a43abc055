import { EmptyAnswer, InvalidRunSpec, isAbort, PromptTooLong, toFumikuraError } from '../../errors'
import { webLocks } from '../../storage/transaction'
import { confirmed, type Question } from '../question-set'
import type { Result, Run, RunEvent, RunId } from '../run'
import { readsPassages, type Arm, type RunSpec } from '../run-spec'
import { answerQuestion, type Asking } from './answer-question'
import type { LabContext, Retrieved } from './context'
import { planRun, type RunPlan, type Task } from './plan'
import { runIdOf, stampOf } from './stamp'

/** Passages looked for where as many are read as fit. */
export const LONG_CONTEXT = 100

/**
 * Makes a run: each question under each condition, one after the other, told and kept as it comes. A run with the same
 * stamp that was stopped or failed before goes on where it was; one that is finished is told at once. A question whose prompt
 * does not fit is a result with its failure, and the run goes on; what stops the model stops the run.
 * @throws InvalidRunSpec before anything is done; AbortError, DeviceLost, ModelUnusable, ModelReplaced, AdapterUnusable,
 *   StorageFull and what else the model or the search throws: the run is then kept as it is
 */
export async function* runArms(
  spec: RunSpec,
  context: LabContext,
  signal: AbortSignal,
): AsyncGenerator<RunEvent, Run, undefined> {
  signal.throwIfAborted()
  const plan = planRun(spec, context.set, { capabilities: context.model.capabilities, documents: context.documents })
  const stamp = await stampOf(spec, context)
  const id = await runIdOf(stamp)
  const release = await holdRun(id)
  try {
    const kept = await keptOf(id, plan, context)
    const run: Run = {
      ...((await context.store.getRun(id)) ?? { started: Date.now() }),
      ...{ id, name: context.name, set: context.set.id, spec, stamp },
      ...{ state: 'running', planned: plan.tasks.length, done: kept.length },
    }
    delete run.failure
    await context.store.saveRun(run)
    return yield* runTasks(run, plan, kept, context, signal)
  } finally {
    release()
  }
}

async function* runTasks(
  begun: Run,
  plan: RunPlan,
  kept: Result[],
  context: LabContext,
  signal: AbortSignal,
): AsyncGenerator<RunEvent, Run, undefined> {
  let run = begun
  try {
    yield { type: 'planned', run, split: plan.split, kept }
    const done = new Set(kept.map(({ key }) => key))
    const asking = askingOf(run.spec, context, plan, signal)
    for (const task of plan.tasks) {
      if (done.has(task.key)) continue
      signal.throwIfAborted()
      const result = await resultOf(run.id, task, asking, signal)
      run = { ...run, done: run.done + 1 }
      await context.store.putResult(result, run)
      yield { type: 'result', result, done: run.done, planned: run.planned }
    }
    run = { ...run, state: 'finished', finished: run.finished ?? Date.now() }
    await context.store.saveRun(run)
    yield { type: 'finished', run }
    return run
  } catch (error) {
    run = isAbort(error) ? { ...run, state: 'stopped' } : failed(run, error)
    throw error
  } finally {
    // Also where whoever listened has gone without an abort.
    if (run.state === 'running') run = { ...run, state: 'stopped' }
    if (run.state !== 'finished') await context.store.saveRun(run)
  }
}

function failed(run: Run, error: unknown): Run {
  const { key, params } = toFumikuraError(error)
  return { ...run, state: 'failed', failure: { key, params } }
}

/** What there is of the plan already. Results that failed are tried again. */
async function keptOf(id: RunId, { tasks }: RunPlan, { store }: LabContext): Promise<Result[]> {
  const keys = new Set(tasks.map(({ key }) => key))
  return (await store.resultsOf(id)).filter(({ key, failure }) => keys.has(key) && !failure)
}

/** Only these are the question's own; anything else would befall the next question too. */
const isOfQuestion = (error: unknown): boolean => error instanceof PromptTooLong || error instanceof EmptyAnswer

export async function resultOf(run: RunId, task: Task, asking: Asking, signal: AbortSignal): Promise<Result> {
  const { key, condition, question } = task
  const head = { run, key, condition, question: question.id }
  try {
    return { ...head, ...(await answerQuestion(task, asking, signal)) }
  } catch (error) {
    if (!isOfQuestion(error)) throw error
    const { key: reason, params } = toFumikuraError(error)
    return { ...head, measures: {}, shots: [], passages: [], failure: { key: reason, params } }
  }
}

/** Each question is searched once for all conditions with a number of passages, so that a sweep takes more of one list. */
export function askingOf(spec: RunSpec, context: LabContext, { split, tasks }: RunPlan, signal: AbortSignal): Asking {
  const limit = Math.max(
    1,
    ...tasks.flatMap(({ condition }) => (readsPassages(condition.arm) ? [condition.passages] : [])),
  )
  const found = new Map<string, Promise<Retrieved>>()
  const find = (question: Question, arm: Arm): Promise<Retrieved> => {
    const wanted = arm === 'long-context' ? LONG_CONTEXT : limit
    const key = `${wanted} ${question.id}`
    const known = found.get(key)
    if (known) return known
    const search = context.retrieve(
      { text: question.question, language: question.language },
      spec.preset,
      wanted,
      signal,
    )
    search.catch(() => found.delete(key))
    found.set(key, search)
    return search
  }
  return { spec, context, split, questions: confirmed(context.set), find }
}

/** Those of this thread, which a lock that this thread holds would not tell apart in browsers without locks. */
const underWayHere = new Set<RunId>()

/**
 * A run is made once at a time, over all tabs.
 * @throws InvalidRunSpec when it is being made already
 */
async function holdRun(id: RunId): Promise<() => void> {
  if (underWayHere.has(id)) throw new InvalidRunSpec({ reason: 'running' })
  underWayHere.add(id)
  try {
    const unlock = await lockRun(id)
    return () => {
      underWayHere.delete(id)
      unlock()
    }
  } catch (error) {
    underWayHere.delete(id)
    throw error
  }
}

const LOCK = 'fumikura-lab/'

function lockRun(id: RunId): Promise<() => void> {
  const locks = webLocks()
  if (!locks) return Promise.resolve(() => undefined)
  return new Promise((resolve, reject) => {
    const hold = (lock: Lock | null) => {
      if (!lock) return reject(new InvalidRunSpec({ reason: 'running' }))
      return new Promise<void>((release) => resolve(release))
    }
    locks.request(`${LOCK}${id}`, { ifAvailable: true }, hold).catch(reject)
  })
}

/** The runs that some tab is making now. One that says "running" and is not among them was cut off: it can go on. */
export async function runsUnderWay(): Promise<Set<RunId>> {
  const { held = [] } = (await webLocks()?.query()) ?? {}
  const elsewhere = held.flatMap(({ name }) => (name?.startsWith(LOCK) ? [name.slice(LOCK.length)] : []))
  return new Set([...underWayHere, ...elsewhere])
}
