import type { Passage } from '../../src/domain'
import { readSet } from './qa'

/** A question set as a retrieval task: every paragraph of the set is one passage, and each question has one right passage. */
export interface Pool {
  name: string
  paragraphs: string[]
  questions: { question: string; paragraph: number }[]
}

/** Reads a set of ../shared/data/qa; unanswerable questions are left out. Undefined where it is missing. */
export function readPool(name: string): Pool | undefined {
  const records = readSet(name)
  return (
    records && {
      name,
      paragraphs: records.map(({ context }) => context),
      questions: records.flatMap(({ qas }, paragraph) =>
        qas.filter(({ impossible }) => !impossible).map(({ q }) => ({ question: q, paragraph })),
      ),
    }
  )
}

/** A text as the passage at `ordinal` of a document, with nothing above it. */
export const passageOf = (text: string, ordinal: number): Passage => ({
  id: `pool/${ordinal}`,
  document: 'pool',
  ordinal,
  kind: 'text',
  headingPath: [],
  text,
  pieces: [],
  sentences: [[0, text.length]],
  overlap: 0,
  tokens: 0,
  language: 'en',
})
