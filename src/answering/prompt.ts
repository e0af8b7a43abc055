import type { Evidence, Language, PromptBudget, Turn } from '../domain'
import type { ChatMessage, LanguageModel, Prompt } from '../engines/llm/language-model'
import { PromptTooLong } from '../errors'
import type { PassageSource } from '../retrieval/candidate'
import { alone, textOf, widen, type WidenedEvidence } from '../retrieval/widen'
import type { Conversation } from './answerer'
import { quotedText } from './quoted-text'
import { cutToTokens, renderPassage, toldText } from './rendered-passage'
import { fill, type Templates } from './templates/templates'

/** What the prompt is made for. */
export interface PromptRequest {
  question: string
  language: Language
  /** Best first. */
  evidence: readonly Evidence[]
  conversation?: Conversation
}

export interface PromptOptions {
  templates: Templates
  /** The pair of templates, `<kind>.system` and `<kind>.user`. */
  kind: 'strict' | 'open' | 'items' | 'notes'
  /** Tokens kept free for the answer. */
  answerTokens: number
  /** Tokens kept free beside those, for what the engine's count may miss. */
  reserve: number
  /** Where neighbours of the passages are read; without it none are told. */
  source?: Pick<PassageSource, 'passage'>
  /** Marks of the model's chat template that quotedText does not know. */
  controlTokens?: readonly string[]
  /** Tokens that a passage may take, of a longer one the sentences around what was asked for; absent: as it is. */
  passageTokens?: number
}

export interface BuiltPrompt {
  messages: ChatMessage[]
  /** What stands behind each number of the prompt: [1] is the first. */
  shown: WidenedEvidence[]
  budget: PromptBudget
}

/**
 * Builds the messages for one question: instructions, the conversation, then numbered passages and the question in the last
 * turn, where small models heed them most. What does not fit goes in this order: neighbours, passages from the least relevant
 * end, earlier turns, their summary, sentences of the last passage. Tokens are counted by the model itself.
 * @throws PromptTooLong when instructions and question alone are more than the context holds; AbortError
 */
export async function buildPrompt(
  model: Pick<LanguageModel, 'countTokens' | 'capabilities'>,
  request: PromptRequest,
  options: PromptOptions,
  signal: AbortSignal,
): Promise<BuiltPrompt> {
  const limit = model.capabilities.contextTokens
  const room = limit - options.answerTokens - options.reserve
  const count = async (prompt: Prompt): Promise<number> => {
    signal.throwIfAborted()
    return model.countTokens(prompt)
  }
  const draft = new PromptDraft(request, options, room, count)
  await draft.chooseConversation()
  await draft.choosePassages()
  await draft.addNeighbours()
  const tokens = await draft.fit()
  signal.throwIfAborted()
  const { shown, conversation } = draft
  const budget: PromptBudget = {
    tokens,
    limit,
    answer: options.answerTokens,
    passages: shown.length,
    neighbours: shown.reduce((sum, { passages }) => sum + passages.length - 1, 0),
    leftOut: request.evidence.length - shown.length,
    turns: conversation.turns.filter(({ answer }) => answer).length,
    summarised: conversation.summary !== undefined,
  }
  return { messages: draft.messages(), shown, budget }
}

/** A prompt while it is being fitted into its room. */
class PromptDraft {
  shown: WidenedEvidence[] = []
  conversation: Conversation
  readonly #request: PromptRequest
  readonly #options: PromptOptions
  readonly #room: number
  readonly #count: (prompt: Prompt) => Promise<number>

  constructor(
    request: PromptRequest,
    options: PromptOptions,
    room: number,
    count: (prompt: Prompt) => Promise<number>,
  ) {
    this.#request = request
    this.#options = options
    this.#room = room
    this.#count = count
    this.conversation = { ...request.conversation, turns: request.conversation?.turns ?? [] }
  }

