import { rewriteFollowUp, type Rewritten } from '../answering/follow-up/rewrite'
import { expandQuery, type Expansion, type ExpansionSwitches } from '../answering/query'
import { defaultTemplates, type Templates } from '../answering/templates/templates'
import type { Language, Turn } from '../domain'
import type { LanguageModel } from '../engines/llm/language-model'
import type { Database } from '../storage/database'
import { getSetting, setSetting, type Settings } from '../storage/settings'

/** What may be done with a question before it is searched. The last two need a language model and are nothing without one. */
export type QuestionSwitches = NonNullable<Settings['questions']>

const DEFAULTS: QuestionSwitches = { rewriteFollowUps: true, severalQueries: false, hypotheticalAnswer: false }

/** From a question as it was typed to what is searched for. */
export class Understanding {
  switches = $state.raw<QuestionSwitches>(DEFAULTS)
  readonly #db: Database
  readonly #model: () => LanguageModel | undefined
  readonly #templates: (language: Language) => Templates

  /**
   * @param model the language model that is ready now, if any
   * @param templates what it is asked with
   */
  constructor(
    db: Database,
    model: () => LanguageModel | undefined,
    templates: (language: Language) => Templates = (language) => defaultTemplates[language],
  ) {
    this.#db = db
    this.#model = model
    this.#templates = templates
  }

  async load(): Promise<void> {
    this.switches = { ...DEFAULTS, ...(await getSetting(this.#db, 'questions')) }
  }

  async set(name: keyof QuestionSwitches, on: boolean): Promise<void> {
    this.switches = { ...this.switches, [name]: on }
    await setSetting(this.#db, 'questions', this.switches).catch(() => undefined)
  }

  /** Whether a language model is ready, without which some switches do nothing. */
  get hasModel(): boolean {
    return this.#model() !== undefined
  }

  /**
   * A question that can be understood alone, where it follows on one of `turns`.
   * @throws AbortError
   */
  async standalone(
    question: string,
    language: Language,
    turns: readonly Turn[],
    signal: AbortSignal,
  ): Promise<Rewritten> {
    if (!this.switches.rewriteFollowUps) return { text: question }
    const model = this.#model()
    const options = { ...(model && { model }), templates: this.#templates(language) }
    return rewriteFollowUp(question, language, turns, options, signal)
  }

  /**
   * What else is searched for.
   * @param switches absent: as they are set
   * @throws AbortError
   */
  expand(
    question: string,
    language: Language,
    signal: AbortSignal,
    switches: ExpansionSwitches = this.switches,
  ): Promise<Expansion> {
    return expandQuery(question, language, switches, this.#model(), this.#templates(language), signal)
  }
}
