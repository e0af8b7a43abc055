import { FumikuraError, isAbort, reviveError, toFumikuraError, type ErrorParams } from '../../../errors'
import type { AdapterUse } from '../../../lora/adapter'
import type { LoadProgress } from '../../model-files/load-progress'
import type {
  ChatMessage,
  GeneratedPiece,
  GenerateOptions,
  GenerationEnd,
  LanguageModel,
  ModelCapabilities,
  Prompt,
  ScoredContinuation,
} from '../language-model'

/** What opens a language model where this is the tab that may (LlmOwner, WebLlmOwner). */
export interface ModelOpener<Wanted, Passed> {
  open(
    wanted: Wanted,
    onProgress: (progress: LoadProgress) => void,
    signal: AbortSignal,
  ): Promise<{ model: LanguageModel; passedOver: readonly Passed[] }>
  close(): Promise<void>
}

/** What is asked of the owner. `model` is the key of the model that is meant: it may have been replaced by another. */
export type Call<Wanted> =
  | { method: 'open'; wanted: Wanted }
  | { method: 'generate'; model: string; prompt: Prompt; options: GenerateOptions }
  | {
      method: 'score'
      model: string
      prompt: Prompt
      continuations: readonly string[]
      adapters?: readonly AdapterUse[]
    }
  | { method: 'countTokens'; model: string; text: Prompt }
  | { method: 'applyTemplate'; model: string; messages: readonly ChatMessage[] }

/** What each call is answered with in the end. */
export interface Results<Passed> {
  open: OpenedModel<Passed>
  generate: GenerationEnd
  score: ScoredContinuation[]
  countTokens: number
  applyTemplate: string
}

/** All that is known of an open model where it does not run. */
export interface OpenedModel<Passed> {
  id: string
  name: string
  capabilities: ModelCapabilities
  passedOver: readonly Passed[]
}

/** A request is told apart from all others by its tab and number. */
interface From {
  client: string
  id: number
}

/** Heard by the owner that it names, and by nobody else. */
export type Request<Wanted> = From & { owner: string } & ({ what: 'call'; call: Call<Wanted> } | { what: 'abort' })

/** Heard by the tab whose request it answers. */
export type Answer<Passed> = From &
  (
    | { what: 'progress'; progress: LoadProgress }
    /** Its turn has come: from now on its end is that of the owner. */
    | { what: 'begun' }
    /** `at`: how many pieces came before. */
    | { what: 'piece'; at: number; piece: GeneratedPiece }
    /** `pieces`: how many there were. */
    | { what: 'done'; value: Results<Passed>[keyof Results<Passed>]; pieces: number }
    | { what: 'failed'; error: SentError }
  )

/** Who has the model, and which; told at the beginning, after every change, and to whoever asks. */
export interface Announcement {
  what: 'owner'
  /** Another one each time that a tab becomes the owner. */
  owner: string
  /** Key of the model that is open, or being opened. */
  model?: string
  /** What it can do, once it is open: a device that was lost twice is left for another. */
  capabilities?: ModelCapabilities
}

export type Message<Wanted, Passed> = Request<Wanted> | Answer<Passed> | Announcement | { what: 'who' }

/** Equal for what is the same model in every tab. */
export const keyOf = (wanted: unknown): string => JSON.stringify(wanted)

/** An error loses its class on the way to another tab, so its key and figures are sent. */
export type SentError = { abort: true } | { key: string; params: ErrorParams; stack?: string }

export function sentError(thrown: unknown): SentError {
  if (isAbort(thrown)) return { abort: true }
  const { key, params, stack } = toFumikuraError(thrown)
  return { key, params, ...(stack !== undefined && { stack }) }
}

export function receivedError(sent: SentError): FumikuraError | DOMException {
  if ('abort' in sent) return new DOMException('aborted', 'AbortError')
  const error = reviveError(sent.key, sent.params)
  if (sent.stack !== undefined) error.stack = sent.stack
  return error
}

/** Errors among what was passed over, for the way to another tab. */
export const sentPassedOver = <Passed extends object>(passed: Passed): Passed =>
  'error' in passed && passed.error instanceof Error ? { ...passed, error: sentError(passed.error) } : passed

export const receivedPassedOver = <Passed extends object>(passed: Passed): Passed =>
  'error' in passed && passed.error ? { ...passed, error: receivedError(passed.error as SentError) } : passed
