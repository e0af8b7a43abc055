import { saysNothingFound } from '../../answering/written/nothing-found'
import type { AnswerSentence } from '../../domain'
import { normalise } from '../../language/normalise'
import type { OpenQuestion } from '../question-set'
import type { Result } from '../run'
import { answerTokens, scoreAnswer } from './answer-score'
import { citationScores, supportOf } from './evidence'
import { formatValidity } from './format'
import { styleAdherence, type Style } from './style'

/** What was answered to an open question. */
export interface OpenAnswer {
  text: string
  /** Where passages were read. */
  sentences?: readonly AnswerSentence[]
  refused: boolean
}

/** The words by which a prompt asks to refuse, and the style that was to be kept. */
export interface Expectations {
  refusal: string
  style?: Style
}

/** Everything that an open answer is measured by; times and tokens come with the generation. */
export function measureOpenAnswer(
  question: OpenQuestion,
  { text, sentences, refused }: OpenAnswer,
  { refusal, style }: Expectations,
): Result['measures'] {
  const unanswerable = question.answers.length === 0
  // What came without passages is refused in words alone.
  const refuses = refused || text.trim() === '' || saysNothingFound(text, refusal)
  const measures: Result['measures'] = { correctRefusal: refuses === unanswerable ? 1 : 0 }
  if (!unanswerable) Object.assign(measures, rightness(question, refuses ? '' : text))
  if (sentences) {
    const { precision, recall } = citationScores(sentences, question.evidence)
    const support = supportOf(sentences)
    if (precision !== undefined) measures.citationPrecision = precision
    if (recall !== undefined) measures.citationRecall = recall
    if (support !== undefined) measures.support = support
  }
  if (question.format === 'json') measures.formatValidity = formatValidity(text)
  const adherence = style && styleAdherence(text, style)
  if (adherence !== undefined) measures.styleAdherence = adherence
  return measures
}

const marks = /(?:\s*[[［【]\d{1,3}[\]］】])+/gu

/** Citation marks are no part of what was said. A right answer within a whole sentence is a right answer, and told apart. */
function rightness({ answers, language }: OpenQuestion, text: string): Result['measures'] {
  const said = text.replace(marks, '')
  const { exact, f1 } = scoreAnswer(said, answers, language)
  const holds = language === 'ja' ? holdsLetters : holdsWords
  return { exactMatch: exact, f1, containsAnswer: answers.some((answer) => holds(said, answer)) ? 1 : 0 }
}

/** English: the same words one behind the other. "ten" is not in "often". */
function holdsWords(text: string, answer: string): boolean {
  const [words, right] = [answerTokens(text, 'en'), answerTokens(answer, 'en')]
  return right.length > 0 && words.some((_, at) => right.every((word, further) => words[at + further] === word))
}

/** Japanese: the same characters, whatever space and marks stand among them. */
const holdsLetters = (text: string, answer: string): boolean => holds(squeeze(text), squeeze(answer))

/** 30 days are not in "130 days". */
function holds(text: string, answer: string): boolean {
  const digit = (character: string) => /\p{N}/u.test(character)
  for (let at = text.indexOf(answer); at >= 0; at = text.indexOf(answer, at + 1)) {
    const [before, behind] = [text.charAt(at - 1), text.charAt(at + answer.length)]
    if (!(digit(before) && digit(answer.charAt(0))) && !(digit(behind) && digit(answer.at(-1) ?? ''))) return true
  }
  return false
}

const squeeze = (text: string): string => normalise(text).text.replace(/[^\p{L}\p{N}\p{M}]/gu, '')
