import type { AnswerNote, AnswerSentence, Language } from '../../domain'
import type { AnswerEvent } from '../answerer'
import type { CheckSentence } from './check-sentence'
import type { AnswerWriting } from './generate-into'
import { saysNothingFound } from './nothing-found'
import { foldedSentence } from './repetition'
import { SentenceCutter, type WrittenSentence } from './sentence-cutter'
import { SpokenText } from './spoken-text'

export interface WritingOptions {
  language: Language
  /** The words by which the prompt asks to say that nothing was found. */
  refusal: string
  /** What the documents do not hold is not said. */
  strict: boolean
  stop?: readonly string[]
  /** The prompt ends within a block of thinking. */
  thinking?: boolean
  check: CheckSentence
}

/** A sentence said for the third time is no slip: the model will not find its way out. */
const repeatsAllowed = 1

/** An answer while it is being written: takes what the model produces and gives the events that the reader of it sees. */
export class Writing implements AnswerWriting {
  readonly sentences: AnswerSentence[] = []
  readonly notes = new Set<AnswerNote>()
  /** The model has said all that is of use: a stop text has come, or it only repeats itself. */
  over = false
  readonly #options: WritingOptions
  readonly #spoken: SpokenText
  readonly #cutter: SentenceCutter
  readonly #said = new Set<string>()
  /** "The documents do not say", and what came after it, until a sentence that the documents do hold shows that they do. */
  #held: AnswerSentence[] = []
  /** Text of finished sentences that no event has told yet, and what the reader has been shown of the unfinished one. */
  #untold = ''
  #shown = ''
  #repeats = 0

  constructor(options: WritingOptions) {
    this.#options = options
    this.#spoken = new SpokenText(options.stop, options.thinking)
    this.#cutter = new SentenceCutter(options.language)
  }

  /** Has anything been said, told or held back? */
  get empty(): boolean {
    return this.sentences.length === 0 && this.#held.length === 0
  }

  /** All that was said is that the documents do not hold the answer. */
  get foundNothing(): boolean {
    return this.sentences.length === 0 && this.#held.length > 0
  }

  *take(piece: string): Generator<AnswerEvent, void, undefined> {
    const said = this.#spoken.take(piece)
    for (const sentence of this.#cutter.take(said)) yield* this.#finish(sentence)
    if (this.#cutter.cutLoop()) this.#stopRepeating()
    if (this.#spoken.ended) this.over = true
    if (!this.over) yield* this.#delta()
  }

  /** The rest, once the model is done or has been stopped. */
  *end(): Generator<AnswerEvent, void, undefined> {
    const rest = [...this.#cutter.take(this.#spoken.end()), ...this.#cutter.end()]
    // After a sentence said too often, the rest is the beginning of the next round.
    if (this.#repeats <= repeatsAllowed) for (const sentence of rest) yield* this.#finish(sentence)
    if (!this.#options.strict) yield* this.release()
  }

  /** Tells what was held back. */
  *release(): Generator<AnswerEvent, void, undefined> {
    const held = this.#held
    this.#held = []
    for (const sentence of held) yield this.#tell(sentence)
  }

  *#finish(written: WrittenSentence): Generator<AnswerEvent, void, undefined> {
    if (!/[\p{L}\p{N}]/u.test(written.text)) return
    if (this.#isRepeated(written.text)) {
      this.#untold += `${written.text} `
      return
    }
    const sentence = this.#checked(written)
    const found = sentence.support !== undefined || !saysNothingFound(written.text, this.#options.refusal)
    const grounded = sentence.citations.length > 0 && sentence.support !== 'unsupported'
    const holding = this.#options.strict && this.sentences.length === 0 && (!found || this.#held.length > 0)
    if (holding && !grounded) {
      this.#held.push(sentence)
      this.#untold += `${written.text} `
      return
    }
    yield* this.release()
    yield this.#tell(sentence)
  }

  /** That nothing was found is no claim to be checked, unless it comes with a passage that holds it. */
  #checked(written: WrittenSentence): AnswerSentence {
    const nothing = saysNothingFound(written.text, this.#options.refusal)
    if (nothing && written.numbers.length === 0) return { text: written.text, marks: [], citations: [] }
    const checked = this.#options.check(written)
    return nothing && checked.support !== 'supported' ? { text: written.text, marks: [], citations: [] } : checked
  }

  #tell(sentence: AnswerSentence): AnswerEvent {
    this.sentences.push(sentence)
    this.#untold = ''
    this.#shown = ''
    return { type: 'sentence', sentence }
  }

  #isRepeated(text: string): boolean {
    const folded = foldedSentence(text)
    if (!this.#said.has(folded)) {
      this.#said.add(folded)
      return false
    }
    this.#repeats++
    if (this.#repeats > repeatsAllowed) this.#stopRepeating()
    return true
  }

  #stopRepeating(): void {
    this.notes.add('repetition')
    this.over = true
  }

  *#delta(): Generator<AnswerEvent, void, undefined> {
    const draft = this.#untold + this.#cutter.draft
    if (draft.length <= this.#shown.length || !draft.startsWith(this.#shown)) return
    yield { type: 'delta', text: draft.slice(this.#shown.length) }
    this.#shown = draft
  }
}
