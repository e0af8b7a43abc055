import type { Answer, AnswerAdapter, AnswerNote, AnswerSentence, Coverage, Evidence, Language } from '../domain'
import type { LanguageModel, Sampling } from '../engines/llm/language-model'
import { EmptyAnswer } from '../errors'
import { detectLanguage } from '../language/detect'
import type { AnswerEvent } from './answerer'
import { citations, type Cite } from './cite'
import { defaultTemplates, fill, type Templates } from './templates/templates'
import { adapterUses, answerTokensFor, reserve, wornBy } from './write'
import { Items } from './whole/items'
import { condense, mergeMessages, notesOf, shownNotes, type Merging, type Note } from './whole/notes'
import { portionSize, readThrough, type ReadPortion, type ReadThroughOptions } from './whole/read-through'
import type { WholeTask } from './whole/suggest'
import { sentenceChecker } from './written/check-sentence'
import { opensThinking } from './written/complete'
import { generateInto } from './written/generate-into'
import { Writing } from './written/writing'

export { suggestWholeDocument, type WholeTask } from './whole/suggest'

/** A task for whole documents. */
export interface WholeDocumentRequest {
  question: string
  language: Language
  task: WholeTask
  /** Every passage of the chosen documents, in reading order; see `wholeEvidence`. */
  passages: readonly Evidence[]
}

/** Passages read so far and in all; when merging, groups of notes. */
export interface WholeProgress {
  type: 'progress'
  stage: 'reading' | 'merging'
  done: number
  of: number
}

export interface WholeDocumentOptions {
  templates?: Partial<Record<Language, Templates>>
  answerTokens?: number
  sampling?: Sampling
  controlTokens?: readonly string[]
  /**
   * LoRA adapters that what a person reads is written with; default none. Notes that only the model reads again are written
   * plainly, and adapters for the form of answers are left aside: things are listed line by line.
   */
  adapters?: readonly AnswerAdapter[]
}

/** A passage that is read because it is there, not because it was found. */
export const wholeEvidence = (passage: Evidence['passage'], documentName: string, rank: number): Evidence => ({
  passage,
  documentName,
  rank,
  score: 0,
  termCoverage: 0,
  matches: [],
})

/** One task on its way through the documents. */
interface Work extends WholeDocumentRequest {
  model: LanguageModel
  templates: Templates
  reading: ReadThroughOptions
  answerTokens: number
  adapters: readonly AnswerAdapter[]
  cite: Cite
  /** Passages read so far. */
  read: Evidence[]
  /** The model has said something, if only that there is nothing. */
  spoke: boolean
  notes: Set<AnswerNote>
}

type WholeEvents = AsyncGenerator<AnswerEvent | WholeProgress, AnswerSentence[], undefined>

/**
 * Reads all passages of the chosen documents with a model, portion by portion. Lists and counts come as they are found, each
 * thing once, and it is we who count; a summary is written from notes on the portions, each tied to its passages. The last
 * event is the answer, whose coverage says that everything was read.
 *
 * @throws EmptyAnswer when the model says nothing at all; PromptTooLong, AbortError and what the model throws, after what was
 * said until then
 */
export async function* readWholeDocuments(
  model: LanguageModel,
  request: WholeDocumentRequest,
  options: WholeDocumentOptions,
  signal: AbortSignal,
): AsyncGenerator<AnswerEvent | WholeProgress, void, undefined> {
  const started = performance.now()
  signal.throwIfAborted()
  const work = workOn(model, request, options)
  yield { type: 'stage', stage: 'reading', passages: request.passages.length }
  const sentences = yield* request.task === 'summary' ? summarise(work, signal) : collect(work, signal)
  if (!work.spoke && request.passages.length > 0) throw new EmptyAnswer({ model: model.name })
  const notes = [...work.notes]
  const said = sentences.map(({ text }) => text).join('\n')
  if (request.task === 'summary' && said && detectLanguage(said) !== request.language) notes.push('otherLanguage')
  const answer: Answer = {
    sentences,
    refused: sentences.length === 0,
    nearest: [],
    coverage: coverageOf(work),
    answerer: model.name,
    elapsed: performance.now() - started,
    model: model.id,
    ...wornBy(work.adapters),
    ...(notes.length > 0 && { notes }),
  }
  yield { type: 'answer', answer }
}

