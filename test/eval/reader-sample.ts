/**
 * What the reader is judged on, and what the rule-based extractor gives for the same: 500 questions of JSQuAD-valid and of
 * XQuAD-en, each with its right paragraph cut to 128 tokens, as `npm run eval -- quote` asks them. Written as JSON for
 * models/recipes/reader, from the repository root with the shared data beside the checkout:
 *
 *   node -e "import('vite').then(async (vite) => (await vite.runnerImport('./test/eval/reader-sample.ts'))
 *     .module.writeReaderSample('../large-reader-work/sample.json'))"
 */
import { writeFileSync } from 'node:fs'
import { extractAnswer } from '../../src/answering/extract'
import type { Language } from '../../src/domain'
import { answerable, cutAround, readSet, sample, seededRandom } from './qa'
import { scoreAnswer } from '../../src/lab/measures/answer-score'

const questions = 500
const tokens = 128
const sets: [name: string, language: Language][] = [
  ['jsquad-valid', 'ja'],
  ['xquad-en', 'en'],
]

/** One question, with what the extractor answers from the passage. */
export interface ReaderQuestion {
  set: string
  language: Language
  question: string
  passage: string
  answers: string[]
  extractor: { answer: string; exact: number; f1: number }
}

/** @throws Error where a set is missing */
export function readerSample(): ReaderQuestion[] {
  return sets.flatMap(([name, language]) => {
    const paragraphs = readSet(name)
    if (!paragraphs) throw new Error(`../shared/data/qa/${name}.jsonl.xz is missing`)
    const random = seededRandom(11)
    return sample(answerable(paragraphs), questions, 1).map((example): ReaderQuestion => {
      const { question, context, answers } = cutAround(example, tokens, random)
      const found = extractAnswer(question, context, language)
      const answer = found ? context.slice(found.start, found.end) : ''
      const extractor = { answer, ...scoreAnswer(answer, answers, language) }
      return { set: name, language, question, passage: context, answers, extractor }
    })
  })
}

export function writeReaderSample(path: string): void {
  writeFileSync(path, `${JSON.stringify(readerSample(), null, 1)}\n`)
}
