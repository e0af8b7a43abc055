import type { AnswerEvent } from '../../answering/answerer'
import { reserve, answerTokensFor, modelAnswerer } from '../../answering/write'
import { quotedText } from '../../answering/quoted-text'
import { defaultTemplates, fill, type Templates } from '../../answering/templates/templates'
import { opensThinking } from '../../answering/written/complete'
import { SpokenText } from '../../answering/written/spoken-text'
import type { Answer, AnswerAdapter, Coverage, Evidence, Turn } from '../../domain'
import type { ChatMessage, GenerationEnd, LanguageModel } from '../../engines/llm/language-model'
import { EmptyAnswer, PromptTooLong } from '../../errors'
import { measureOpenAnswer, type OpenAnswer } from '../measures/open-answer'
import type { OpenQuestion } from '../question-set'
import type { Result } from '../run'
import type { RunSpec } from '../run-spec'
import type { LabContext } from './context'

/** An open question with all that is given to answer it. */
export interface OpenTask {
  question: OpenQuestion
  shots: readonly OpenQuestion[]
  /** Undefined: the arm reads none. */
  evidence?: readonly Evidence[]
  coverage?: Coverage
  seed: number
  /** Worn by the model. */
  adapters?: readonly AnswerAdapter[]
}

/** What a result holds of an open answer. `shots`: of the examples those that had room, and none where nothing was asked. */
export type OpenResult = Pick<Result, 'measures' | 'text' | 'sentences' | 'refused' | 'passages' | 'shots'> & {
  asked: string
}

/**
 * Answers an open question: with passages the way the chat does (its prompt, its gate, its check of each sentence), without
 * any from the model alone. Examples are told as turns of a conversation before.
 * @throws PromptTooLong, DeviceLost, ModelUnusable, Interrupted, AbortError
 */
export async function answerOpen(
  model: LanguageModel,
  task: OpenTask,
  spec: RunSpec,
  context: OpenContext,
  signal: AbortSignal,
): Promise<OpenResult> {
  const { question } = task
  const templates = context.templates?.[question.language] ?? defaultTemplates[question.language]
  const answered = task.evidence?.length
    ? await fromPassages(model, task, spec, context, signal)
    : await fromTheModel(model, task, spec, templates, signal)
  const { text, sentences, refused, passages, generation, asked, told } = answered
  const expectations = { refusal: templates.refusal, ...(spec.style && { style: spec.style }) }
  return {
    asked,
    text,
    ...(sentences && { sentences: [...sentences] }),
    refused,
    passages,
    // What has no room gives way from the first on.
    shots: task.shots.slice(task.shots.length - told).map(({ id }) => id),
    measures: { ...measureOpenAnswer(question, answered, expectations), ...generation },
  }
}

/** How answers are asked for. */
export type OpenContext = Pick<LabContext, 'templates' | 'source' | 'manner'>

/**
 * The messages that the model is, or was, given for an open question: everything is done but the writing. Undefined where it
 * is not asked because the gate refuses.
 * @throws PromptTooLong, AbortError
 */
export async function openPrompt(
  model: LanguageModel,
  task: OpenTask,
  spec: RunSpec,
  context: OpenContext,
  signal: AbortSignal,
): Promise<{ messages: readonly ChatMessage[]; asked: string } | undefined> {
  const { asked } = await answerOpen(mute(model), task, spec, context, signal)
  return asked === '' ? undefined : { asked, messages: JSON.parse(asked) as ChatMessage[] }
}

interface Answered extends OpenAnswer {
  passages: string[]
  /** Examples that it was given. */
  told: number
  generation: Result['measures']
  /** What tells one prompt from another, to be hashed. */
  asked: string
}

