import type { Answer, Turn } from '../../../src/domain'
import { detectLanguage } from '../../../src/language/detect'

let asked = 0

/** A turn of the history, answered with these sentences; none: it was stopped. */
export function turnOf(question: string, sentences: string[] = ['It is so.'], rest: Partial<Answer> = {}): Turn {
  asked++
  const answer: Answer = {
    sentences: sentences.map((text) => ({ text, marks: [], citations: [] })),
    refused: false,
    nearest: [],
    coverage: { passagesRead: 1, passagesSearched: 1, documentsRead: 1, documentsSearched: 1 },
    answerer: 'quote',
    elapsed: 1,
    ...rest,
  }
  return {
    id: `turn-${asked}`,
    collection: 'work',
    asked,
    question,
    language: detectLanguage(question),
    ...(sentences.length > 0 && { answer }),
  }
}