function workOn(model: LanguageModel, request: WholeDocumentRequest, options: WholeDocumentOptions): Work {
  const templates = options.templates?.[request.language] ?? defaultTemplates[request.language]
  const answerTokens = answerTokensFor(model.capabilities.contextTokens, options.answerTokens)
  const { adapters = [] } = options
  const worn = adapters.filter(({ kind }) => kind !== 'format')
  // The notes on a single portion are the summary.
  const isRead = request.task !== 'summary' || request.passages.length <= portionSize
  const reading: ReadThroughOptions = {
    templates,
    ...(isRead && adapterUses(worn)),
    reserve,
    portionTokens: answerTokens,
    ...(options.sampling && { sampling: options.sampling }),
    ...(options.controlTokens && { controlTokens: options.controlTokens }),
  }
  return {
    ...request,
    model,
    templates,
    reading,
    answerTokens,
    adapters: worn,
    cite: citations(),
    read: [],
    spoke: false,
    notes: new Set(worn.length < adapters.length ? ['formatAside'] : []),
  }
}

/** Lists and counts. */
async function* collect(work: Work, signal: AbortSignal): WholeEvents {
  const items = new Items(work.templates.none, work.language)
  const sentences: AnswerSentence[] = []
  for await (const portion of readThrough(work.model, 'items', work, work.reading, work.cite, signal)) {
    take(portion, work)
    for (const sentence of items.take(portion)) {
      sentences.push(sentence)
      yield { type: 'sentence', sentence }
    }
    yield progress(work)
  }
  if (work.task === 'count' && items.count > 0) {
    const text = fill(work.templates.total, { count: items.count })
    const sentence: AnswerSentence = { text, marks: [], citations: [] }
    sentences.push(sentence)
    yield { type: 'sentence', sentence }
  }
  return sentences
}

async function* summarise(work: Work, signal: AbortSignal): WholeEvents {
  const notes: Note[] = []
  const sentences: AnswerSentence[] = []
  let portions = 0
  // Citations of notes take no numbers from those of the summary.
  const noted = citations()
  for await (const portion of readThrough(work.model, 'notes', work, work.reading, noted, signal)) {
    portions++
    take(portion, work)
    for (const { note, sentence } of notesOf(portion, work.language, work.templates.none)) {
      notes.push(note)
      sentences.push(sentence)
    }
    yield progress(work)
  }
  if (portions > 1 && notes.length > 1) return yield* merge(notes, work, signal)
  for (const sentence of sentences) yield { type: 'sentence', sentence }
  return sentences
}

/** One summary out of many notes, shown as it is written. */
async function* merge(notes: readonly Note[], work: Work, signal: AbortSignal): WholeEvents {
  const { model, question, language, reading, answerTokens, cite, templates } = work
  const merging: Merging = { model, question, language, options: reading, answerTokens, cite: citations() }
  const left = yield* merged(condense(notes, merging, signal))
  const messages = mergeMessages(left, question, reading)
  const writing = new Writing({
    language,
    refusal: templates.refusal,
    strict: false,
    thinking: await opensThinking(model, messages),
    check: sentenceChecker({ shown: shownNotes(left), question, cite, answering: () => -1 }),
  })
  const begun: AnswerEvent = { type: 'stage', stage: 'writing', passages: work.read.length }
  const generate = { ...reading.sampling, maxTokens: answerTokens, ...adapterUses(work.adapters) }
  yield* generateInto(writing, model, messages, generate, begun, signal)
  if (writing.empty) throw new EmptyAnswer({ model: model.name })
  for (const note of writing.notes) work.notes.add(note)
  return [...writing.sentences]
}

/** Tells how far the merging is, and gives what it comes to. */
async function* merged(
  merging: AsyncGenerator<{ done: number; of: number }, Note[], undefined>,
): AsyncGenerator<WholeProgress, Note[], undefined> {
  for (;;) {
    const next = await merging.next()
    if (next.done) return next.value
    yield { type: 'progress', stage: 'merging', ...next.value }
  }
}

function take({ passages, said, cut }: ReadPortion, work: Work): void {
  work.read.push(...passages)
  work.spoke ||= said !== ''
  // Of a portion of which not all was told, things may be missing: that has to be said.
  if (cut) work.notes.add('cutShort')
}

const progress = ({ read, passages }: Work): WholeProgress => ({
  type: 'progress',
  stage: 'reading',
  done: read.length,
  of: passages.length,
})

function coverageOf({ read, passages }: Work): Coverage {
  const documents = (these: readonly Evidence[]) => new Set(these.map(({ passage }) => passage.document)).size
  return {
    passagesRead: read.length,
    passagesSearched: passages.length,
    documentsRead: documents(read),
    documentsSearched: documents(passages),
  }
}
