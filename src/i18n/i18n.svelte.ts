import type { Language } from '../domain'
import { toFumikuraError, type ErrorParams } from '../errors'
import { formatMessage, parametersOf, type MessageParams, type ParameterNames } from './message'
import { catalogues, type Catalogue, type Part } from './messages'

/** `part.key` of every text. */
export type Key = { [P in Part]: `${P}.${keyof Catalogue[P] & string}` }[Part]

type MessageOf<K extends Key> = K extends `${infer P extends Part}.${infer Name}`
  ? Name extends keyof Catalogue[P]
    ? Catalogue[P][Name]
    : never
  : never

/** Nothing for a text without figures, else exactly the figures that it names. */
type Arguments<K extends Key> = [ParameterNames<MessageOf<K>>] extends [never]
  ? []
  : [params: Readonly<Record<ParameterNames<MessageOf<K>>, string | number>>]

export const LANGUAGES: readonly Language[] = ['en', 'ja']

/** Each language's name in itself: what the switch shows. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { en: 'English', ja: '日本語' }

/** The first language of the browser's list that we speak; English where there is none. */
export function preferredLanguage(languages: readonly string[]): Language {
  for (const tag of languages) {
    const base = tag.toLowerCase().split('-')[0]
    const known = LANGUAGES.find((language) => language === base)
    if (known) return known
  }
  return 'en'
}

/** The interface's language. Whoever calls `t` in a template or a $derived is run again when it changes. */
class Locale {
  #language = $state<Language>('en')

  get language(): Language {
    return this.#language
  }

  /** Also names the language on <html>, which decides fonts, line breaks and the voice of a screen reader. */
  set language(language: Language) {
    this.#language = language
    if (typeof document !== 'undefined') document.documentElement.lang = language
  }
}

export const locale = new Locale()

/** The text of the interface for `part.key` in the current language, its figures filled in. */
export function t<K extends Key>(key: K, ...[params]: Arguments<K>): string {
  return text(key, params ?? {})
}

function text(key: string, params: MessageParams): string {
  const message = find(key)
  return message === undefined ? key : formatMessage(message, params, locale.language)
}

function find(key: string) {
  const dot = key.indexOf('.')
  const part = key.slice(0, dot) as Part
  return catalogues[locale.language][part][key.slice(dot + 1)]
}

/**
 * One sentence that says what went wrong, for any thrown value or stored failure. Where the error brings figures and
 * there is a text for them (`error.<key>WithFigures`), that one is taken; where it names its `reason` and there is a text for
 * that (`error.<key><Reason>`), that one.
 */
export function errorText(failure: { key: string; params: ErrorParams } | Error): string {
  const { key, params } = 'key' in failure ? failure : toFumikuraError(failure)
  const figures: MessageParams = Object.fromEntries(
    Object.entries(params).map(([name, value]) => [name, isBytes(name, value) ? formatBytes(value) : value]),
  )
  const { reason } = params
  const reasoned = typeof reason === 'string' ? `error.${key}${reason.charAt(0).toUpperCase()}${reason.slice(1)}` : ''
  if (reasoned && find(reasoned) !== undefined) return text(reasoned, figures)
  const detailed = find(`error.${key}WithFigures`)
  if (detailed !== undefined && parametersOf(detailed).every((name) => name in figures)) {
    return text(`error.${key}WithFigures`, figures)
  }
  return find(`error.${key}`) === undefined ? text('error.unexpected', {}) : text(`error.${key}`, figures)
}

/** Whether `errorText` has a sentence for this key alone. */
export const hasErrorText = (key: string): boolean => find(`error.${key}`) !== undefined

const isBytes = (name: string, value: string | number): value is number =>
  typeof value === 'number' && (name === 'bytes' || name === 'limit')

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const

/** "3.4 MB": in powers of 1,000, as disks and file managers count. */
export function formatBytes(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(3, Math.floor(Math.log10(bytes) / 3))
  const value = bytes / 1000 ** power
  return new Intl.NumberFormat(locale.language, {
    style: 'unit',
    unit: UNITS[power] ?? 'byte',
    unitDisplay: power === 0 ? 'long' : 'short',
    maximumFractionDigits: value < 10 && power > 0 ? 1 : 0,
  }).format(value)
}

export const formatNumber = (value: number): string => new Intl.NumberFormat(locale.language).format(value)

const days = new Intl.DateTimeFormat('en', { dateStyle: 'short' })

/** The time of day, with the date unless it is today's. */
export function formatMoment(milliseconds: number, now = Date.now()): string {
  if (days.format(milliseconds) !== days.format(now)) return formatDate(milliseconds)
  return new Intl.DateTimeFormat(locale.language, { timeStyle: 'short' }).format(milliseconds)
}

/** Date and time of day. */
export const formatDate = (milliseconds: number): string =>
  new Intl.DateTimeFormat(locale.language, { dateStyle: 'medium', timeStyle: 'short' }).format(milliseconds)

/** Seconds to the hundredth: "0.04s", 「0.04 秒」. */
export const formatSeconds = (milliseconds: number): string =>
  new Intl.NumberFormat(locale.language, {
    style: 'unit',
    unit: 'second',
    unitDisplay: locale.language === 'ja' ? 'short' : 'narrow',
    maximumFractionDigits: 2,
  }).format(milliseconds / 1000)

/** "Japanese", 「日本語」: the name of a language, by its tag, in the language of the interface. */
export const languageName = (tag: string): string =>
  new Intl.DisplayNames([locale.language], { type: 'language' }).of(tag) ?? tag

/** Milliseconds, to two significant digits: "0.42 ms", 「12 ミリ秒」. */
export const formatMilliseconds = (milliseconds: number): string =>
  new Intl.NumberFormat(locale.language, {
    style: 'unit',
    unit: 'millisecond',
    unitDisplay: 'short',
    maximumSignificantDigits: milliseconds < 100 ? 2 : 3,
  }).format(milliseconds)

/** A score of any scale, to three significant digits: "12.3", "0.0325". */
export const formatScore = (score: number): string =>
  new Intl.NumberFormat(locale.language, { minimumSignificantDigits: 3, maximumSignificantDigits: 3 }).format(score)

/** A share of 1: "42%"; what is small is not called nothing: "0.3%". */
export const formatShare = (share: number): string =>
  new Intl.NumberFormat(locale.language, {
    style: 'percent',
    ...(share > 0 && share < 0.01 ? { maximumSignificantDigits: 1 } : { maximumFractionDigits: 0 }),
  }).format(share)
