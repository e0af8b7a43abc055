import type { Language } from '../domain'

/** A sentence with `{name}` for each figure; where the form depends on `{count}`, one text per plural category. */
export type Message = string | { readonly one: string; readonly other: string }

export type Messages = Readonly<Record<string, Message>>

/** The same keys in another language; a language without plural forms gives one text for both. */
export type Translation<M extends Messages> = { readonly [K in keyof M]: Message }

type Names<Text> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never

/** Names of the figures that a message needs. */
export type ParameterNames<M> = M extends string ? Names<M> : M extends { other: infer Other } ? Names<Other> : never

export type MessageParams = Readonly<Record<string, string | number>>

const PLACEHOLDER = /\{(\w+)\}/g

/** Names of the figures in `message`, sorted, each once. */
export function parametersOf(message: Message): string[] {
  const text = typeof message === 'string' ? message : `${message.one} ${message.other}`
  return [...new Set([...text.matchAll(PLACEHOLDER)].map((match) => match[1] ?? ''))].sort()
}

/** The message with its figures filled in; numbers are written the way of the language ("1,234"). */
export function formatMessage(message: Message, params: MessageParams, language: Language): string {
  const text = typeof message === 'string' ? message : message[pluralForm(params['count'], language)]
  return text.replace(PLACEHOLDER, (placeholder, name: string) => {
    const value = params[name]
    if (value === undefined) return placeholder
    return typeof value === 'number' ? numbers[language].format(value) : value
  })
}

const numbers: Record<Language, Intl.NumberFormat> = {
  en: new Intl.NumberFormat('en'),
  ja: new Intl.NumberFormat('ja'),
}
const plurals: Record<Language, Intl.PluralRules> = {
  en: new Intl.PluralRules('en'),
  ja: new Intl.PluralRules('ja'),
}

function pluralForm(count: string | number | undefined, language: Language): 'one' | 'other' {
  return plurals[language].select(Number(count)) === 'one' ? 'one' : 'other'
}
