import type { Answer, AnswerSentence, Evidence } from '../domain'
import type { AnswerEvent, Answerer, AnswerRequest } from './answerer'
import { citations, type Cite } from './cite'
import { decide } from './gate'
import { citeSentence, nearest } from './nearest'
import { gateReads, readPassages } from './passages'
import { analyseQuestion } from './question-type'
import { selectSentences, type Selected } from './select'
import { renderRow } from './table'

/**
 * Answers without a model: the sentences that answer best, verbatim, with the likely answer marked in them. Refuses when
 * nothing fits, and then cites the sentences that come nearest.
 */
export const quoteAnswerer: Answerer = { name: 'quote', answer: quote }

async function* quote(request: AnswerRequest, signal: AbortSignal): AsyncGenerator<AnswerEvent, void, undefined> {
  const started = performance.now()
  signal.throwIfAborted()
  const evidence = request.evidence.slice(0, gateReads)
  yield { type: 'stage', stage: 'reading', passages: evidence.length }
  const question = analyseQuestion(request.standalone ?? request.question, request.language)
  const passages = readPassages(question, evidence, signal)
  const decision = decide(question, passages)
  const { refused } = decision
  yield { type: 'decision', decision }
  const cite = citations()
  const sentences: AnswerSentence[] = []
  for (const selected of refused ? [] : selectSentences(passages)) {
    signal.throwIfAborted()
    const sentence = answerSentence(selected, cite)
    sentences.push(sentence)
    yield { type: 'sentence', sentence }
  }
  signal.throwIfAborted()
  const answer: Answer = {
    sentences,
    refused,
    nearest: refused ? nearest(passages, cite) : [],
    coverage: coverageOf(request, evidence),
    answerer: 'quote',
    elapsed: performance.now() - started,
  }
  yield { type: 'answer', answer }
}

/** Of what was searched only the first few passages have been read. */
function coverageOf({ coverage }: AnswerRequest, evidence: Evidence[]): Answer['coverage'] {
  const documents = new Set(evidence.map(({ passage }) => passage.document))
  return { ...coverage, passagesRead: evidence.length, documentsRead: documents.size }
}

function answerSentence({ passage, sentence, through, mark, twins }: Selected, cite: Cite): AnswerSentence {
  const whole = [0, passage.reading.text.length] as const
  const [from, firstEnd] = passage.reading.sentences[sentence] ?? whole
  const range: [number, number] = [from, passage.reading.sentences[through ?? sentence]?.[1] ?? firstEnd]
  const cited = [
    through === undefined ? citeSentence(passage, sentence, cite) : cite(passage.evidence, ...range),
    ...twins.map((twin) => citeSentence(twin.passage, twin.sentence, cite)),
  ]
  if (passage.evidence.passage.kind === 'table') {
    const row = renderRow(passage.reading.text, sentence > 0 ? passage.reading.sentences[0] : undefined, range)
    const place = mark && row.locate(...mark)
    return { text: row.text, marks: place ? [place] : [], citations: cited }
  }
  const [start, end] = range
  const inside = mark && mark[0] >= start && mark[1] <= end
  return {
    text: passage.reading.text.slice(start, end),
    marks: inside ? [[mark[0] - start, mark[1] - start]] : [],
    citations: cited,
  }
}
