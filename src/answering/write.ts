import type { Answer, AnswerAdapter, Coverage, Generation, Language } from '../domain'
import type {
  ChatMessage,
  GenerateOptions,
  GenerationEnd,
  LanguageModel,
  Sampling,
} from '../engines/llm/language-model'
import { EmptyAnswer } from '../errors'
import { detectLanguage, isWordless } from '../language/detect'
import type { PassageSource } from '../retrieval/candidate'
import { alone, type ShownEvidence } from '../retrieval/widen'
import type { AnswerEvent, Answerer, AnswerRequest } from './answerer'
import { citations } from './cite'
import { decide } from './gate'
import { nearest } from './nearest'
import { gateReads, readPassages, type ReadPassage } from './passages'
import { buildPrompt, type BuiltPrompt } from './prompt'
import { analyseQuestion } from './question-type'
import { defaultTemplates, type Templates } from './templates/templates'
import { sentenceChecker, type CheckSentence } from './written/check-sentence'
import { opensThinking } from './written/complete'
import { generateInto } from './written/generate-into'
import { JsonWriting } from './written/json-writing'
import { Writing, type WritingOptions } from './written/writing'

export interface ModelAnswererOptions {
  /** The user's own prompt texts, checked (templatesWith); by default those that come with the app. */
  templates?: Partial<Record<Language, Templates>>
  /** Answer from the documents or not at all (default). Otherwise the model may add what it knows; such sentences are marked. */
  strict?: boolean
  /** Tokens of an answer, at most; default 512, or a third of a small model's context. */
  answerTokens?: number
  sampling?: Sampling
  /** Texts that end an answer, beside the marks of chat templates. */
  stop?: readonly string[]
  /** Marks of the model's chat template, beside those that are known: taken out of all that is quoted. */
  controlTokens?: readonly string[]
  /** Where neighbours of the passages are read. */
  source?: Pick<PassageSource, 'passage'>
  /** Passages that are told, at most, and the tokens of each: for a model that was trained with few and short ones. */
  passages?: number
  passageTokens?: number
  /** LoRA adapters that the answer is written with; default none. */
  adapters?: readonly AnswerAdapter[]
}

const defaultAnswerTokens = 512

/** Tokens kept free beside the answer's: engines may add a mark or two that their count leaves out. */
export const reserve = 16

/** As much as may be written by a model with this context. */
export const answerTokensFor = (contextTokens: number, wanted = defaultAnswerTokens): number =>
  Math.min(wanted, Math.floor(contextTokens / 3))

/**
 * Answers with a language model: evidence and conversation become a prompt, and what the model writes is cut into sentences,
 * tied to the sentences of the passages that it cites, and checked against them. In strict mode the gate refuses before the
 * model is asked, and a model that finds nothing in its passages refuses too.
 *
 * Throws, after what was said so far, whatever the model throws (DeviceLost, ModelUnusable, Interrupted); PromptTooLong;
 * EmptyAnswer when the model says nothing.
 */
export function modelAnswerer(model: LanguageModel, options: ModelAnswererOptions = {}): Answerer {
  const { name, id } = model
  return {
    name,
    model: id,
    ...wornBy(options.adapters),
    answer: (request, signal) => answer(model, options, request, signal),
  }
}

/** As an answer and its answerer tell it: no word of adapters where there are none. */
export const wornBy = (adapters: readonly AnswerAdapter[] = []): Pick<Answer, 'adapters'> =>
  adapters.length > 0 ? { adapters } : {}

/** As the model is told it. */
export const adapterUses = (adapters: readonly AnswerAdapter[] = []): Pick<GenerateOptions, 'adapters'> =>
  adapters.length > 0 ? { adapters: adapters.map(({ adapter, strength }) => ({ adapter, strength })) } : {}

async function* answer(
  model: LanguageModel,
  options: ModelAnswererOptions,
  request: AnswerRequest,
  signal: AbortSignal,
): AsyncGenerator<AnswerEvent, void, undefined> {
  const started = performance.now()
  signal.throwIfAborted()
  const question = analyseQuestion(request.standalone ?? request.question, request.language)
  const read = readPassages(question, request.evidence.slice(0, gateReads), signal)
  const signed = (rest: Omit<Answer, 'answerer' | 'elapsed'>): AnswerEvent => {
    const by = { answerer: model.name, model: model.id, ...wornBy(options.adapters) }
    return { type: 'answer', answer: { ...rest, elapsed: performance.now() - started, ...by } }
  }
  const decision = decide(question, read)
  yield { type: 'decision', decision }
  if ((options.strict ?? true) && decision.refused) {
    yield { type: 'stage', stage: 'reading', passages: read.length }
    const coverage = coverageOf(
      request,
      read.map(({ evidence }) => alone(evidence)),
    )
    yield signed({ sentences: [], refused: true, nearest: nearest(read, citations()), coverage })
    return
  }
  const prompt = await promptFor(model, options, request, signal)
  const { budget } = prompt
  yield { type: 'stage', stage: 'reading', passages: budget.passages, budget }
  const written = yield* write(model, options, request, prompt, read, signal)
  if (written.writing.empty) throw new EmptyAnswer({ model: model.name })
  yield signed(writtenAnswer(written, request, prompt, read))
}

