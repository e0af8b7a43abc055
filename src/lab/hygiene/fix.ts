import type { Question } from '../question-set'
import type { Field, Finding } from './finding'
import { invisible } from './structure'

/** Of the signs that `symbols` finds, those that say nothing: they can be taken away without asking what was meant. */
const removable = new Set(['␀', '␠'])

/** Whether what a finding tells can be put right without a person saying how. */
export const isFixable = ({ kind, field, range, params }: Finding): boolean =>
  field !== undefined &&
  range !== undefined &&
  (kind === 'notation' || (kind === 'symbols' && removable.has(String(params['form']))))

/**
 * Whether it can be put right without a person looking at it: kana between kanji may make another word (生き物 and 生物), and
 * is put right one by one.
 */
export const isObvious = (finding: Finding): boolean =>
  isFixable(finding) && (finding.kind !== 'notation' || kanaOf(finding, 'form') === kanaOf(finding, 'preferred'))

/** The kana of a word with kanji; of other words nothing. */
const kanaOf = ({ params }: Finding, name: 'form' | 'preferred'): string => {
  const word = String(params[name])
  return /^\p{Script=Han}/u.test(word) ? word.replace(/\p{Script=Han}/gu, '') : ''
}

/**
 * The question with what a finding tells put right: the usual spelling in place of the rare one, its capital kept at the
 * beginning of a sentence; stray white space and characters that nobody sees taken away. The same question where the finding
 * is no longer true, or cannot be put right by rule.
 */
export function fixed(question: Question, finding: Finding): Question {
  const { field, range } = finding
  if (!field || !range || !isFixable(finding)) return question
  const text = textOf(question, field)
  if (text === undefined) return question
  const [start, end] = range
  const found = text.slice(start, end)
  const put = replacement(finding, found, { atStart: start === 0, atEnd: end === text.length })
  if (put === undefined || put === found) return question
  return withText(question, field, text.slice(0, start) + put + text.slice(end))
}

/** All questions with all of these findings put right, the last of a text first, so that the others stay where they are. */
export const allFixed = (questions: readonly Question[], findings: readonly Finding[]): Question[] =>
  questions.map((question) =>
    findings
      .filter((finding) => finding.question === question.id)
      .sort((one, other) => (other.range?.[0] ?? 0) - (one.range?.[0] ?? 0))
      .reduce(fixed, question),
  )

function replacement(
  { kind, params }: Finding,
  found: string,
  { atStart, atEnd }: { atStart: boolean; atEnd: boolean },
): string | undefined {
  if (kind === 'notation') return found === params['form'] ? capitalAs(found, String(params['preferred'])) : undefined
  if (params['form'] === '␀') return found.replace(invisible, '') === '' ? '' : undefined
  // Within a text white space divides words and stays, but once.
  return /^\s+$/u.test(found) ? (atStart || atEnd ? '' : ' ') : undefined
}

/** "E-mail" at the beginning of a sentence becomes "Email", not "email". */
const capitalAs = (found: string, preferred: string): string =>
  /^[A-Z][a-z\u00c0-\u024f-]/.test(found) ? preferred.charAt(0).toUpperCase() + preferred.slice(1) : preferred

/** The text of a field; undefined where the question has none such. */
export function textOf(question: Question, field: Field): string | undefined {
  if (field.of === 'question') return question.question
  if (field.of === 'option') return question.kind === 'choice' ? question.options[field.index] : undefined
  return question.kind === 'open' ? question.answers[field.index] : undefined
}

function withText(question: Question, field: Field, text: string): Question {
  if (field.of === 'question') return { ...question, question: text }
  if (question.kind === 'choice') return { ...question, options: question.options.with(field.index, text) }
  return { ...question, answers: question.answers.with(field.index, text) }
}
