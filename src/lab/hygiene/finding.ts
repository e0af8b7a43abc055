import type { Question } from '../question-set'

/** What article 003 advises to look for in data that a model is trained or tested with. */
export type FindingKind =
  /** One word in several spellings (サーバ and サーバー, 取り扱い and 取扱い, email and e-mail). `form`, `preferred`. */
  | 'notation'
  /** A field in another language than its question says. `found`. */
  | 'language'
  /** Nearly the same as another question. `other`, `likeness`. */
  | 'duplicate'
  /** The same question with another answer. `other`. */
  | 'contradiction'
  /** Two options of one question that say the same. `form`. */
  | 'sameOption'
  /** Another number of options than most. `count`, `usual`. */
  | 'optionCount'
  /** Ends, begins or is numbered otherwise than most fields of its kind. `form`, `usual`. */
  | 'inconsistent'
  /** White space around it, control characters, broken characters, markup. `form`. */
  | 'symbols'
  /** Says "this" or それ of something that the question does not tell. `form`. */
  | 'reference'
  /** Of the whole set: one letter is right much more often than the others. `form`, `share`. */
  | 'unbalanced'

/** Which text of a question: its wording, an option or an answer with its index. */
export type Field = { of: 'question' } | { of: 'option' | 'answer'; index: number }

export interface Finding {
  kind: FindingKind
  /** Id of the question; absent where it is about the whole set. */
  question?: string
  field?: Field
  /** [start, end) within the field, where it is a part of it. */
  range?: [start: number, end: number]
  /** What the sentence `lab.hygiene…` needs. */
  params: Readonly<Record<string, string | number>>
}

export interface FieldText {
  question: Question
  field: Field
  text: string
}

/** Every text of every question. */
export const fieldsOf = (questions: readonly Question[]): FieldText[] =>
  questions.flatMap((question): FieldText[] => {
    const list = (of: 'option' | 'answer', texts: readonly string[]) =>
      texts.map((text, index): FieldText => ({ question, field: { of, index }, text }))
    return [
      { question, field: { of: 'question' }, text: question.question },
      ...(question.kind === 'choice' ? list('option', question.options) : list('answer', question.answers)),
    ]
  })

/** The key, within `lab`, of the sentence that tells a finding. */
export function findingMessage({ kind, params }: Pick<Finding, 'kind' | 'params'>): string {
  const base = `hygiene${kind.charAt(0).toUpperCase()}${kind.slice(1)}`
  if (kind === 'language') return `${base}${params['found'] === 'en' ? 'En' : 'Ja'}`
  if (kind !== 'inconsistent') return base
  return params['form'] === '' ? `${base}Missing` : params['usual'] === '' ? `${base}Extra` : base
}
