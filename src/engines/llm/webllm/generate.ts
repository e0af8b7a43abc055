import type { GeneratedPiece, GenerateOptions, GenerationEnd, Prompt } from '../language-model'
import { Pieces } from '../onnx/pieces'
import { Sampler } from '../onnx/sampler'
import type { MlcMessage } from './cached-turns'
import { LogitChoice } from './logit-choice'
import type { MlcRequest } from './mlc-engine'
import { readPrompt, run, type FinishReason, type ReadyWebLlm } from './ready-web-llm'

/**
 * The answer to a prompt. web-llm computes it; tokens become text here, by the same rules as in the engine `onnx`: characters
 * appear when they are whole, and nothing of a stop text is told.
 *
 * Where it is asked with a grammar (`schema`), log-probabilities are those among the tokens that the grammar allows.
 * @throws PromptTooLong, ModelUnusable, DeviceLost, AbortError
 */
export async function* generate(
  llm: ReadyWebLlm,
  prompt: Prompt,
  options: GenerateOptions,
  signal: AbortSignal,
): AsyncGenerator<GeneratedPiece, GenerationEnd, undefined> {
  const start = performance.now()
  const { text, tokens } = readPrompt(llm, prompt, 1)
  const messages = llm.turns.messages(text)
  const reused = reusedTokens(llm, messages, tokens.length)
  llm.turns.forget()
  const end = { promptTokens: tokens.length, reusedTokens: reused }
  if (options.maxTokens < 1) return { ...end, reason: 'length', generatedTokens: 0, firstToken: 0, decoding: 0 }
  const choice = choosesHere(options) ? choiceOf(options, tokens) : undefined
  const pieces = new Pieces(llm.tokenizer.decode, options.stop ?? [], options.logProbabilities ?? false)
  // web-llm would choose one token more, for which the context has no place.
  const room = Math.min(options.maxTokens, llm.contextTokens - tokens.length)
  const answer = run(llm, requestOf(messages, room, options, choice !== undefined), choice)
  const { finish, generated, first, last } = yield* tell(answer, pieces, choice, signal)
  if (finish === 'stop') llm.turns.keep(messages, await llm.engine.getMessage())
  const rest = pieces.finish()
  if (rest) yield rest
  return {
    ...end,
    reason: reasonOf(finish, generated, options),
    generatedTokens: generated,
    firstToken: (first || performance.now()) - start,
    decoding: last - first,
  }
}

interface Told {
  /** Absent where a stop text ended the answer. */
  finish: FinishReason | undefined
  generated: number
  /** When the first token came and when the last, by performance.now(); 0 where none did. */
  first: number
  last: number
}

/** The tokens of an answer as pieces, up to its end or a stop text. */
async function* tell(
  answer: AsyncGenerator<number[], FinishReason, undefined>,
  pieces: Pieces,
  choice: LogitChoice | undefined,
  signal: AbortSignal,
): AsyncGenerator<GeneratedPiece, Told, undefined> {
  const told: Told = { finish: undefined, generated: 0, first: 0, last: 0 }
  try {
    while (!pieces.stopped) {
      const { done, value } = await answer.next()
      signal.throwIfAborted()
      if (done) return { ...told, finish: value }
      told.last = performance.now()
      told.first ||= told.last
      for (const token of value) {
        if (pieces.stopped) break
        const piece = pieces.add(token, choice?.logProbabilities[told.generated] ?? 0)
        told.generated += 1
        if (piece) yield piece
      }
    }
    return told
  } finally {
    await answer.return('abort')
  }
}

/** An answer that ended here, at a stop text, was not ended by web-llm. */
function reasonOf(
  finish: FinishReason | undefined,
  generated: number,
  { maxTokens }: GenerateOptions,
): GenerationEnd['reason'] {
  if (finish !== 'length') return 'stop'
  return generated >= maxTokens ? 'length' : 'context'
}

/** Tokens of the prompt that web-llm does not read again. */
function reusedTokens({ tokenizer }: ReadyWebLlm, messages: readonly MlcMessage[], tokens: number): number {
  if (messages.length === 1) return 0
  return Math.max(0, tokens - tokenizer.encodeContinuation(messages.at(-1)!.content).length)
}

/**
 * What web-llm does by itself: the most likely token, or drawing by temperature and top-p without a seed. For everything else
 * the logits have to come here and back for each token.
 */
function choosesHere(options: GenerateOptions): boolean {
  const { temperature = 0, topK = 0, topP = 1, minP = 0, repetitionPenalty = 1, seed, logProbabilities } = options
  const shapes = topK > 0 || minP > 0 || !(topP > 0 && topP <= 1) || seed !== undefined
  return logProbabilities === true || repetitionPenalty !== 1 || (temperature > 0 && shapes)
}

function choiceOf(options: GenerateOptions, prompt: readonly number[]): LogitChoice {
  const sampler = new Sampler(options, prompt)
  return new LogitChoice((logits) => sampler.choose(logits))
}

/** Every figure is said: what is left out, web-llm takes from the model's own configuration. */
function requestOf(
  messages: MlcMessage[],
  maxTokens: number,
  options: GenerateOptions,
  isChosenHere: boolean,
): MlcRequest {
  const { temperature = 0, topP = 1, schema } = options
  return {
    messages,
    stream: true,
    max_tokens: maxTokens,
    // Where the choice is made here, one token is left with all of the probability.
    temperature: isChosenHere ? 1 : temperature,
    top_p: isChosenHere || temperature === 0 ? 1 : topP,
    repetition_penalty: 1,
    frequency_penalty: 0,
    presence_penalty: 0,
    ...(schema && { response_format: { type: 'json_object' as const, schema: JSON.stringify(schema) } }),
  }
}
