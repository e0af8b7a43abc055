import { normalise } from './normalise'
import { stem } from './stem'
import { questionWords, stopWords } from './stop-words'

/** A unit of lexical search and the characters [start, end) of the text that it was made of. */
export interface Term {
  term: string
  start: number
  end: number
}

type Visit = (term: string, start: number, end: number) => void

/** A run of Japanese (or Chinese) script, or letters and digits of other scripts, joined inside by hyphens and the like. */
const run =
  /[\p{Script=Han}\u3041-\u309f\u30a1-\u30fa\u30fc-\u30fe]+|(?:[^\P{L}\p{Script=Han}\u3041-\u30fe]|[\p{N}\p{M}])+(?:[-'._,:/](?:[^\P{L}\p{Script=Han}\u3041-\u30fe]|\p{N})+)*/gu
const japanese = /^[\p{Script=Han}\u3041-\u309f\u30a1-\u30fa\u30fc-\u30fe]/u
const scripts = /[\u3041-\u309f]+|[\u30a1-\u30fa\u30fc-\u30fe]+|\p{Script=Han}+/gu
const hiragana = /^[\u3041-\u309fー]+$/
const katakana = /^[\u30a1-\u30fa]/
const part = /\p{N}+(?:[.,]\p{N}+)*|[^\P{L}\p{Script=Han}\u3041-\u30fe]+/gu

/**
 * The terms of a text, in no particular order, with source offsets. Needs no dictionary: words of
 * Intl.Segmenter, which differ between browsers, measured no better (`npm run eval -- terms`).
 *
 * Japanese: single kanji and katakana, pairs of neighbouring characters unless both are hiragana, whole runs of kanji (3 or
 * more) and of katakana (without the final "ー": サーバー and サーバ are one), and hiragana only in threes, since shorter pieces
 * are particles and endings. Other scripts: words without stop words, English endings stripped; numbers without
 * thousands separators; a token that mixes letters and digits also as a whole (covid-19, mp3).
 */
export function terms(text: string): Term[] {
  const normalised = normalise(text)
  const found: Term[] = []
  visitTerms(normalised.text, (term, start, end) =>
    found.push({ term, start: normalised.sourceStart(start), end: normalised.sourceEnd(end) }),
  )
  return found
}

/** How often each term stands in a text: `terms` without the offsets. */
export function countTerms(text: string): Map<string, number> {
  const counts = new Map<string, number>()
  visitTerms(normalise(text).text, (term) => counts.set(term, (counts.get(term) ?? 0) + 1))
  return counts
}

/** The terms of a question: as `terms`, but without those that touch a Japanese question word (何, どこ, ですか). */
export function questionTerms(question: string): Term[] {
  const asking = [...question.matchAll(questionWords)].map(
    (match) => [match.index, match.index + match[0].length] as const,
  )
  return terms(question).filter(({ start, end }) => !asking.some(([from, to]) => from < end && start < to))
}

function visitTerms(text: string, visit: Visit): void {
  for (const match of text.matchAll(run)) {
    if (japanese.test(match[0])) visitJapanese(match[0], match.index, visit)
    else visitWords(match[0], match.index, visit)
  }
}

function visitJapanese(characters: string, at: number, visit: Visit): void {
  let before = ''
  let position = at
  for (const character of characters) {
    const end = position + character.length
    const kana = hiragana.test(character)
    if (!kana) visit(character, position, end)
    if (before && !(kana && hiragana.test(before))) visit(before + character, position - before.length, end)
    before = character
    position = end
  }
  for (const match of characters.matchAll(scripts)) visitRun(match[0], at + match.index, visit)
}

/** Whole runs are marked with "=", so that a run of three kanji is no pair of anything. */
function visitRun(characters: string, at: number, visit: Visit): void {
  if (hiragana.test(characters)) {
    for (let index = 0; index + 3 <= characters.length; index++) {
      visit(characters.slice(index, index + 3), at + index, at + index + 3)
    }
  } else if (katakana.test(characters)) {
    const word = characters.length > 2 ? characters.replace(/ー+$/, '') : characters
    if (word.length > 1) visit(`=${word}`, at, at + word.length)
  } else if (characters.length > 2) visit(`=${characters}`, at, at + characters.length)
}

function visitWords(token: string, at: number, visit: Visit): void {
  const word = token.replace(/'s?$|'s(?=-)/, '')
  if (/\p{L}/u.test(word) && /\p{N}/u.test(word)) visit(word, at, at + word.length)
  for (const match of token.matchAll(part)) {
    const start = at + match.index
    const piece = match[0]
    if (/^\p{N}/u.test(piece)) visit(piece.replaceAll(',', ''), start, start + piece.length)
    else if (piece.length > 1 && !stopWords.has(piece)) visit(stem(piece), start, start + piece.length)
  }
}
