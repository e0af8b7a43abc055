import { reserve, answerTokensFor, modelAnswerer } from '../../answering/write'
import { quotedText } from '../../answering/quoted-text'
import { defaultTemplates, fill } from '../../answering/templates/templates'
import { opensThinking } from '../../answering/written/complete'
import { SpokenText } from '../../answering/written/spoken-text'
import type { Answer, Coverage, Evidence, Turn } from '../../domain'
import type { ChatMessage, GenerationEnd, LanguageModel } from '../../engines/llm/language-model'
import { EmptyAnswer, PromptTooLong } from '../../errors'
import { measureOpenAnswer, type OpenAnswer } from '../measures/open-answer'
import type { OpenQuestion } from '../question-set'
import type { Result } from '../run'
import type { RunSpec } from '../run-spec'
import type { LabContext } from './context'
import { labTemplates } from './templates/templates'

/** An open question with all that is given to answer it. */
export interface OpenTask {
  question: OpenQuestion
  shots: readonly OpenQuestion[]
  /** Undefined: the arm reads none. */
  evidence?: readonly Evidence[]
  coverage?: Coverage
  seed: number
}

/** What a result holds of an open answer. */
export type OpenResult = Pick<Result, 'measures' | 'text' | 'sentences' | 'refused' | 'passages'> & { asked: string }

/**
 * Answers an open question: with passages the way the chat does (its prompt, its gate, its check of each sentence), without
 * any from the model alone. Examples are told as turns of a conversation before.
 * @throws PromptTooLong, DeviceLost, ModelUnusable, Interrupted, AbortError
 */
export async function answerOpen(
  model: LanguageModel,
  task: OpenTask,
  spec: RunSpec,
  context: Pick<LabContext, 'templates' | 'source'>,
  signal: AbortSignal,
): Promise<OpenResult> {
  const { question } = task
  const templates = context.templates?.[question.language] ?? defaultTemplates[question.language]
  const answered = task.evidence?.length
    ? await fromPassages(model, task, spec, context, signal)
    : await fromTheModel(model, task, spec, templates.refusal, signal)
  const { text, sentences, refused, passages, generation, asked } = answered
  const expectations = { refusal: templates.refusal, ...(spec.style && { style: spec.style }) }
  return {
    asked,
    text,
    ...(sentences && { sentences: [...sentences] }),
    refused,
    passages,
    measures: { ...measureOpenAnswer(question, answered, expectations), ...generation },
  }
}

interface Answered extends OpenAnswer {
  passages: string[]
  generation: Result['measures']
  /** What tells one prompt from another, to be hashed. */
  asked: string
}

async function fromPassages(
  model: LanguageModel,
  { question, shots, evidence = [], coverage, seed }: OpenTask,
  spec: RunSpec,
  { templates, source }: Pick<LabContext, 'templates' | 'source'>,
  signal: AbortSignal,
): Promise<Answered> {
  const asked: string[] = []
  const answerer = modelAnswerer(listening(model, asked), {
    strict: spec.strict,
    answerTokens: spec.answerTokens,
    sampling: { temperature: spec.temperature, seed },
    ...(templates && { templates }),
    ...(source && { source }),
  })
  const request = {
    question: question.question,
    language: question.language,
    evidence: [...evidence],
    coverage: coverage ?? NOTHING_READ,
    ...(shots.length > 0 && { conversation: { turns: shots.map(turnOf) } }),
  }
  const answer = await lastAnswer(answerer.answer(request, signal))
  const sentences = answer?.sentences ?? []
  const passages = evidence.slice(0, answer?.prompt?.passages ?? answer?.coverage.passagesRead ?? evidence.length)
  return {
    text: sentences.map(({ text }) => text).join(question.language === 'ja' ? '' : ' '),
    sentences,
    refused: answer?.refused ?? false,
    passages: passages.map(({ passage }) => passage.id),
    generation: answer?.generation ? figuresOf(answer.generation) : {},
    asked: asked.join('\n'),
  }
}

