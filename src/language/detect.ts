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
