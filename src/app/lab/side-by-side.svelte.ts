import { isAbort, toFumikuraError, type ErrorParams } from '../../errors'
import { askingOf, resultOf } from '../../lab/arms/run-arms'
import { planRun, type Task } from '../../lab/arms/plan'
import type { LabContext } from '../../lab/arms/context'
import type { OpenQuestion, QuestionSet } from '../../lab/question-set'
import type { Result } from '../../lab/run'
import { readsPassages, wearsAdapters, type Arm, type RunSpec } from '../../lab/run-spec'
import { detectLanguage } from '../../language/detect'

/** The columns, in the order in which they are shown. */
export const COLUMNS = ['base', 'rag', 'lora', 'lora+rag'] as const satisfies readonly Arm[]
export type ColumnArm = (typeof COLUMNS)[number]

/** One approach's answer to the question. */
export interface Column {
  arm: ColumnArm
  /** `without`: it needs an adapter and there is none. */
  state: 'waiting' | 'asking' | 'done' | 'stopped' | 'failed' | 'without'
  result?: Result
  failure?: { key: string; params: ErrorParams }
}

export interface SideBySideParts {
  /** What is asked with now (labContext). @throws ModelUnusable */
  context: (set: QuestionSet, name: string) => LabContext
}

/** One question answered by all four approaches, one after the other, exactly as a run asks it. */
export class SideBySide {
  /** What stands in the boxes. */
  question = $state('')
  reference = $state('')
  /** The question that the columns answer. */
  asked = $state.raw<OpenQuestion | undefined>()
  columns = $state.raw<readonly Column[]>([])
  busy = $state(false)
  readonly #parts: SideBySideParts
  #controller: AbortController | undefined

  constructor(parts: SideBySideParts) {
    this.#parts = parts
  }

  /** Asks in all columns; what is still being asked is stopped. `spec.arms` is left aside. */
  async ask(text: string, spec: RunSpec): Promise<void> {
    this.stop()
    const controller = new AbortController()
    this.#controller = controller
    const { signal } = controller
    const question = openQuestion(text, this.reference)
    this.asked = question
    this.columns = COLUMNS.map((arm) => ({
      arm,
      state: wearsAdapters(arm) && spec.adapters.length === 0 ? 'without' : 'waiting',
    }))
    this.busy = true
    try {
      await this.#answer(question, spec, signal)
    } catch (error) {
      if (this.#controller === controller) this.#endUnasked(isAbort(error) ? undefined : error)
    } finally {
      if (this.#controller === controller) this.busy = false
    }
  }

  stop(): void {
    this.#controller?.abort()
    this.#endUnasked()
    this.#controller = undefined
    this.busy = false
  }

  /** Without documents the approaches that read them fail, and the others are asked all the same. */
  #leaveOutUnread({ documents }: LabContext): void {
    if (documents.length > 0) return
    const failure = { key: 'invalidRunSpec', params: { reason: 'documents' } }
    this.columns = this.columns.map((column) =>
      readsPassages(column.arm) && column.state === 'waiting' ? { ...column, state: 'failed', failure } : column,
    )
  }

  #wanted = (): Arm[] => this.columns.flatMap(({ arm, state }) => (state === 'waiting' ? [arm] : []))

  async #answer(question: OpenQuestion, spec: RunSpec, signal: AbortSignal): Promise<void> {
    const context = this.#parts.context(setOf(question), question.question)
    this.#leaveOutUnread(context)
    const { capabilities } = context.model
    const plan = planRun({ ...spec, arms: this.#wanted() }, context.set, { capabilities, documents: context.documents })
    const asking = askingOf(spec, context, plan, signal)
    for (const task of plan.tasks) {
      this.#change(task, { state: 'asking' })
      const result = await resultOf('', task, asking, signal)
      signal.throwIfAborted()
      const { failure } = result
      this.#change(task, failure ? { state: 'failed', failure } : { state: 'done', result })
    }
  }

  #change({ condition }: Task, change: Partial<Column>): void {
    this.columns = this.columns.map((column) => (column.arm === condition.arm ? { ...column, ...change } : column))
  }

  /** Whatever has no answer yet gets none. */
  #endUnasked(error?: unknown): void {
    const { key, params } = error === undefined ? { key: '', params: {} } : toFumikuraError(error)
    this.columns = this.columns.map((column) => {
      if (column.state !== 'waiting' && column.state !== 'asking') return column
      return error === undefined
        ? { ...column, state: 'stopped' }
        : { ...column, state: 'failed', failure: { key, params } }
    })
  }
}

function openQuestion(text: string, reference: string): OpenQuestion {
  const answers = reference.trim() ? [reference.trim()] : []
  const language = detectLanguage(text)
  return { kind: 'open', id: 'asked', question: text, language, evidence: [], state: 'confirmed', answers }
}

const setOf = (question: OpenQuestion): QuestionSet => ({
  id: '',
  name: '',
  purpose: 'questions',
  licence: 'own',
  created: 0,
  questions: [question],
})