  messages(): ChatMessage[] {
    const { templates, kind, controlTokens } = this.#options
    const quoted = (text: string) => quotedText(text, controlTokens)
    const { summary, turns } = this.conversation
    const instructions = fill(templates[`${kind}.system`], { refusal: templates.refusal, none: templates.none })
    const memory = summary === undefined ? '' : fill(templates.memory, { summary: quoted(summary) })
    const system = [instructions, memory].filter(Boolean).join('\n\n')
    const passages = this.shown.map((one, at) => this.#render(one, at + 1)).join('\n\n')
    const question = quoted(this.#request.question)
    // A question without any passage is asked as it is: an empty list of passages makes models invent some.
    const user = passages || kind !== 'open' ? fill(templates[`${kind}.user`], { passages, question }) : question
    return [
      ...(system ? [{ role: 'system' as const, content: system }] : []),
      ...turns.flatMap((turn) => turnMessages(turn, templates, controlTokens)),
      { role: 'user', content: user },
    ]
  }

  /** Leaves out what no passage would find room beside: older turns first. */
  async chooseConversation(): Promise<void> {
    const least = await this.#leastPassage()
    for (;;) {
      const frame = await this.#count(this.messages())
      if (frame + least <= this.#room) return
      if (this.#dropFromConversation()) continue
      if (frame > this.#room) throw new PromptTooLong({ tokens: frame, limit: this.#room })
      return
    }
  }

  /** As many passages as there is room for, best first; the best one always, if need be cut. */
  async choosePassages(): Promise<void> {
    let left = this.#room - (await this.#count(this.messages()))
    for (const evidence of this.#request.evidence) {
      const whole = await this.#shortened(evidence)
      const tokens = await this.#count(this.#render(whole, this.shown.length + 1))
      if (tokens > left) {
        if (this.shown.length === 0) this.shown.push(cutToTokens(whole, left / tokens))
        return
      }
      left -= tokens
      this.shown.push(whole)
    }
  }

  /** Fills what is left with neighbours of the passages, best passages first. */
  async addNeighbours(): Promise<void> {
    const { source } = this.#options
    if (!source || this.shown.length === 0 || this.#isCut()) return
    const used = await this.#count(this.messages())
    // widen counts by the passages' own estimate, which is for another tokenizer: the two are compared over these passages.
    const estimated = this.shown.reduce((sum, { evidence }) => sum + evidence.passage.tokens, 0)
    const counted = await this.#count(this.shown.map(textOf).join('\n'))
    const more = Math.max(0, this.#room - used) * (estimated / Math.max(1, counted))
    this.shown = await widen(
      this.shown.map(({ evidence }) => evidence),
      source,
      estimated + more,
    )
  }

  /** Takes away until the whole fits, as the model counts it, and tells its tokens. */
  async fit(): Promise<number> {
    for (;;) {
      const tokens = await this.#count(this.messages())
      if (tokens <= this.#room) return tokens
      if (!this.#dropNeighbour() && !this.#dropPassage() && !this.#dropFromConversation() && !this.#cutPassage())
        throw new PromptTooLong({ tokens, limit: this.#room })
    }
  }

  #render = (widened: WidenedEvidence, number: number): string =>
    renderPassage(widened, number, this.#options.templates, this.#options.controlTokens)

  /** Tokens that the best passage takes; of a long one the half, since it can be cut. */
  async #leastPassage(): Promise<number> {
    const [evidence] = this.#request.evidence
    if (!evidence) return 0
    const tokens = await this.#count(this.#render(alone(evidence), 1))
    return tokens / 2
  }

  /** A passage as it is told, within what one may take. */
  async #shortened(evidence: Evidence): Promise<WidenedEvidence> {
    const whole = alone(evidence)
    const { passageTokens, templates } = this.#options
    if (passageTokens === undefined) return whole
    const tokens = await this.#count(toldText(whole, templates))
    return tokens > passageTokens ? cutToTokens(whole, passageTokens / tokens) : whole
  }

  #isCut = (): boolean => this.shown.some((each) => textOf(each).length < each.evidence.passage.text.length)

  #dropNeighbour(): boolean {
    const at = this.shown.findLastIndex(({ passages }) => passages.length > 1)
    const widened = this.shown[at]
    if (!widened) return false
    this.shown[at] = alone(widened.evidence)
    return true
  }

  #dropPassage(): boolean {
    if (this.shown.length < 2) return false
    this.shown.pop()
    return true
  }

  #dropFromConversation(): boolean {
    const { summary, turns } = this.conversation
    if (turns.length === 0 && summary === undefined) return false
    if (turns.length > 1 || summary === undefined) this.conversation = { ...this.conversation, turns: turns.slice(1) }
    else this.conversation = { turns }
    return true
  }

  #cutPassage(): boolean {
    const only = this.shown[0]
    if (!only) return false
    const cut = cutToTokens(only, 0.8)
    if (textOf(cut).length >= textOf(only).length) return false
    this.shown[0] = cut
    return true
  }
}

/** A turn as the model is told it: the answer without its citations, whose numbers stood for other passages. */
export function turnMessages(turn: Turn, templates: Templates, controlTokens?: readonly string[]): ChatMessage[] {
  if (!turn.answer) return []
  return [
    { role: 'user', content: quotedText(turn.question, controlTokens) },
    { role: 'assistant', content: quotedText(answerText(turn, templates), controlTokens) },
  ]
}

/** What was answered; where it was refused, the templates' words for that. */
export function answerText({ answer, language }: Turn, templates: Templates): string {
  if (!answer) return ''
  if (answer.refused) return templates.refusal
  return answer.sentences.map(({ text }) => text).join(language === 'ja' ? '' : ' ')
}
