import { read } from '../../src/answering/reading'
import { analyseQuestion } from '../../src/answering/question-type'
import type { Language } from '../../src/domain'
import { sentences } from '../../src/language/segment'

/** The sentence that shares most with the question: the least that anything made for answering has to beat. */
export function bestSentence(question: string, text: string, language: Language): string {
  const ranges = sentences(text, language)
  const { overlap, best } = read(analyseQuestion(question, language), text, ranges, language)
  return text.slice(...(ranges[overlap.sentences.indexOf(best)] ?? [0, 0]))
}
