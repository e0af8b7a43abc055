import type { Language } from '../../domain'
import { normalise } from '../../language/normalise'
import type { Question } from '../question-set'
import { nearDuplicates } from '../questions/duplicates'
import { wordingOf } from '../questions/split'
import { fieldsOf, type FieldText, type Finding } from './finding'
import { notationFindings } from './notation'
import { unclearReferences } from './references'
import { structureFindings, symbolFindings } from './structure'

export { findingMessage, type Field, type Finding, type FindingKind } from './finding'

const DUPLICATE = 0.85

/**
 * What is untidy in a set of questions, each finding with where it stands: what article 003 advises to put in order before a
 * model is trained (and, it says, before documents are searched). Nothing is changed. In the order of the questions.
 */
export function hygieneReport(questions: readonly Question[]): Finding[] {
  const fields = fieldsOf(questions)
  const findings = [
    ...notationFindings(fields),
    ...fields.flatMap(languageFinding),
    ...duplicateFindings(questions),
    ...questions.flatMap(sameOptions),
    ...structureFindings(fields, questions),
    ...symbolFindings(fields),
    ...questions.flatMap(referenceFindings),
  ]
  const places = new Map(questions.map(({ id }, at) => [id, at]))
  const place = ({ question }: Finding) => (question === undefined ? -1 : (places.get(question) ?? -1))
  return findings.sort((one, other) => place(one) - place(other))
}

const japaneseCharacters = /[\u3041-\u30ff\u3400-\u9fff]/gu
const latinWords = /[a-z]{2,}/giu

/** A name or a code in an option is no language: an option has to be words to count. */
function languageFinding({ question, field, text }: FieldText): Finding[] {
  const japanese = text.match(japaneseCharacters)?.length ?? 0
  const latin = text.match(latinWords)?.length ?? 0
  const found: Language | undefined =
    question.language === 'en' && japanese > 0 && japanese >= latin
      ? 'ja'
      : question.language === 'ja' && japanese === 0 && latin >= 4
        ? 'en'
        : undefined
  return found ? [{ kind: 'language', question: question.id, field, params: { found } }] : []
}

function duplicateFindings(questions: readonly Question[]): Finding[] {
  const told = new Set<string>()
  const asked = nearDuplicates(
    questions.map(({ question }) => question),
    DUPLICATE,
  ).flatMap(({ one, other }): Finding[] => {
    const [first, second] = [questions[one]!, questions[other]!]
    if (!contradicts(first, second)) return []
    told.add(`${one} ${other}`)
    return [{ kind: 'contradiction', question: second.id, field: { of: 'question' }, params: { other: first.id } }]
  })
  const same = nearDuplicates(questions.map(wordingOf), DUPLICATE).flatMap(({ one, other, likeness }): Finding[] => {
    if (told.has(`${one} ${other}`)) return []
    const params = { other: questions[one]!.id, likeness: Math.round(100 * likeness) }
    return [{ kind: 'duplicate', question: questions[other]!.id, field: { of: 'question' }, params }]
  })
  return [...asked, ...same]
}

/** Asked in the same words, all marks and numbers alike, and answered otherwise. */
function contradicts(one: Question, other: Question): boolean {
  if (folded(one.question) !== folded(other.question)) return false
  const right = (question: Question) =>
    (question.kind === 'choice' ? [question.options[question.answer]!] : question.answers).map(folded)
  const [mine, theirs] = [right(one), right(other)]
  // "Which is true?" with other options is another question.
  if (one.kind === 'choice' && other.kind === 'choice') {
    const options = new Set(one.options.map(folded))
    if (!other.options.every((option) => options.has(folded(option)))) return false
  }
  return !mine.some((answer) => theirs.includes(answer)) && mine.length + theirs.length > 0
}

function sameOptions(question: Question): Finding[] {
  if (question.kind !== 'choice') return []
  const seen = new Set<string>()
  return question.options.flatMap((option, index): Finding[] => {
    const key = folded(option)
    if (!seen.has(key)) {
      seen.add(key)
      return []
    }
    return [{ kind: 'sameOption', question: question.id, field: { of: 'option', index }, params: { form: option } }]
  })
}

const referenceFindings = ({ id, question, language }: Question): Finding[] =>
  unclearReferences(question, language).map(({ form, start, end }) => ({
    kind: 'reference',
    question: id,
    field: { of: 'question' },
    range: [start, end],
    params: { form },
  }))

const folded = (text: string): string => normalise(text).text.replace(/[^\p{L}\p{N}\p{M}]/gu, '')
