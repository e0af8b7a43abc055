import type { AnswerNote } from '../../domain'
import type { ChatMessage, GenerateOptions, GenerationEnd, LanguageModel } from '../../engines/llm/language-model'
import { isAbort } from '../../errors'
import type { AnswerEvent } from '../answerer'
import { closeGeneration } from './complete'

/** What takes the text of a model and gives the events that the reader of it sees. */
export interface AnswerWriting {
  readonly notes: Set<AnswerNote>
  /** The model has said all that is of use. */
  readonly over: boolean
  take(piece: string): Iterable<AnswerEvent>
  /** The rest, once the model is done or has been stopped. */
  end(): Iterable<AnswerEvent>
  /** Tells what was held back. */
  release(): Iterable<AnswerEvent>
}

/**
 * Has a model write, and tells what it writes, with `begun` before the first of it; returns how it ended, or nothing where it was stopped because all was said. An
 * error comes after what was said until then, to its last word; after an abort nothing more is told.
 */
export async function* generateInto(
  writing: AnswerWriting,
  model: Pick<LanguageModel, 'generate'>,
  messages: readonly ChatMessage[],
  options: GenerateOptions,
  begun: AnswerEvent,
  signal: AbortSignal,
): AsyncGenerator<AnswerEvent, GenerationEnd | undefined, undefined> {
  // Stops the model when enough is said, and when whoever reads the answer has gone.
  const enough = new AbortController()
  const pieces = model.generate(messages, options, AbortSignal.any([signal, enough.signal]))
  let end: GenerationEnd | undefined
  try {
    for (let first = true; !writing.over; first = false) {
      const next = await pieces.next()
      if (next.done) {
        end = next.value
        break
      }
      if (first) yield begun
      yield* writing.take(next.value.text)
      signal.throwIfAborted()
    }
  } catch (error) {
    if (!isAbort(error)) {
      yield* writing.end()
      yield* writing.release()
    }
    throw error
  } finally {
    if (!end) {
      enough.abort()
      closeGeneration(pieces)
    }
  }
  yield* writing.end()
  if (end && end.reason !== 'stop' && !writing.over) writing.notes.add('cutShort')
  return end
}
