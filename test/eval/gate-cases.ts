import { gateSigns, type GateSigns } from '../../src/answering/gate'
import { readPassages } from '../../src/answering/passages'
import { analyseQuestion } from '../../src/answering/question-type'
import type { Evidence, Language } from '../../src/domain'
import { searchParagraphs } from './paragraph-search'
import { answerable, sample, type Example, type ParagraphRecord } from './qa'

/**
 * Why a question has (no) answer among the documents: "answerable"; "other title", the documents on its subject are left
 * out; "paragraph removed", only the paragraph it was written for is (others may answer it all the same); "impossible",
 * SQuAD 2.0's questions written to look answerable by their paragraph.
 */
export type Case = 'answerable' | 'other title' | 'paragraph removed' | 'impossible'

export interface GateCase {
  language: Language
  kind: Case
  signs: GateSigns
}

/** Passages that the answerer reads. */
const read = 5

/** What the gate sees of each kind of question over a set's own paragraphs; at most `count` of each kind. */
export async function gateCases(paragraphs: ParagraphRecord[], language: Language, count: number): Promise<GateCase[]> {
  const { search, titles } = searchParagraphs(paragraphs, language)
  const cases: GateCase[] = []
  const add = (kind: Case, question: string, evidence: Evidence[]) => {
    const analysed = analyseQuestion(question, language)
    const passages = readPassages(analysed, evidence.slice(0, read), new AbortController().signal)
    cases.push({ language, kind, signs: gateSigns(analysed, passages) })
  }
  for (const { question, context, title } of sample<Example>(answerable(paragraphs), count, 21)) {
    const found = await search(question, read + 1)
    add('answerable', question, found)
    add(
      'paragraph removed',
      question,
      found.filter(({ passage }) => passage.text !== context),
    )
    add(
      'other title',
      question,
      await search(
        question,
        read,
        titles.filter((other) => other !== title),
      ),
    )
  }
  const impossible = paragraphs.flatMap(({ qas }) => qas.filter((one) => one.impossible).map(({ q }) => q))
  for (const question of sample(impossible, count, 22)) add('impossible', question, await search(question, read))
  return cases
}