function writtenAnswer(
  { writing, end }: Written,
  request: AnswerRequest,
  { budget, shown }: BuiltPrompt,
  read: readonly ReadPassage[],
): Omit<Answer, 'answerer' | 'elapsed'> {
  const refused = writing.foundNothing
  const notes = [...writing.notes]
  const said = writing.sentences.map(({ text }) => text).join('\n')
  const { json, isProse } = writing instanceof JsonWriting ? writing : { json: undefined, isProse: true }
  const foreign = !isWordless(said) && detectLanguage(said) !== request.language
  if (!refused && isProse && foreign) notes.push('otherLanguage')
  return {
    sentences: [...writing.sentences],
    refused,
    nearest: refused ? nearest(read, citations()) : [],
    coverage: coverageOf(request, shown),
    prompt: budget,
    ...(end && { generation: figures(end) }),
    ...(notes.length > 0 && { notes }),
    ...(json !== undefined && { json }),
  }
}

const promptFor = (
  model: LanguageModel,
  { templates, strict = true, answerTokens, source, controlTokens, passages, passageTokens }: ModelAnswererOptions,
  { question, language, evidence, conversation }: AnswerRequest,
  signal: AbortSignal,
): Promise<BuiltPrompt> =>
  buildPrompt(
    model,
    { question, language, evidence: evidence.slice(0, passages), ...(conversation && { conversation }) },
    {
      templates: templates?.[language] ?? defaultTemplates[language],
      kind: strict ? 'strict' : 'open',
      answerTokens: answerTokensFor(model.capabilities.contextTokens, answerTokens),
      reserve,
      ...(source && { source }),
      ...(controlTokens && { controlTokens }),
      ...(passageTokens !== undefined && { passageTokens }),
    },
    signal,
  )

interface Written {
  writing: Writing | JsonWriting
  /** Absent where the model was stopped before its end. */
  end?: GenerationEnd
}

/** Has the model write, and tells what it writes. */
async function* write(
  model: LanguageModel,
  options: ModelAnswererOptions,
  request: AnswerRequest,
  { messages, shown, budget }: BuiltPrompt,
  read: readonly ReadPassage[],
  signal: AbortSignal,
): AsyncGenerator<AnswerEvent, Written, undefined> {
  const writing = await writingFor(model, options, request, messages, sentenceCheckFor(request, shown, read))
  const generate: GenerateOptions = {
    ...options.sampling,
    maxTokens: budget.answer,
    stop: options.stop ?? [],
    ...adapterUses(options.adapters),
  }
  const begun: AnswerEvent = { type: 'stage', stage: 'writing', passages: budget.passages, budget }
  const end = yield* generateInto(writing, model, messages, generate, begun, signal)
  return { writing, ...(end && { end }) }
}

function sentenceCheckFor(
  request: AnswerRequest,
  shown: readonly ShownEvidence[],
  read: readonly ReadPassage[],
): CheckSentence {
  const answering = new Map(read.map(({ evidence, sentence }) => [evidence.passage.id, sentence]))
  return sentenceChecker({
    shown,
    question: request.standalone ?? request.question,
    cite: citations(),
    answering: (passage) => answering.get(passage) ?? -1,
  })
}

/** With adapters an answer may come as JSON: one that is there for the form of answers makes it so, and others may. */
async function writingFor(
  model: LanguageModel,
  { templates, strict = true, stop, adapters = [] }: ModelAnswererOptions,
  { language }: AnswerRequest,
  messages: readonly ChatMessage[],
  check: CheckSentence,
): Promise<Writing | JsonWriting> {
  const writing: WritingOptions = {
    language,
    refusal: (templates?.[language] ?? defaultTemplates[language]).refusal,
    strict,
    thinking: await opensThinking(model, messages),
    ...(stop && { stop }),
    check,
  }
  const expected = adapters.some(({ kind }) => kind === 'format')
  return adapters.length > 0 ? new JsonWriting({ ...writing, expected }) : new Writing(writing)
}

/** Of what was found, what the model was given to read. */
function coverageOf({ coverage }: AnswerRequest, shown: readonly ShownEvidence[]): Coverage {
  const passages = shown.flatMap((widened) => widened.passages)
  const documents = new Set(passages.map(({ document }) => document))
  return { ...coverage, passagesRead: passages.length, documentsRead: documents.size }
}

function figures(end: GenerationEnd): Generation {
  const { promptTokens, reusedTokens, generatedTokens, firstToken, decoding, survival } = end
  const generation: Generation = { promptTokens, reusedTokens, generatedTokens, firstToken }
  if (survival) generation.survival = { gain: survival.gain, plainGain: survival.plainGain }
  if (generatedTokens > 1 && decoding > 0) generation.tokensPerSecond = ((generatedTokens - 1) * 1000) / decoding
  return generation
}
