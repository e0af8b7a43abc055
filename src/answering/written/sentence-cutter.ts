import type { Language } from '../../domain'
import { sentences } from '../../language/segment'
import { certainLength, withoutMarks, type Unmarked } from './markers'
import { withoutLoop } from './repetition'

/** A sentence as a model wrote it, its citation marks taken out. */
export interface WrittenSentence {
  text: string
  /** Numbers that it cites, in order, whether there are such passages or not. */
  numbers: number[]
}

/**
 * Cuts a stream of text into sentences. A sentence is finished when the next one has begun, because only then is it certain that
 * "3." does not become "3.5" and that no [1] follows.
 */
export class SentenceCutter {
  readonly #language: Language
  #written = ''

  constructor(language: Language) {
    this.#language = language
  }

  /** Takes a piece and gives the sentences that it finishes. */
  take(piece: string): WrittenSentence[] {
    this.#written += piece
    return this.#cut(this.#written.slice(0, certainLength(this.#written)), false)
  }

  /** The last sentence, or what there is of it. */
  end(): WrittenSentence[] {
    return this.#cut(this.#written, true)
  }

  /** What is certain of the unfinished sentence, as it may be shown. */
  get draft(): string {
    return withoutMarks(this.#written.slice(0, certainLength(this.#written))).text.trimStart()
  }

  /** Has the unfinished sentence run into a loop? It is then cut to one round. */
  cutLoop(): boolean {
    const cut = withoutLoop(this.#written)
    if (cut === undefined) return false
    this.#written = cut
    return true
  }

  #cut(certain: string, last: boolean): WrittenSentence[] {
    const unmarked = withoutMarks(certain)
    const ranges = sentences(unmarked.text, this.#language)
    const owners = ownersOf(unmarked, ranges)
    const finished = last ? ranges.length : ranges.length - 1
    const cut = ranges.slice(0, Math.max(0, finished)).map(([start, end], at): WrittenSentence => {
      const own = unmarked.markers.filter((_, marker) => owners[marker] === at)
      return { text: unmarked.text.slice(start, end), numbers: [...new Set(own.flatMap(({ numbers }) => numbers))] }
    })
    if (last) this.#written = ''
    else if (finished > 0) {
      const leading = unmarked.markers.find((_, marker) => owners[marker] === finished)
      const start = unmarked.sourceOf(ranges[finished]?.[0] ?? 0)
      this.#written = this.#written.slice(Math.min(start, leading?.source ?? start))
    }
    return cut
  }
}

/**
 * For each mark the sentence that it belongs to. Between two sentences it is the one before, as in "so. [1] Then", unless that
 * one has a mark of its own, as in "so [1]. [2] Then", or the mark opens a new line before its text.
 */
function ownersOf({ text, markers }: Unmarked, ranges: readonly [start: number, end: number][]): number[] {
  const marked = new Set<number>()
  const gaps = new Map<number, number>()
  return markers.map(({ at }) => {
    const next = ranges.findIndex(([start]) => start >= at)
    const before = (next < 0 ? ranges.length : next) - 1
    const range = ranges[before]
    if (!range) {
      marked.add(0)
      return 0
    }
    if (at < range[1] || (at === range[1] && next >= 0 && !endsWithMark(text, range[1]))) {
      marked.add(before)
      return before
    }
    // Marks side by side go together: "so. [1][2] Then".
    const known = gaps.get(before)
    if (known !== undefined) return known
    const opensLine = /\n/.test(text.slice(range[1], at)) && next >= 0 && !/^\s*\n/.test(text.slice(at))
    const owner = next >= 0 && (opensLine || marked.has(before)) ? next : before
    gaps.set(before, owner)
    return owner
  })
}

const endsWithMark = (text: string, end: number): boolean =>
  /[.!?。｡！？．:：]["'”’)」』）]*$/u.test(text.slice(0, end))
