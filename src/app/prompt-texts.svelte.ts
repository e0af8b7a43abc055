import {
  checkTemplate,
  defaultTemplates,
  templateNames,
  type TemplateName,
  type Templates,
} from '../answering/templates/templates'
import type { Language } from '../domain'
import { InvalidTemplate } from '../errors'
import type { Database } from '../storage/database'
import { getSetting, setSetting } from '../storage/settings'

type Own = Partial<Record<Language, Partial<Templates>>>

/** The texts that prompts are made of: ours, and those that the person has put in their place. */
export class PromptTexts {
  #own = $state.raw<Own>({})
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  /** What an older version kept and this one cannot fill in is left out: the answer then goes by our text. */
  async load(): Promise<void> {
    const kept = (await getSetting(this.#db, 'templates')) ?? {}
    this.#own = { en: usable(kept.en), ja: usable(kept.ja) }
  }

  /**
   * All texts of a language.
   * @param model those that a model was trained with, which go before ours and before the person's own: it knows no others
   */
  of(language: Language, model: Readonly<Record<string, string>> = {}): Templates {
    return { ...defaultTemplates[language], ...this.#own[language], ...model }
  }

  isOwn(language: Language, name: TemplateName): boolean {
    return this.#own[language]?.[name] !== undefined
  }

  /**
   * Puts a text in the place of ours; ours itself is no change.
   * @throws InvalidTemplate
   */
  async set(language: Language, name: TemplateName, text: string): Promise<void> {
    checkTemplate(name, text)
    await this.#keep(language, name, text === defaultTemplates[language][name] ? undefined : text)
  }

  /** Goes back to our text. */
  reset(language: Language, name: TemplateName): Promise<void> {
    return this.#keep(language, name, undefined)
  }

  async #keep(language: Language, name: TemplateName, text: string | undefined): Promise<void> {
    const own: Partial<Record<TemplateName, string>> = { ...this.#own[language] }
    delete own[name]
    if (text !== undefined) own[name] = text
    this.#own = { ...this.#own, [language]: own }
    await setSetting(this.#db, 'templates', $state.snapshot(this.#own)).catch(() => undefined)
  }
}

function usable(kept: Record<string, string> = {}): Partial<Templates> {
  return Object.fromEntries(
    templateNames.flatMap((name) => {
      const text = kept[name]
      return text !== undefined && isUsable(name, text) ? [[name, text]] : []
    }),
  )
}

function isUsable(name: TemplateName, text: string): boolean {
  try {
    checkTemplate(name, text)
    return true
  } catch (error) {
    if (error instanceof InvalidTemplate) return false
    throw error
  }
}
