import type { CollectionId, ConversationSummary, Turn } from '../domain'
import type { LanguageModel } from '../engines/llm/language-model'
import { isAbort } from '../errors'
import { countTokens } from '../language/tokens'
import type { Conversation } from './answerer'
import { answerText, turnMessages } from './prompt'
import { quotedText } from './quoted-text'
import { fill, type Templates } from './templates/templates'
import { complete } from './written/complete'

export interface MemoryOptions {
  /** Makes the summary and counts tokens; without it turns that do not fit are forgotten. */
  model?: LanguageModel
  /** In the language of the question. */
  templates: Templates
  /** Tokens that turns and summary may take together: a quarter of the context leaves room for evidence. */
  tokens: number
}

export interface Memory {
  conversation: Conversation
  /** To be kept with the conversation, in place of the one that was given; absent where none is needed yet. */
  summary?: ConversationSummary
}

/** Of the tokens, what turns are left when older ones are summarised: then not every question needs a new summary. */
const keptShare = 0.5

/** Tokens of a summary, at most: this share of all, and not more than this. */
const summarySize = { share: 0.25, most: 256 }

/**
 * What a model is to be told of the conversation. Turns are told word by word as long as they fit; when they no longer do,
 * the older half goes into a summary that the model writes, which grows with the conversation. The last turn is always told,
 * if need be without the end of its answer. A summary that tells of a turn that has been removed since is made anew.
 *
 * A model that fails at the summary costs the older turns, not the question: only an abort is thrown.
 * @param turns of one conversation, oldest first
 */
export async function remember(
  turns: readonly Turn[],
  kept: ConversationSummary | undefined,
  options: MemoryOptions,
  signal: AbortSignal,
): Promise<Memory> {
  signal.throwIfAborted()
  const answered = turns.filter(({ answer }) => answer)
  const last = answered.at(-1)
  if (!last) return { conversation: { turns: [] } }
  const present = new Set(turns.map(({ id }) => id))
  const summary = kept?.turns.every((id) => present.has(id)) ? kept : undefined
  const fresh = answered.filter((turn) => turn === last || !summary?.turns.includes(turn.id))
  const costs = await Promise.all(fresh.map((turn) => turnTokens(turn, options)))
  const total = costs.reduce((sum, tokens) => sum + tokens, 0) + (await textTokens(summary?.text ?? '', options))
  if (total <= options.tokens) return memoryOf(fresh, summary)
  const first = firstKept(costs, options.tokens * (options.model ? keptShare : 1))
  const recent = fresh.slice(first)
  if (recent.length === 1) recent[0] = await shortened(last, options.tokens * keptShare, options)
  const older = fresh.slice(0, first)
  if (!options.model || older.length === 0) return memoryOf(recent, summary)
  const renewed = await summarise(older, summary, last.collection, { ...options, model: options.model }, signal)
  return memoryOf(recent, renewed)
}

const memoryOf = (turns: readonly Turn[], summary: ConversationSummary | undefined): Memory => ({
  conversation: { turns, ...(summary && { summary: summary.text }) },
  ...(summary && { summary }),
})

/** Index of the first of the newest turns that fit together; the last one always does. */
function firstKept(costs: readonly number[], tokens: number): number {
  let first = costs.length - 1
  for (let sum = costs[first] ?? 0; first > 0; first--) {
    sum += costs[first - 1] ?? 0
    if (sum > tokens) break
  }
  return Math.max(0, first)
}

const textTokens = (text: string, { model }: MemoryOptions): Promise<number> | number =>
  text === '' ? 0 : model ? model.countTokens(text) : countTokens(text)

const turnTokens = (turn: Turn, options: MemoryOptions): Promise<number> | number => {
  const messages = turnMessages(turn, options.templates)
  return textTokens(messages.map(({ content }) => content).join('\n'), options)
}

/** The turn with as many sentences of its answer, from the beginning, as fit; the question stays whole. */
async function shortened(turn: Turn, tokens: number, options: MemoryOptions): Promise<Turn> {
  const { answer } = turn
  let short = turn
  for (let count = answer?.sentences.length ?? 0; answer && count > 1;) {
    if ((await turnTokens(short, options)) <= tokens) break
    count--
    short = { ...turn, answer: { ...answer, sentences: answer.sentences.slice(0, count) } }
  }
  return short
}

type SummaryOptions = MemoryOptions & { model: LanguageModel }

/** The summary with further turns told; as it was when the model has nothing to say or fails. */
async function summarise(
  turns: readonly Turn[],
  summary: ConversationSummary | undefined,
  collection: CollectionId,
  options: SummaryOptions,
  signal: AbortSignal,
): Promise<ConversationSummary | undefined> {
  let current = summary
  for (const batch of await batches(turns, options)) {
    const text = await summaryOf(batch, current?.text ?? '', options, signal)
    if (text === '') return current
    current = { collection, turns: [...(current?.turns ?? []), ...batch.map(({ id }) => id)], text }
  }
  return current
}

/** Turns in portions that the model can read at once. */
async function batches(turns: readonly Turn[], options: SummaryOptions): Promise<Turn[][]> {
  const room = options.model.capabilities.contextTokens / 2
  const portions: Turn[][] = []
  let used = Infinity
  for (const turn of turns) {
    const short = await shortened(turn, room, options)
    const tokens = await turnTokens(short, options)
    if (used + tokens > room) {
      portions.push([])
      used = 0
    }
    portions.at(-1)?.push(short)
    used += tokens
  }
  return portions
}

async function summaryOf(
  turns: readonly Turn[],
  summary: string,
  { model, templates, tokens }: SummaryOptions,
  signal: AbortSignal,
): Promise<string> {
  const told = turns.map((turn) =>
    fill(templates.turn, { question: quotedText(turn.question), answer: quotedText(answerText(turn, templates)) }),
  )
  const user = fill(templates['summarise.user'], { summary: quotedText(summary), turns: told.join('\n\n') })
  const messages = [
    { role: 'system' as const, content: templates['summarise.system'] },
    { role: 'user' as const, content: user },
  ]
  const maxTokens = Math.floor(Math.min(tokens * summarySize.share, summarySize.most))
  try {
    return (await complete(model, messages, { maxTokens }, signal)).text
  } catch (error) {
    if (isAbort(error) || signal.aborted) throw error
    return ''
  }
}
