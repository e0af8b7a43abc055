import type { AnswerSentence, Language } from '../../domain'
import { saysNothingFound } from '../written/nothing-found'
import { withoutMarks } from '../written/markers'
import { numbersIn } from '../written/numbers'
import { foldedSentence } from '../written/repetition'
import type { WrittenSentence } from '../written/sentence-cutter'
import { words } from '../words'
import type { ReadPortion } from './read-through'

const bullet = /^\s*(?:[-–—•・*●○■□◆]+|[(（]?\d{1,3}[.)）．、]|[①-⑳])\s*/u

/** The things that a model found in a portion, one a line, each once over all portions. */
export class Items {
  readonly #none: string
  readonly #language: Language
  readonly #known = new Set<string>()

  /** `none`: what the model was asked to write when there is nothing. */
  constructor(none: string, language: Language) {
    this.#none = none
    this.#language = language
  }

  /** How many different things there are so far. */
  get count(): number {
    return this.#known.size
  }

  /** What is new in a portion. A thing that its passages do not hold is left out: a list must not grow by inventions. */
  take({ said, check }: ReadPortion): AnswerSentence[] {
    return linesOf(said, this.#none).flatMap((line): AnswerSentence[] => {
      const item = check(line)
      if (item.support === undefined || item.support === 'unsupported') return []
      const key = keyOf(item.text, this.#language)
      if (this.#known.has(key)) return []
      this.#known.add(key)
      return [item]
    })
  }
}

/** Lines that name something: not that there is nothing, nor what announces the list. */
function linesOf(said: string, none: string): WrittenSentence[] {
  return said.split('\n').flatMap((line): WrittenSentence[] => {
    const { text, markers } = withoutMarks(line)
    const item = text.replace(bullet, '').trim()
    if (!/[\p{L}\p{N}]/u.test(item) || /[:：]$/u.test(item) || saysNone(item, none)) return []
    return [{ text: item, numbers: [...new Set(markers.flatMap(({ numbers }) => numbers))] }]
  })
}

/** "None.", in the words that were asked for or in others. */
export const saysNone = (text: string, none: string): boolean =>
  foldedSentence(text) === foldedSentence(none) ||
  saysNothingFound(text, none) ||
  /^(?:none|nothing|n\/a|no|なし|無し|特になし|該当なし|ありません|該当するものはありません)[.。]?$/iu.test(text.trim())

/** Two lines name the same thing when they have the same words and numbers, in whatever order. */
function keyOf(text: string, language: Language): string {
  const content = words(text, language)
    .filter((word) => word.content)
    .map(({ norm }) => norm)
  const numbers = numbersIn(text).map(({ value }) => value)
  return [...new Set([...content, ...numbers])].sort().join(' ')
}
