import { readJsonLines } from '../fixtures/read-xz'
import { sharedData } from '../fixtures/shared-data'
import { englishQuestions } from './english-questions'
import type { ParagraphRecord } from './qa'

/**
 * English paragraphs with questions that they answer, for fitting the refusal gate: pairs/t0qa (its questions need no marked
 * answer here) and the questions made for this project. Each paragraph is a title of its own. Undefined where the shared
 * data is missing.
 */
export function englishGateParagraphs(): ParagraphRecord[] | undefined {
  const path = sharedData('pairs/t0qa.jsonl.xz')
  const questions = englishQuestions()
  if (path === undefined || !questions) return undefined
  const paragraphs = new Map<string, ParagraphRecord>()
  const add = (context: string, q: string) => {
    const title = context.slice(0, 80)
    const paragraph = paragraphs.get(title) ?? { title, context, qas: [] }
    paragraph.qas.push({ id: '', q, a: [context.slice(0, 1)], start: 0 })
    paragraphs.set(title, paragraph)
  }
  const pairs = readJsonLines<{ q: string; p: string }>(path)
  // A question that is put to several wordings of one paragraph would be answered by the others.
  const asked = new Map<string, number>()
  for (const { q } of pairs) asked.set(q, (asked.get(q) ?? 0) + 1)
  for (const { q, p } of pairs) if (asked.get(q) === 1) add(p, q)
  for (const { question, context, title } of questions) if (!title.startsWith('pairs')) add(context, question)
  return [...paragraphs.values()]
}
