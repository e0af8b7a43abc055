import type { Question } from '../../lab/question-set'
import { normalise } from '../../language/normalise'

/** What keeps a question from being kept; each has its sentence, `labQuestions.fault…`. */
export type QuestionFault =
  | { fault: 'question' | 'options' | 'right' | 'id' | 'idTaken' }
  /** Of one option or answer, by its index. */
  | { fault: 'optionEmpty' | 'optionTwice' | 'answerEmpty'; index: number }

/** The least options that can be chosen from. */
export const LEAST_OPTIONS = 2

/**
 * All that is wrong with a question as it was written, in the order of the form.
 * @param taken ids of the other questions of its set
 */
export function questionFaults(question: Question, taken: readonly string[]): QuestionFault[] {
  const id = question.id.trim()
  return [
    ...(question.question.trim() ? [] : [{ fault: 'question' } as const]),
    ...(question.kind === 'choice' ? optionFaults(question.options, question.answer) : []),
    ...(question.kind === 'open' ? emptyAnswers(question.answers) : []),
    ...(id ? (taken.includes(id) ? [{ fault: 'idTaken' } as const] : []) : [{ fault: 'id' } as const]),
  ]
}

function optionFaults(options: readonly string[], answer: number): QuestionFault[] {
  const seen = new Set<string>()
  const faults = options.flatMap((option, index): QuestionFault[] => {
    const key = normalise(option).text.trim()
    if (!key) return [{ fault: 'optionEmpty', index }]
    if (seen.has(key)) return [{ fault: 'optionTwice', index }]
    seen.add(key)
    return []
  })
  return [
    ...(options.length < LEAST_OPTIONS ? [{ fault: 'options' } as const] : []),
    ...faults,
    ...(Number.isInteger(answer) && answer >= 0 && answer < options.length ? [] : [{ fault: 'right' } as const]),
  ]
}

const emptyAnswers = (answers: readonly string[]): QuestionFault[] =>
  answers.flatMap((answer, index): QuestionFault[] => (answer.trim() ? [] : [{ fault: 'answerEmpty', index }]))
