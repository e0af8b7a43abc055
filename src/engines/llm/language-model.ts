import type { AdapterSurvival, AdapterUse } from '../../lora/adapter'

/**
 * What the rest of the program knows of a language model, whichever engine runs it (onnx/ or webllm/). A model lives in a
 * worker of its own; freeing its memory means ending that worker.
 */

export interface ChatMessage {
  role: 'system' | 'user' | 'assistant'
  content: string
}

/** A prompt as it is, or messages that the model's own template turns into one. */
export type Prompt = string | readonly ChatMessage[]

/** How tokens are chosen. All at their defaults: greedy. */
export interface Sampling {
  /** 0 (default): the most likely token, always. */
  temperature?: number
  /** Only the k most likely tokens take part; 0 (default): all. */
  topK?: number
  /** Only the fewest tokens that hold this much of the probability; 1 (default): all. */
  topP?: number
  /** Only tokens with at least this share of the most likely one's probability; 0 (default): all. */
  minP?: number
  /** Divides the logits of tokens that stand in the prompt or in the answer already; 1 (default): none. */
  repetitionPenalty?: number
  /** Equal seeds give equal answers on one device. Default: a random one. */
  seed?: number
}

/**
 * Restricts what may come next: a grammar. Asked before each token with the tokens chosen so far; it gives the tokens that may
 * follow, or undefined where all may.
 */
export type TokenMask = (chosen: readonly number[]) => ArrayLike<number> | undefined

export interface GenerateOptions extends Sampling {
  /** Tokens of the answer, at most; the context's end may come first. */
  maxTokens: number
  /** Texts that end the answer and are not part of it. */
  stop?: readonly string[]
  /** A JSON schema that the answer has to satisfy, for engines whose capabilities say so. */
  schema?: object
  /** Tell the log-probability of each token. */
  logProbabilities?: boolean
  /**
   * The LoRA adapters to answer with; default none. They are part of the request, so that whoever asks next, perhaps another
   * tab, is not answered with what somebody else put on.
   */
  adapters?: readonly AdapterUse[]
}

/** A piece of the answer as it is produced: whole characters, from one token or from several. */
export interface GeneratedPiece {
  text: string
  /** Tokens that it was made of. */
  tokens: number
  /** Natural logarithm of the probability of those tokens under the model, before sampling changed it; where asked for. */
  logProbability?: number
}

export interface GenerationEnd {
  /** `stop`: the model or a stop text ended it. `length`: maxTokens. `context`: the model's context is full. */
  reason: 'stop' | 'length' | 'context'
  promptTokens: number
  /** Tokens of the prompt whose keys and values were there from the turn before. */
  reusedTokens: number
  generatedTokens: number
  /** Milliseconds from the request to its first token, waiting for earlier requests left out. */
  firstToken: number
  /** Milliseconds from the first token to the last. */
  decoding: number
  /** Where adapters were merged into the weights. */
  survival?: AdapterSurvival
}

/** How likely a model finds a continuation of a prompt. */
export interface ScoredContinuation {
  /** Sum of the natural logarithms of its tokens' probabilities. */
  logProbability: number
  tokens: number
}

export interface ModelCapabilities {
  engine: 'onnx' | 'webllm'
  device: 'webgpu' | 'wasm'
  dtype: string
  /** Tokens of prompt and answer together, at most. */
  contextTokens: number
  /** Texts that its tokenizer takes for special tokens: a document must not bring them into a prompt. */
  controlTokens?: readonly string[]
  /** Whether `score` works. */
  score: boolean
  /** Whether `GenerateOptions.schema` is heeded. */
  schema: boolean
  /** How adapters change it: `exact` beside the weights, `merged` into them with rounding, or not at all. */
  adapters: 'exact' | 'merged' | 'none'
}

/** A model that is ready. Requests are worked off one after the other, in the order they came. */
export interface LanguageModel {
  /** Id in models/llms.json, or that of the user's own. */
  readonly id: string
  readonly name: string
  readonly capabilities: ModelCapabilities
  /**
   * The answer as it is produced; the value that it returns says how it ended.
   * @throws PromptTooLong, AdapterUnusable, DeviceLost, ModelUnusable, Interrupted, AbortError (at once during decoding, after the prefill otherwise)
   */
  generate(
    prompt: Prompt,
    options: GenerateOptions,
    signal: AbortSignal,
  ): AsyncGenerator<GeneratedPiece, GenerationEnd, undefined>
  /**
   * The exact log-probability of each continuation after the prompt, by teacher forcing.
   * @throws PromptTooLong, AdapterUnusable, DeviceLost, ModelUnusable, Interrupted, AbortError
   */
  score(
    prompt: Prompt,
    continuations: readonly string[],
    signal: AbortSignal,
    adapters?: readonly AdapterUse[],
  ): Promise<ScoredContinuation[]>
  /** Tokens of a text, or of messages in the model's template. */
  countTokens(text: Prompt): Promise<number>
  /** Messages as the one text that the model is given. */
  applyTemplate(messages: readonly ChatMessage[]): Promise<string>
  /** Ends its worker; what is under way is interrupted, and so is whatever is asked afterwards. */
  unload(): Promise<void>
}
