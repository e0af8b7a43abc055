import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { readJsonLines } from '../fixtures/read-xz'
import { sharedData } from '../fixtures/shared-data'
import type { Example } from './qa'

/**
 * English questions for fitting: those on paragraphs of the shared texts and those on rules; see both. Undefined where the
 * shared data is missing.
 */
export function englishQuestions(): Example[] | undefined {
  const shared = questionsOnSharedTexts()
  return shared && [...shared, ...questionsOnRules()]
}

/** Paragraphs in the manner of manuals, handbooks and contracts, with questions, all written for this project. */
export function questionsOnRules(): Example[] {
  const parts = readFileSync(resolve(import.meta.dirname, 'english-rules.txt'), 'utf8')
    .trim()
    .split(/^## /m)
    .slice(1)
  return parts.flatMap((part, paragraph) => {
    const [context = '', ...lines] = part.trim().split('\n')
    return lines.map((line): Example => {
      const [question = '', answer = ''] = line.split(' | ')
      const at = context.indexOf(answer)
      if (at < 0) throw new Error(`“${answer}” is not in the paragraph of “${question}”`)
      return {
        title: `rules ${paragraph}`,
        question,
        context,
        answers: [answer],
        gold: [at, at + answer.length],
        paragraph,
      }
    })
  })
}

/**
 * English questions with their answers: english-questions.tsv beside this file. Questions on paragraphs of
 * ../shared/data/text were written for this project; those of pairs/t0qa are its own (the column is empty), with answers
 * marked for this project. Only addresses (set, line, first character) are kept here, not the paragraphs.
 */
function questionsOnSharedTexts(): Example[] | undefined {
  const [, ...records] = readFileSync(resolve(import.meta.dirname, 'english-questions.tsv'), 'utf8')
    .trim()
    .split('\n')
  const sets = new Map<string, { t?: string; p?: string; q?: string }[]>()
  const examples: Example[] = []
  for (const record of records) {
    const [set = '', line = '', start = '', asked = '', answer = ''] = record.split('\t')
    const path = sharedData(`${set}.jsonl.xz`)
    if (path === undefined) return undefined
    const lines = sets.get(set) ?? readJsonLines<{ t?: string; p?: string; q?: string }>(path)
    sets.set(set, lines)
    const source = lines[Number(line)]
    const context = source?.t ?? source?.p ?? ''
    const question = asked || (source?.q ?? '')
    const at = Number(start)
    if (!context.startsWith(answer, at)) throw new Error(`${set} line ${line} does not hold “${answer}” at ${start}`)
    // Questions on the same paragraph belong together: its address stands in for a title.
    const title = asked ? `${set} ${line}` : `${set} ${context.slice(0, 80)}`
    examples.push({ title, question, context, answers: [answer], gold: [at, at + answer.length], paragraph: 0 })
  }
  return examples
}
