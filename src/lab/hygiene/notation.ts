import { normalise } from '../../language/normalise'
import { stopWords } from '../../language/stop-words'
import type { FieldText, Finding } from './finding'

interface Occurrence {
  field: FieldText
  start: number
  form: string
}

/** Katakana words, kanji (with the kana of verbs between and behind them; い between them mostly ends an adjective), words of Latin letters. */
const words =
  /[\p{Script=Katakana}ー・\uff66-\uff9f]{2,}|\p{Script=Han}+(?:[えきぎけげしじせちみめりれび]\p{Script=Han}+)*[いえきぎけげしじせちみめりれび]?|[a-zａ-ｚ\u00c0-\u024f][a-zａ-ｚ\u00c0-\u024f\d０-９]*(?:[-‐–][a-zａ-ｚ\d０-９]+)*/giu

/**
 * Words that the set writes in more than one way, each occurrence of the rarer spelling: the long vowel at the end of katakana,
 * full and half width, old and new ideographs, kana written or left out between kanji, hyphens and capitals.
 */
export function notationFindings(fields: readonly FieldText[]): Finding[] {
  const byWord = new Map<string, Occurrence[]>()
  for (const field of fields)
    for (const match of field.text.matchAll(words)) {
      const key = keyOf(match[0])
      if (key === undefined) continue
      const occurrences = byWord.get(key) ?? []
      occurrences.push({ field, start: match.index, form: match[0] })
      byWord.set(key, occurrences)
    }
  return [...byWord.values()].flatMap(rarerSpellings)
}

/** Equal for the spellings of one word; undefined where nothing is to be compared. */
function keyOf(form: string): string | undefined {
  const folded = normalise(form).text
  if (/^[\p{Script=Katakana}ー・]/u.test(folded)) {
    // Within a word it makes another one: ビール and ビル.
    const bare = folded.replace(/・/g, '').replace(/ー+$/, '')
    return bare.length >= 2 ? bare : undefined
  }
  if (/^\p{Script=Han}/u.test(folded)) {
    // 古い ends like 扱い and is no other spelling of 古: one ideograph alone is not enough to tell.
    const bare = folded.replace(/[^\p{Script=Han}]/gu, '')
    return bare.length >= 2 ? bare : undefined
  }
  // "US" and "us", "WHO" and "who" are words of their own.
  const bare = folded.replace(/-/g, '')
  return bare.length > 2 && !stopWords.has(bare) ? bare : undefined
}

function rarerSpellings(occurrences: Occurrence[]): Finding[] {
  const counts = new Map<string, number>()
  for (const { form } of occurrences) counts.set(spellingOf(form), (counts.get(spellingOf(form)) ?? 0) + 1)
  if (counts.size < 2) return []
  const [preferred = ''] = [...counts].reduce((most, one) => (one[1] > most[1] ? one : most))
  return occurrences
    .filter(({ form }) => spellingOf(form) !== preferred)
    .map(({ field: { question, field }, start, form }) => ({
      kind: 'notation',
      question: question.id,
      field,
      range: [start, start + form.length],
      params: { form, preferred },
    }))
}

/** A capital at the beginning is no spelling of its own: any word can stand at the beginning of a sentence. */
const spellingOf = (form: string): string =>
  /^[A-Z][a-z\d\u00c0-\u024f-]*$/.test(form) ? form.charAt(0).toLowerCase() + form.slice(1) : form
