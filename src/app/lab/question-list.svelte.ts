import type { Question, QuestionState } from '../../lab/question-set'
import { normalise } from '../../language/normalise'

/** Questions drawn at once: a public set has thousands. */
const STEP = 50

/** What is shown of the questions of a set: those of one state, with these words. */
export class QuestionList {
  #state = $state<QuestionState | 'all'>('all')
  #words = $state('')
  #limit = $state(STEP)
  readonly #questions: () => readonly Question[]

  readonly found = $derived.by(() => {
    const words = normalise(this.#words).text.split(/\s+/).filter(Boolean)
    return this.#questions().filter(
      (question) =>
        (this.#state === 'all' || question.state === this.#state) &&
        (!words.length || holdsAll(textOf(question), words)),
    )
  })
  readonly shown = $derived(this.found.slice(0, this.#limit))
  readonly more = $derived(Math.min(STEP, this.found.length - this.shown.length))

  constructor(questions: () => readonly Question[]) {
    this.#questions = questions
  }

  get state(): QuestionState | 'all' {
    return this.#state
  }

  set state(state: QuestionState | 'all') {
    this.#state = state
    this.#limit = STEP
  }

  get words(): string {
    return this.#words
  }

  set words(words: string) {
    this.#words = words
    this.#limit = STEP
  }

  showMore(): void {
    this.#limit += STEP
  }

  /** Brings a question among those that are shown; what hides it is taken away. False where the set has none such. */
  reveal(id: string): boolean {
    if (!this.#questions().some((question) => question.id === id)) return false
    if (!this.found.some((question) => question.id === id)) {
      this.state = 'all'
      this.words = ''
    }
    const at = this.found.findIndex((question) => question.id === id)
    this.#limit = Math.max(this.#limit, Math.ceil((at + 1) / STEP) * STEP)
    return true
  }
}

const holdsAll = (text: string, words: readonly string[]): boolean => {
  const folded = normalise(text).text
  return words.every((word) => folded.includes(word))
}

function textOf(question: Question): string {
  const { id, subject = '', group = '' } = question
  const answers = question.kind === 'choice' ? question.options : question.answers
  return [id, question.question, ...answers, subject, group].join('\n')
}
