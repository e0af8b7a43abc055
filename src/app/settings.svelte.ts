import type { Language } from '../domain'
import { locale, preferredLanguage } from '../i18n/i18n.svelte'
import type { Database } from '../storage/database'
import { getSetting, setSetting, type Settings as StoredSettings } from '../storage/settings'

export type Theme = StoredSettings['theme']
export const THEMES: readonly Theme[] = ['system', 'light', 'dark']

/** How the page looks and speaks; every change is kept and takes effect at once. */
export class Settings {
  #theme = $state<Theme>('system')
  #singleKeys = $state(true)
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  async load(): Promise<void> {
    const [theme, language, singleKeys] = await Promise.all([
      getSetting(this.#db, 'theme'),
      getSetting(this.#db, 'language'),
      getSetting(this.#db, 'singleKeys'),
    ])
    this.#theme = theme ?? 'system'
    this.#singleKeys = singleKeys ?? true
    locale.language = language ?? preferredLanguage(navigator.languages)
    this.#paint()
  }

  get theme(): Theme {
    return this.#theme
  }
  set theme(theme: Theme) {
    this.#theme = theme
    this.#paint()
    this.#keep('theme', theme)
  }

  get language(): Language {
    return locale.language
  }
  set language(language: Language) {
    locale.language = language
    this.#keep('language', language)
  }

  /** Whether `/`, `?`, `[` and `]` work alone. */
  get singleKeys(): boolean {
    return this.#singleKeys
  }
  set singleKeys(on: boolean) {
    this.#singleKeys = on
    this.#keep('singleKeys', on)
  }

  #paint(): void {
    if (this.#theme === 'system') delete document.documentElement.dataset['theme']
    else document.documentElement.dataset['theme'] = this.#theme
  }

  /** A look that cannot be kept (full disk) still holds until the page is closed. */
  #keep<K extends 'theme' | 'language' | 'singleKeys'>(key: K, value: StoredSettings[K]): void {
    void setSetting(this.#db, key, value).catch(() => undefined)
  }
}
