import type { Language } from '../../domain'
import { InvalidTemplate } from '../../errors'
import english from './en.json'
import japanese from './ja.json'

/** Texts that prompts are made of, by name. They are data: the user sees them and may put others in their place. */
export type TemplateName = keyof typeof english
export type Templates = Readonly<Record<TemplateName, string>>

/** What stands for `{name}` in a template: what it must contain, and what it may. */
interface Placeholders {
  required: readonly string[]
  optional?: readonly string[]
}

const answering: Placeholders = { required: ['passages', 'question'] }

const placeholders: Readonly<Record<TemplateName, Placeholders>> = {
  refusal: { required: [] },
  'place.page': { required: ['page'] },
  'place.paragraph': { required: ['paragraph'] },
  passage: { required: ['number', 'text'], optional: ['source'] },
  'table.cell': { required: ['row', 'column', 'cell'] },
  turn: { required: ['question', 'answer'] },
  memory: { required: ['summary'] },
  'strict.system': { required: [], optional: ['refusal'] },
  'strict.user': answering,
  'open.system': { required: [], optional: ['refusal'] },
  'open.user': answering,
  'closed.system': { required: [], optional: ['refusal'] },
  'closed.user': { required: ['question'] },
  'summarise.system': { required: [] },
  'summarise.user': { required: ['summary', 'turns'] },
  'rewrite.system': { required: [] },
  'rewrite.user': { required: ['turns', 'question'] },
  'queries.system': { required: [], optional: ['count'] },
  'queries.user': { required: ['question'], optional: ['count'] },
  'hypothetical.system': { required: [] },
  'hypothetical.user': { required: ['question'] },
  'items.system': { required: [], optional: ['none'] },
  'items.user': answering,
  'notes.system': { required: [], optional: ['none'] },
  'notes.user': answering,
  'merge.system': { required: [] },
  'merge.user': answering,
  none: { required: [] },
  total: { required: ['count'] },
}

/** Templates that may be empty: a prompt without them is still one, and tables without theirs are told row by row. */
const mayBeEmpty = (name: TemplateName): boolean => name.endsWith('.system') || name === 'table.cell'

export const templateNames = Object.keys(placeholders) as TemplateName[]

/** The texts as they come with the app. */
export const defaultTemplates: Readonly<Record<Language, Templates>> = { en: english, ja: japanese }

/** What may stand in braces in this template, for whoever edits it. */
export const placeholdersOf = (name: TemplateName): string[] => [
  ...placeholders[name].required,
  ...(placeholders[name].optional ?? []),
]

const placeholder = /\{([a-z]+)\}/g

/**
 * The templates of a language with the user's own in place of some.
 * @throws InvalidTemplate when one of those lacks a placeholder, names an unknown one or is empty
 */
export function templatesWith(language: Language, own: Partial<Templates> = {}): Templates {
  for (const name of templateNames) {
    const text = own[name]
    if (text !== undefined) checkTemplate(name, text)
  }
  return { ...defaultTemplates[language], ...own }
}

/** @throws InvalidTemplate */
export function checkTemplate(name: TemplateName, text: string): void {
  if (!text.trim()) {
    if (mayBeEmpty(name)) return
    throw new InvalidTemplate({ template: name, reason: 'empty' })
  }
  const named = new Set([...text.matchAll(placeholder)].map(([, inner = '']) => inner))
  const missing = placeholders[name].required.find((one) => !named.has(one))
  if (missing !== undefined)
    throw new InvalidTemplate({ template: name, placeholder: `{${missing}}`, reason: 'missing' })
  const known = placeholdersOf(name)
  const unknown = [...named].find((one) => !known.includes(one))
  if (unknown !== undefined)
    throw new InvalidTemplate({ template: name, placeholder: `{${unknown}}`, reason: 'unknown' })
}

/** Fills a template in one pass: braces in a value (a passage about templates, say) are left as they are. */
export const fill = (template: string, values: Readonly<Record<string, string | number>>): string =>
  template.replace(placeholder, (whole, name: string) => {
    const value = values[name]
    return value === undefined ? whole : String(value)
  })
