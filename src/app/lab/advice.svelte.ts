import { advise, type AdviserAnswers, type Recommendation } from '../../lab/adviser/adviser'
import type { ConditionSummary } from '../../lab/summary'
import type { Database } from '../../storage/database'
import { getSetting, setSetting } from '../../storage/settings'

export type AdviserQuestion = keyof AdviserAnswers

/** What may be answered to each of the six questions, in the order shown. */
export const ADVISER_OPTIONS: { readonly [Question in AdviserQuestion]: readonly AdviserAnswers[Question][] } = {
  updates: ['never', 'monthly', 'daily', 'unknown'],
  privacy: ['mustStay', 'mayLeave', 'unknown'],
  data: ['documents', 'tens', 'hundreds', 'unknown'],
  accuracy: ['sources', 'right', 'rough', 'unknown'],
  speed: ['short', 'patient', 'unknown'],
  style: ['facts', 'style', 'format', 'unknown'],
}

export const ADVISER_QUESTIONS = Object.keys(ADVISER_OPTIONS) as AdviserQuestion[]

const unanswered = (): AdviserAnswers => ({
  updates: 'unknown',
  privacy: 'unknown',
  data: 'unknown',
  accuracy: 'unknown',
  speed: 'unknown',
  style: 'unknown',
})

/** The person's answers to the six questions, kept from visit to visit, and what follows from them. */
export class Advice {
  answers = $state.raw<AdviserAnswers>(unanswered())
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  /** What was kept and is no answer counts as unknown. */
  async load(): Promise<void> {
    const kept = await getSetting(this.#db, 'labAdvice')
    const known = ADVISER_QUESTIONS.filter((question) =>
      (ADVISER_OPTIONS[question] as readonly string[]).includes(kept?.[question] ?? ''),
    )
    this.answers = { ...unanswered(), ...Object.fromEntries(known.map((question) => [question, kept?.[question]])) }
  }

  answer<Question extends AdviserQuestion>(question: Question, answer: AdviserAnswers[Question]): void {
    this.answers = { ...this.answers, [question]: answer }
    void setSetting(this.#db, 'labAdvice', this.answers).catch(() => undefined)
  }

  clear(): void {
    this.answers = unanswered()
    void setSetting(this.#db, 'labAdvice', undefined).catch(() => undefined)
  }

  /** @param summaries of the run that is to count too; empty: answers alone */
  recommend(summaries: readonly ConditionSummary[]): Recommendation {
    return advise(this.answers, summaries)
  }
}
