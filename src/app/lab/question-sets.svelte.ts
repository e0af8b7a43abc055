import { errorText, t } from '../../i18n/i18n.svelte'
import { bundledSetIds, loadBundledSet } from '../../lab/bundled/bundled'
import type { Question, QuestionSet, QuestionState, SetPurpose } from '../../lab/question-set'
import { withState } from '../../lab/question-set'
import type { Database } from '../../storage/database'
import { deleteQuestionSet, getQuestionSet, saveQuestionSet } from '../../storage/lab'
import type { Notices } from '../notices.svelte'
import type { Lab } from './lab.svelte'

/** What a person may say of a set as a whole. */
export type SetDescription = Pick<QuestionSet, 'name' | 'purpose' | 'licence' | 'attribution'>

/** How many questions there are of each state and kind. */
export interface SetCounts extends Record<QuestionState, number> {
  all: number
  choice: number
  open: number
}

export function countsOf({ questions }: Pick<QuestionSet, 'questions'>): SetCounts {
  const counts: SetCounts = { all: questions.length, choice: 0, open: 0, draft: 0, confirmed: 0, rejected: 0 }
  for (const { kind, state } of questions) {
    counts[kind] += 1
    counts[state] += 1
  }
  return counts
}

/** The question sets: the person's own, which are kept and changed here, and those that come with the app, which are not. */
export class QuestionSets {
  bundled = $state.raw<readonly QuestionSet[]>([])
  /** Of the set that is looked at. */
  openId = $state<string | undefined>()
  readonly own = $derived.by(() => this.#lab.sets)
  /** The set that is looked at. */
  readonly open = $derived([...this.own, ...this.bundled].find(({ id }) => id === this.openId))
  /** Whether the open set is the person's own: those of the app are copied before they are changed. */
  readonly isOwn = $derived(this.own.some(({ id }) => id === this.openId))

  readonly #lab: Lab
  readonly #db: Database
  readonly #notices: Notices
  /** Changes of sets follow each other: each begins with what the one before has kept. */
  #last: Promise<unknown> = Promise.resolve()

  constructor(lab: Lab, notices: Notices) {
    this.#lab = lab
    this.#db = lab.db
    this.#notices = notices
  }

  /** Reads the sets that come with the app. Without them the person's own can be used all the same. */
  async loadBundled(): Promise<void> {
    if (this.bundled.length) return
    try {
      this.bundled = await Promise.all(bundledSetIds.map(loadBundledSet))
    } catch (error) {
      this.#fail(error)
    }
  }

  /** Makes a set and opens it. Undefined where it could not be kept, which is told. */
  async create(
    description: SetDescription,
    questions: readonly Question[] = [],
    created = Date.now(),
  ): Promise<QuestionSet | undefined> {
    const set: QuestionSet = { id: crypto.randomUUID(), ...description, created, questions: [...questions] }
    if (!(await this.#keep(set))) return undefined
    this.openId = set.id
    return set
  }

  /** Makes a copy that is the person's own, with the licence of the original, and opens it. */
  copy({ name, purpose, licence, attribution, questions }: QuestionSet): Promise<QuestionSet | undefined> {
    const description = { name: t('labQuestions.copyOf', { name }), purpose, licence }
    return this.create({ ...description, ...(attribution !== undefined && { attribution }) }, questions)
  }

  /** Says anew what a set is called, what it is for and whose it is. An attribution that is empty is none. */
  describe(id: string, { name, purpose, licence, attribution }: SetDescription): Promise<boolean> {
    const described = { name, purpose, licence, ...(attribution && { attribution }) }
    return this.change(id, ({ created, questions }) => ({ id, ...described, created, questions }))
  }

  /** Deletes a set; for a moment it can be had back. */
  async remove(set: QuestionSet): Promise<void> {
    try {
      await this.#after(() => deleteQuestionSet(this.#db, set.id))
    } catch (error) {
      return this.#fail(error)
    }
    this.#lab.sets = this.#lab.sets.filter(({ id }) => id !== set.id)
    if (this.openId === set.id) this.openId = undefined
    this.#notices.show(
      t('labQuestions.removedSet', { name: set.name }),
      this.#undo(() => this.#keep(set)),
    )
  }

  /**
   * Changes a set of the person's own, beginning with what is kept of it now: in the meantime another tab, or drafts that
   * came, may have changed it too. False where it could not be kept (which is told) or is gone.
   */
  async change(id: string, edit: (set: QuestionSet) => QuestionSet): Promise<boolean> {
    try {
      return await this.#after(async () => {
        const set = await getQuestionSet(this.#db, id)
        if (!set) return false
        const changed = edit(set)
        if (changed === set) return true
        await saveQuestionSet(this.#db, changed)
        this.#show(changed)
        return true
      })
    } catch (error) {
      this.#fail(error)
      return false
    }
  }

  /** Puts a question in the place of the one with this id, or at the end. */
  put(id: string, question: Question, replaces?: string): Promise<boolean> {
    return this.change(id, (set) => {
      const at = set.questions.findIndex((one) => one.id === replaces)
      return { ...set, questions: at < 0 ? [...set.questions, question] : set.questions.with(at, question) }
    })
  }

  /** Takes a question out of a set; for a moment it can be had back, in its place. */
  async removeQuestion(id: string, question: Question): Promise<void> {
    let at = -1
    const done = await this.change(id, (set) => {
      at = set.questions.findIndex((one) => one.id === question.id)
      return at < 0 ? set : { ...set, questions: set.questions.toSpliced(at, 1) }
    })
    if (!done || at < 0) return
    const restore = () =>
      this.change(id, (set) => {
        if (set.questions.some((one) => one.id === question.id)) return set
        return { ...set, questions: set.questions.toSpliced(at, 0, question) }
      })
    this.#notices.show(t('labQuestions.removedQuestion'), this.#undo(restore))
  }

  /** A person's judgement on questions. */
  judge(id: string, questions: readonly string[], state: QuestionState): Promise<boolean> {
    return this.change(id, (set) => withState(set, questions, state))
  }

  #undo(run: () => Promise<unknown>) {
    return { action: { label: t('labQuestions.undo'), run: () => void run() } }
  }

  async #keep(set: QuestionSet): Promise<boolean> {
    try {
      await this.#after(() => saveQuestionSet(this.#db, set))
    } catch (error) {
      this.#fail(error)
      return false
    }
    this.#show(set)
    return true
  }

  #after<Value>(task: () => Promise<Value>): Promise<Value> {
    const done = this.#last.then(task)
    this.#last = done.catch(() => undefined)
    return done
  }

  /** Shown at once; the list that the database tells is the same. */
  #show(set: QuestionSet): void {
    const others = this.#lab.sets.filter(({ id }) => id !== set.id)
    this.#lab.sets = [...others, set].sort((one, other) => one.created - other.created)
  }

  #fail(error: unknown): void {
    this.#notices.show(errorText(error as Error), { kind: 'failure' })
  }
}

export const PURPOSES: readonly SetPurpose[] = ['questions', 'guard']