const NOTHING_READ: Coverage = { passagesRead: 0, passagesSearched: 0, documentsRead: 0, documentsSearched: 0 }

/** A model that says nothing has answered, and wrongly. */
async function lastAnswer(events: AsyncIterable<{ type: string; answer?: Answer }>): Promise<Answer | undefined> {
  let answer: Answer | undefined
  try {
    for await (const event of events) answer = event.answer ?? answer
  } catch (error) {
    if (!(error instanceof EmptyAnswer)) throw error
  }
  return answer
}

/** The same model, whose prompts are written down. */
const listening = (model: LanguageModel, asked: string[]): LanguageModel => ({
  id: model.id,
  name: model.name,
  capabilities: model.capabilities,
  generate: (prompt, options, signal) => {
    asked.push(JSON.stringify(prompt))
    return model.generate(prompt, options, signal)
  },
  score: (...given) => model.score(...given),
  countTokens: (text) => model.countTokens(text),
  applyTemplate: (messages) => model.applyTemplate(messages),
  unload: () => model.unload(),
})

const turnOf = ({ id, question, language, answers }: OpenQuestion): Turn => ({
  id,
  collection: '',
  asked: 0,
  question,
  language,
  answer: {
    sentences: [{ text: answers[0] ?? '', marks: [], citations: [] }],
    refused: false,
    nearest: [],
    coverage: NOTHING_READ,
    answerer: '',
    elapsed: 0,
  },
})

async function fromTheModel(
  model: LanguageModel,
  { question, shots, seed }: OpenTask,
  spec: RunSpec,
  refusal: string,
  signal: AbortSignal,
): Promise<Answered> {
  const maxTokens = answerTokensFor(model.capabilities.contextTokens, spec.answerTokens)
  const messages = closedPrompt(question, shots, refusal)
  const room = model.capabilities.contextTokens - maxTokens - reserve
  for (let tokens = await model.countTokens(messages); tokens > room; tokens = await model.countTokens(messages)) {
    // Examples go first, two messages each, the instructions and the question last.
    if (messages.length < 4) throw new PromptTooLong({ tokens, limit: room })
    messages.splice(1, 2)
  }
  const spoken = new SpokenText([], await opensThinking(model, messages))
  const options = { maxTokens, temperature: spec.temperature, seed }
  const pieces = model.generate(messages, options, signal)
  let text = ''
  let next = await pieces.next()
  for (; !next.done; next = await pieces.next()) text += spoken.take(next.value.text)
  text = (text + spoken.end()).trim()
  return { text, refused: false, passages: [], generation: figuresOf(next.value), asked: JSON.stringify(messages) }
}

function closedPrompt(question: OpenQuestion, shots: readonly OpenQuestion[], refusal: string): ChatMessage[] {
  return [
    { role: 'system', content: fill(labTemplates[question.language].closed, { refusal }) },
    ...shots.flatMap(({ question: asked, answers }): ChatMessage[] => [
      { role: 'user', content: quotedText(asked) },
      { role: 'assistant', content: quotedText(answers[0] ?? '') },
    ]),
    { role: 'user', content: quotedText(question.question) },
  ]
}

/** How the writing went, in the names of measures. */
function figuresOf({
  promptTokens,
  reusedTokens,
  generatedTokens,
  firstToken,
  ...speed
}: Pick<GenerationEnd, 'promptTokens' | 'reusedTokens' | 'generatedTokens' | 'firstToken'> & {
  decoding?: number
  tokensPerSecond?: number
}): Result['measures'] {
  const { decoding = 0 } = speed
  const rate =
    speed.tokensPerSecond ??
    (generatedTokens > 1 && decoding > 0 ? ((generatedTokens - 1) * 1000) / decoding : undefined)
  return {
    promptTokens,
    reusedTokens,
    generatedTokens,
    firstToken,
    ...(rate !== undefined && { tokensPerSecond: rate }),
  }
}
