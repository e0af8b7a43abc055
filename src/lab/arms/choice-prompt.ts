import { quotedPassage, quotedText } from '../../answering/quoted-text'
import { fill } from '../../answering/templates/templates'
import type { Evidence } from '../../domain'
import type { ChatMessage, LanguageModel, Prompt } from '../../engines/llm/language-model'
import { PromptTooLong } from '../../errors'
import type { ChoiceQuestion } from '../question-set'
import type { LabTemplates } from './templates/templates'

export interface ChoicePromptRequest {
  question: ChoiceQuestion
  /** Examples, the first of them first. */
  shots: readonly ChoiceQuestion[]
  /** Best first; as many are given as fit. */
  evidence: readonly Evidence[]
  form: 'plain' | 'chat'
  templates: LabTemplates
}

/** What is put to the model, and the options as they go on from it. */
export interface ChoicePrompt {
  prompt: Prompt
  continuations: string[]
  shots: ChoiceQuestion[]
  evidence: Evidence[]
}

/** Tokens kept free beside the options': engines may add a mark that their count leaves out. */
const RESERVE = 4

/**
 * Builds the prompt that the options of a question are scored after: examples with their right answers, passages (the
 * context, prepended as in the paper), the question. Examples come first since they are the same for many questions, and a
 * better passage before a worse one since a prompt with one passage more then begins like the one before: both are read once
 * and kept. What does not fit goes in this order: passages from the least relevant end, examples from the last.
 * @throws PromptTooLong when the question alone is longer than the context; AbortError
 */
export async function buildChoicePrompt(
  model: Pick<LanguageModel, 'countTokens' | 'capabilities'>,
  request: ChoicePromptRequest,
  signal: AbortSignal,
): Promise<ChoicePrompt> {
  const { question, templates, form } = request
  const continuations = question.options.map((option) => optionText(option, form, templates))
  const count = async (text: Prompt): Promise<number> => {
    signal.throwIfAborted()
    return model.countTokens(text)
  }
  const longest = Math.max(...(await Promise.all(continuations.map(count))))
  const room = model.capabilities.contextTokens - longest - RESERVE
  let shots = [...request.shots]
  let evidence = await asManyAsFit(request, room, count)
  for (;;) {
    const prompt = promptOf({ ...request, shots, evidence })
    const tokens = await count(prompt)
    if (tokens <= room) return { prompt, continuations, shots, evidence }
    if (evidence.length > 0) evidence = evidence.slice(0, -1)
    else if (shots.length > 0) shots = shots.slice(0, -1)
    else throw new PromptTooLong({ tokens, limit: room })
  }
}

/** Passages one by one, so that a long list of them is not counted again and again. */
async function asManyAsFit(
  request: ChoicePromptRequest,
  room: number,
  count: (text: Prompt) => Promise<number>,
): Promise<Evidence[]> {
  if (request.evidence.length === 0) return []
  let left = room - (await count(promptOf({ ...request, evidence: [] })))
  const fitting: Evidence[] = []
  for (const one of request.evidence) {
    left -= await count(`${passageText(one, request.templates)}\n\n`)
    if (left < 0) break
    fitting.push(one)
  }
  return fitting
}

/** The prompt as it is, without looking whether it fits. */
export function promptOf({ question, shots, evidence, form, templates }: ChoicePromptRequest): Prompt {
  const passages = evidence.length
    ? fill(templates.passages, { passages: evidence.map((one) => passageText(one, templates)).join('\n\n') })
    : ''
  const asked = (one: ChoiceQuestion) => quotedText(one.question.trim())
  const right = (one: ChoiceQuestion) => optionText(one.options[one.answer]!, form, templates)
  if (form === 'plain') {
    const asking = (one: ChoiceQuestion) => fill(templates.question, { question: asked(one) })
    const examples = shots.map((one) => `${asking(one)}${right(one)}\n\n`).join('')
    return `${examples}${passages}${asking(question)}`
  }
  const turn = (one: ChoiceQuestion, before: string): ChatMessage => {
    return { role: 'user', content: fill(templates.chat, { passages: before, question: asked(one) }) }
  }
  return [
    ...shots.flatMap((one): ChatMessage[] => [turn(one, ''), { role: 'assistant', content: right(one) }]),
    turn(question, passages),
  ]
}

const passageText = ({ passage }: Evidence, templates: LabTemplates): string =>
  fill(templates.passage, { text: quotedPassage(passage.text) })

/** In a chat the answer begins a turn of its own, without the space that divides it from "Answer:". */
const optionText = (option: string, form: 'plain' | 'chat', templates: LabTemplates): string => {
  const text = quotedText(option.trim())
  return form === 'chat' ? text : fill(templates.answer, { answer: text })
}
