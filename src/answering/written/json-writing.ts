import type { AnswerNote, AnswerSentence } from '../../domain'
import type { AnswerEvent } from '../answerer'
import type { AnswerWriting } from './generate-into'
import { asProse, firstObject, formOf, readJson, type Form, type SaidInJson } from './json-answer'
import { withoutLoop } from './repetition'
import { SpokenText } from './spoken-text'
import { Writing, type WritingOptions } from './writing'

export interface JsonWritingOptions extends WritingOptions {
  /** An adapter was worn that is there for the form of answers: an object that cannot be read is then told of. */
  expected: boolean
}

/**
 * An answer that may come as a JSON object. Cut into sentences, an object would be mangled and every key taken for a claim:
 * it is shown as it comes, and when it is whole the sentences of its "answer" are tied to the passages whose numbers it
 * names, and checked as any others. Text that is no object is written as usual.
 */
export class JsonWriting implements AnswerWriting {
  /** The object, or what should have been one. */
  json: string | undefined
  readonly #options: JsonWritingOptions
  readonly #inner: Writing
  readonly #spoken: SpokenText
  #form: Form = 'unknown'
  #text = ''
  #over = false
  /** The object itself, where no answer can be taken out of it. */
  #whole: AnswerSentence | undefined

  constructor(options: JsonWritingOptions) {
    this.#options = options
    this.#inner = new Writing({ ...options, thinking: false })
    this.#spoken = new SpokenText(options.stop, options.thinking)
  }

  get sentences(): readonly AnswerSentence[] {
    return this.#whole ? [this.#whole] : this.#inner.sentences
  }

  get notes(): Set<AnswerNote> {
    return this.#inner.notes
  }

  get over(): boolean {
    return this.#over || this.#inner.over
  }

  get empty(): boolean {
    return !this.#whole && this.#inner.empty
  }

  get foundNothing(): boolean {
    return !this.#whole && this.#inner.foundNothing
  }

  /** Whether the sentences are said in a language; an object as a whole is not. */
  get isProse(): boolean {
    return this.#whole === undefined
  }

  *take(piece: string): Generator<AnswerEvent, void, undefined> {
    const said = this.#spoken.take(piece)
    if (this.#form === 'prose') yield* this.#inner.take(said)
    else yield* this.#collect(said)
    if (this.#spoken.ended) this.#over = true
  }

  *end(): Generator<AnswerEvent, void, undefined> {
    const rest = this.#spoken.end()
    if (this.#form !== 'prose') this.#text += rest
    if (this.#form === 'json') yield* this.#endJson()
    else yield* this.#endProse(this.#form === 'prose' ? rest : this.#text)
  }

  *release(): Generator<AnswerEvent, void, undefined> {
    yield* this.#inner.release()
  }

  *#collect(said: string): Generator<AnswerEvent, void, undefined> {
    const shown = this.#form === 'json' ? this.#text.length : 0
    this.#text += said
    this.#form = formOf(this.#text)
    if (this.#form === 'unknown') return
    if (this.#form === 'prose') return yield* this.#inner.take(this.#text)
    const found = firstObject(this.#text)
    // A model that goes on behind its object has said all; one that is silent there ends by itself, and tells its figures.
    if (found?.rest) this.#over = true
    else if (!found) this.#cutLoop()
    if (this.#text.length > shown) yield { type: 'delta', text: this.#text.slice(shown) }
  }

  #cutLoop(): void {
    const cut = withoutLoop(this.#text)
    if (cut === undefined) return
    this.#text = cut
    this.notes.add('repetition')
    this.#over = true
  }

  *#endJson(): Generator<AnswerEvent, void, undefined> {
    const { object, rest } = firstObject(this.#text) ?? { object: this.#text.trim(), rest: '' }
    const said = readJson(object)
    if (said?.answer !== undefined) {
      this.json = object
      yield* this.#tell(said)
    } else if (said || this.#options.expected) {
      this.json = object
      if (!said) this.notes.add('notJson')
      this.#whole = { text: object, marks: [], citations: [] }
      yield { type: 'sentence', sentence: this.#whole }
    } else yield* this.#endProse(rest ? `${object}\n${rest}` : object)
  }

  /** The object has been shown whole, so only its finished sentences are told. An empty answer says that nothing was found. */
  *#tell(said: SaidInJson): Generator<AnswerEvent, void, undefined> {
    const { language, refusal } = this.#options
    for (const event of this.#endProse(said.answer === '' ? refusal : asProse(said, language)))
      if (event.type === 'sentence') yield event
  }

  *#endProse(text: string): Generator<AnswerEvent, void, undefined> {
    yield* this.#inner.take(text)
    yield* this.#inner.end()
  }
}