async function fromPassages(
  model: LanguageModel,
  { question, shots, evidence = [], coverage, seed, adapters = [] }: OpenTask,
  spec: RunSpec,
  { templates, source, manner: { alwaysStrict, ...manner } = {} }: OpenContext,
  signal: AbortSignal,
): Promise<Answered> {
  const heard: Heard = { asked: [], written: '' }
  const answerer = modelAnswerer(listening(model, heard), {
    ...manner,
    strict: spec.strict || alwaysStrict === true,
    answerTokens: spec.answerTokens,
    sampling: { temperature: spec.temperature, seed },
    adapters,
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
  const { answer, told } = await lastAnswer(answerer.answer(request, signal))
  const sentences = answer?.sentences ?? []
  const said = sentences.map(({ text }) => text).join(question.language === 'ja' ? '' : ' ')
  const passages = evidence.slice(0, answer?.prompt?.passages ?? answer?.coverage.passagesRead ?? evidence.length)
  return {
    // A form is judged by what was written: cut into sentences, an object loses its marks.
    text: question.format === 'json' && !answer?.refused ? heard.written.trim() : said,
    told,
    sentences,
    refused: answer?.refused ?? false,
    passages: passages.map(({ passage }) => passage.id),
    generation: answer?.generation ? figuresOf(answer.generation) : {},
    asked: heard.asked.join('\n'),
  }
}

const NOTHING_READ: Coverage = { passagesRead: 0, passagesSearched: 0, documentsRead: 0, documentsSearched: 0 }

/** A model that says nothing has answered, and wrongly. */
async function lastAnswer(events: AsyncIterable<AnswerEvent>): Promise<{ answer?: Answer; told: number }> {
  const last: { answer?: Answer; told: number } = { told: 0 }
  try {
    for await (const event of events) {
      if (event.type === 'answer') last.answer = event.answer
      else if (event.type === 'stage' && event.budget) last.told = event.budget.turns
    }
  } catch (error) {
    if (!(error instanceof EmptyAnswer)) throw error
  }
  return last
}

/** What went to a model and what came from it. */
interface Heard {
  asked: string[]
  written: string
}

/** The same model, whose prompts and answers are written down. */
const listening = (model: LanguageModel, heard: Heard): LanguageModel =>
  withGenerate(model, async function* (prompt, options, signal) {
    heard.asked.push(JSON.stringify(prompt))
    const pieces = model.generate(prompt, options, signal)
    try {
      for (;;) {
        const next = await pieces.next()
        if (next.done) return next.value
        heard.written += next.value.text
        yield next.value
      }
    } finally {
      // Where whoever reads has had enough, the model is to stop too; at its end this does nothing.
      await pieces.return(undefined as never)
    }
  })

/** The same model, which says nothing. */
const mute = (model: LanguageModel): LanguageModel =>
  // eslint-disable-next-line require-yield -- it says nothing
  withGenerate(model, async function* (prompt) {
    const promptTokens = await model.countTokens(prompt)
    return { reason: 'stop', promptTokens, reusedTokens: 0, generatedTokens: 0, firstToken: 0, decoding: 0 }
  })

const withGenerate = (model: LanguageModel, generate: LanguageModel['generate']): LanguageModel => ({
  id: model.id,
  name: model.name,
  capabilities: model.capabilities,
  generate,
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
  templates: Templates,
  signal: AbortSignal,
): Promise<Answered> {
  const maxTokens = answerTokensFor(model.capabilities.contextTokens, spec.answerTokens)
  const messages = closedPrompt(question, shots, templates)
  const room = model.capabilities.contextTokens - maxTokens - reserve
  for (let tokens = await model.countTokens(messages); tokens > room; tokens = await model.countTokens(messages)) {
    const example = messages.findIndex(({ role }) => role === 'assistant') - 1
    // Examples go first, two messages each, the instructions and the question last.
    if (example < 0) throw new PromptTooLong({ tokens, limit: room })
    messages.splice(example, 2)
  }
  const spoken = new SpokenText([], await opensThinking(model, messages))
  const options = { maxTokens, temperature: spec.temperature, seed }
  const pieces = model.generate(messages, options, signal)
  let text = ''
  let next = await pieces.next()
  for (; !next.done; next = await pieces.next()) text += spoken.take(next.value.text)
  text = (text + spoken.end()).trim()
  const told = messages.filter(({ role }) => role === 'assistant').length
  return {
    text,
    told,
    refused: false,
    passages: [],
    generation: figuresOf(next.value),
    asked: JSON.stringify(messages),
  }
}

function closedPrompt(question: OpenQuestion, shots: readonly OpenQuestion[], templates: Templates): ChatMessage[] {
  const system = fill(templates['closed.system'], { refusal: templates.refusal })
  const asked = (text: string) => fill(templates['closed.user'], { question: quotedText(text) })
  return [
    ...(system ? [{ role: 'system' as const, content: system }] : []),
    ...shots.flatMap(({ question: example, answers }): ChatMessage[] => [
      { role: 'user', content: asked(example) },
      { role: 'assistant', content: quotedText(answers[0] ?? '') },
    ]),
    { role: 'user', content: asked(question.question) },
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
