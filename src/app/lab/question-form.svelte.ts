import type { Language } from '../../domain'
import { detectLanguage } from '../../language/detect'
import type { EvidenceAddress, Question, QuestionState } from '../../lab/question-set'
import { questionFaults } from './question-faults'
import { sameAddress } from './evidence-places'

/** Options a new question begins with, as in the paper. */
const OPTIONS = 4

/** A question while it is written, in every part that it has: both kinds side by side, so that nothing is lost by a change of mind. */
export class QuestionForm {
  id = $state('')
  kind = $state<Question['kind']>('choice')
  #text = $state('')
  #language = $state<Language>('en')
  options = $state<string[]>([])
  /** Index of the right one; -1: none yet. */
  answer = $state(-1)
  answers = $state<string[]>([])
  evidence = $state.raw<readonly EvidenceAddress[]>([])
  group = $state('')
  subject = $state('')
  json = $state(false)
  state = $state<QuestionState>('confirmed')
  /** Faults are told from the first try on, not while the first letter is written. */
  tried = $state(false)
  /** The question that is changed; undefined of a new one. */
  readonly original: Question | undefined
  readonly #taken: () => readonly string[]
  /** A language that was chosen stays; else it is that of the text. */
  #languageChosen = false

  readonly question = $derived.by((): Question => {
    const common = {
      id: this.id.trim(),
      question: this.#text.trim(),
      language: this.#language,
      evidence: [...this.evidence],
      state: this.state,
      ...(this.group.trim() && { group: this.group.trim() }),
      ...(this.subject.trim() && { subject: this.subject.trim() }),
      ...(this.original?.specificity !== undefined && { specificity: this.original.specificity }),
    }
    if (this.kind === 'choice')
      return { kind: 'choice', ...common, options: this.options.map((option) => option.trim()), answer: this.answer }
    const answers = this.answers.map((answer) => answer.trim())
    return { kind: 'open', ...common, answers, ...(this.json && { format: 'json' as const }) }
  })
  readonly faults = $derived.by(() => questionFaults(this.question, this.#taken()))
  /** The faults as far as they are told. */
  readonly told = $derived(this.tried ? this.faults : [])
  /** Whether anything would be lost if the form were closed now. */
  readonly changed = $derived.by(() => JSON.stringify(this.question) !== this.#begun)
  /** The question as the form began with it. */
  readonly #begun: string

  /**
   * @param original the question to change; absent: a new one, with an id that none has yet
   * @param others the other questions of the set, as they are now
   */
  constructor(others: () => readonly Question[], original?: Question, language: Language = 'en') {
    this.original = original
    this.#taken = () => others().flatMap(({ id }) => (id === original?.id ? [] : [id]))
    this.#language = language
    if (original) this.#take(original)
    else {
      this.id = freeId(this.#taken())
      this.options = Array.from({ length: OPTIONS }, () => '')
    }
    this.#begun = JSON.stringify(this.question)
  }

  get text(): string {
    return this.#text
  }

  set text(text: string) {
    this.#text = text
    if (!this.#languageChosen && text.trim()) this.#language = detectLanguage(text)
  }

  get language(): Language {
    return this.#language
  }

  set language(language: Language) {
    this.#language = language
    this.#languageChosen = true
  }

  addOption(): void {
    this.options.push('')
  }

  /** The right one stays the right one; when it goes, none is. */
  removeOption(index: number): void {
    this.options.splice(index, 1)
    if (this.answer === index) this.answer = -1
    else if (this.answer > index) this.answer -= 1
  }

  addAnswer(): void {
    this.answers.push('')
  }

  removeAnswer(index: number): void {
    this.answers.splice(index, 1)
  }

  addEvidence(addresses: readonly EvidenceAddress[]): void {
    for (const address of addresses)
      if (!this.evidence.some((other) => sameAddress(address, other))) this.evidence = [...this.evidence, address]
  }

  removeEvidence(address: EvidenceAddress): void {
    this.evidence = this.evidence.filter((one) => !sameAddress(one, address))
  }

  /** The question, where nothing is wrong with it; from now on faults are told. */
  finish(): Question | undefined {
    this.tried = true
    return this.faults.length === 0 ? this.question : undefined
  }

  #take(question: Question): void {
    this.id = question.id
    this.kind = question.kind
    this.#text = question.question
    this.#language = question.language
    this.#languageChosen = true
    this.evidence = question.evidence
    this.group = question.group ?? ''
    this.subject = question.subject ?? ''
    this.state = question.state
    if (question.kind === 'choice') {
      this.options = [...question.options]
      this.answer = question.answer
    } else {
      this.answers = [...question.answers]
      this.json = question.format === 'json'
    }
  }
}

/** "12" where eleven are numbered so. */
function freeId(taken: readonly string[]): string {
  let number = taken.length + 1
  while (taken.includes(String(number))) number++
  return String(number)
}
