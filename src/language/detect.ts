import type { Language } from '../domain'

const kana = /[\u3041-\u30ff\uff66-\uff9f]/g
const han = /[\u3400-\u9fff\uf900-\ufaff々]/g
const latinWord = /[a-z\u00c0-\u024f\uff21-\uff3a\uff41-\uff5a]+/gi

/** Characters looked at; a longer text is sampled evenly, because a Japanese book may begin with an English cover. */
const sampleLength = 16_000
const slices = 8

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0

function sample(text: string): string {
  if (text.length <= sampleLength) return text
  const size = sampleLength / slices
  const step = Math.floor((text.length - size) / (slices - 1))
  return Array.from({ length: slices }, (_, index) => text.slice(index * step, index * step + size)).join(' ')
}

/**
 * The language of a text or a question by its script; 'en' when nothing tells.
 *
 * Japanese characters are weighed against Latin words, so that a Japanese sentence full of product names is still Japanese.
 * Without any kana (an English question that names 有給休暇) there must be more than two ideographs to a word.
 */
export function detectLanguage(text: string): Language {
  const sampled = sample(text)
  const kanas = count(sampled, kana)
  const hans = count(sampled, han)
  const words = count(sampled, latinWord)
  if (kanas === 0) return hans > 2 * words ? 'ja' : 'en'
  return kanas + hans >= words ? 'ja' : 'en'
}

/** Letters without a digit or a mark among them, not all of them capitals. */
const plainWord = /^(?=.*\p{Ll})\p{L}+(?:['’-]\p{L}+)*$/u

/** One that is no unit behind a number, and no name of a letter or two. */
const LONG = 4

/**
 * Whether a text is written alike in both languages, so that its script tells nothing: a number with its unit, a code, an
 * abbreviation, an address.
 */
export function isWordless(text: string): boolean {
  if (count(text, kana) + count(text, han) > 0) return false
  const words = text.split(/[\s,;:()[\]"“”]+/u).filter((word) => plainWord.test(word.replace(/[.!?]+$/u, '')))
  return words.length === 0 || (words.length === 1 && words[0]!.length < LONG)
}
