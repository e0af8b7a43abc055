import type { Question } from '../question-set'
import type { FieldText, Finding } from './finding'

/** Share of the fields that has to agree before the others are called inconsistent. */
const MOST = 0.7
/** Fewer fields than this have no habit. */
const LEAST = 4

const endings: [name: string, pattern: RegExp][] = [
  ['？', /[?？]\s*$/u],
  ['。', /[。｡.．]\s*$/u],
  ['：', /[:：]\s*$/u],
]
const beginnings: [name: string, pattern: RegExp][] = [
  ['A.', /^\s*[（(]?[A-Za-zＡ-Ｚア-オ][.)．）、]\s*/u],
  // "27 days" is no number 27, and "3.5 million" no number 3.
  ['1.', /^\s*(?:[（(]?[\d０-９]{1,2}[.)．）、](?![\d０-９])|[①-⑳])\s*/u],
  ['-', /^\s*[-*・•‣]\s*/u],
  ['#', /^\s*#+\s/u],
]

/** Fields that begin, end or are numbered otherwise than most of their kind and language, and other numbers of options. */
export function structureFindings(fields: readonly FieldText[], questions: readonly Question[]): Finding[] {
  const groups = new Map<string, FieldText[]>()
  for (const one of fields) {
    const kind = `${one.field.of} ${one.question.language}`
    const group = groups.get(kind)
    if (group) group.push(one)
    else groups.set(kind, [one])
  }
  return [
    ...[...groups.values()].flatMap((group) => [
      ...odd(group, (text) => formOf(text, endings)),
      ...odd(group, (text) => formOf(text, beginnings)),
    ]),
    ...optionCounts(questions),
    ...unbalanced(questions),
  ]
}

const formOf = (text: string, forms: typeof endings): string =>
  forms.find(([, pattern]) => pattern.test(text))?.[0] ?? ''

function odd(fields: readonly FieldText[], form: (text: string) => string): Finding[] {
  const forms = fields.map(({ text }) => form(text))
  const usual = most(forms)
  if (forms.length < LEAST || usual.count < MOST * forms.length) return []
  return fields.flatMap(({ question, field }, at): Finding[] => {
    const own = forms[at]!
    if (own === usual.value) return []
    return [{ kind: 'inconsistent', question: question.id, field, params: { form: own, usual: usual.value ?? '' } }]
  })
}

function optionCounts(questions: readonly Question[]): Finding[] {
  const counted = questions.flatMap((question) =>
    question.kind === 'choice' ? [{ id: question.id, count: question.options.length }] : [],
  )
  const usual = most(counted.map(({ count }) => count))
  return counted
    .filter(({ count }) => count !== usual.value)
    .map(({ id, count }): Finding => ({
      kind: 'optionCount',
      question: id,
      params: { count, usual: usual.value ?? 0 },
    }))
}

/** A model that always takes one letter must not look clever. Told from twenty questions on, where one has half of them more than its due. */
function unbalanced(questions: readonly Question[]): Finding[] {
  const choices = questions.filter((question) => question.kind === 'choice')
  if (choices.length < 20) return []
  const { value, count } = most(choices.map(({ answer }) => answer))
  const due = choices.reduce((sum, { options }) => sum + 1 / options.length, 0)
  if (value === undefined || count < 1.5 * due) return []
  const params = { form: String.fromCharCode(65 + value), share: Math.round((100 * count) / choices.length) }
  return [{ kind: 'unbalanced', params }]
}

function most<Value>(values: readonly Value[]): { value: Value | undefined; count: number } {
  const counts = new Map<Value, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  let best: { value: Value | undefined; count: number } = { value: undefined, count: 0 }
  for (const [value, count] of counts) if (count > best.count) best = { value, count }
  return best
}

/** Characters that nobody sees. */
// Written out, since what is sought is the control characters themselves.
// eslint-disable-next-line no-control-regex
export const invisible = /[\u0000-\u0008\u000b-\u001f\u007f\u200b-\u200f\u2060\ufeff]+/gu

const stray: [name: string, pattern: RegExp][] = [
  ['�', /\ufffd+/gu],
  ['␀', invisible],
  ['␠', /^\s+|\s+$|[^\S\n]{3,}/gu],
  ['<>', /<\/?[a-z][^<>]{0,40}>|&(?:[a-z]{2,8}|#\d{1,5});/giu],
  ['**', /\*\*|__|`{1,3}/gu],
]

/** White space around a text, characters that nobody sees or that were broken, and markup that was left in. */
export const symbolFindings = (fields: readonly FieldText[]): Finding[] =>
  fields.flatMap(({ question, field, text }) =>
    stray.flatMap(([form, pattern]) =>
      [...text.matchAll(pattern)].map((match): Finding => {
        const range: [number, number] = [match.index, match.index + match[0].length]
        return { kind: 'symbols', question: question.id, field, range, params: { form } }
      }),
    ),
  )
