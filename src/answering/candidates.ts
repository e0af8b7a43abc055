import type { Language } from '../domain'
import type { Word } from './words'

export type CandidateKind =
  'year' | 'date' | 'quantity' | 'number' | 'quoted' | 'name' | 'kanji' | 'katakana' | 'mixed' | 'noun' | 'clause'

/** A stretch of a sentence that could be the answer: words [first, end) of the passage. */
export interface Candidate {
  first: number
  end: number
  sentence: number
  kind: CandidateKind
}

/** Longest answers worth trying; 99 in 100 answers of the training sets are shorter. */
const longest: Record<Language, { words: number; characters: number }> = {
  ja: { words: 14, characters: 32 },
  en: { words: 12, characters: 100 },
}

const opening = new Set('「『“"《〈【')
const closing = new Set('」』”"》〉】')
const ends = /^[。！？!?\n;；:：()（）[\]、，]$/u

/** Units that make a number a quantity or a date. */
const dateUnit = /^(?:年|月|日|世紀|年代|時代|曜日)$/u
const month = /^(?:january|february|march|april|may|june|july|august|september|october|november|december)$/i
const inner = /^(?:of|the|and|de|von|van|du|la|le|for|&|in|on|at|to|-|–|'s|’s|,|\.)$/i

/**
 * The number that a rule or an item of a list begins with is not an answer: "４ 試用期間は", "(2) ", "第6条". "30 days" and
 * "3.5 %" at the beginning of a sentence are.
 */
const enumeration =
  /^(?:第\s*[\d０-９]+\s*[条章節項](?:の[\d０-９]+)?|[（(][\d０-９]{1,3}[）)]|[①-⑳・•●○■]|[\d０-９一二三四五六七八九十]{1,3}(?:[.．)）](?![\d０-９])|(?=\s+[\u3040-\u9fff「（])))\s*/u

/**
 * Every run of words inside one sentence that begins and ends with a word that carries meaning (or a bracket that
 * quotes), up to the longest length of the language, and the stretches in `shaped` (characters), which may break these
 * rules: "(020) 7946 0000". What fits the question is for the features to say.
 */
export function candidates(
  text: string,
  words: Word[],
  sentences: [start: number, end: number][],
  language: Language,
  shaped: [start: number, end: number][] = [],
): Candidate[] {
  const found: Candidate[] = []
  const limit = longest[language]
  for (const [sentence, [start, to]] of sentences.entries()) {
    const from = start + (enumeration.exec(text.slice(start, to))?.[0].length ?? 0)
    const first = words.findIndex((word) => word.start >= from)
    if (first < 0) continue
    for (let start = first; start < words.length && words[start]!.end <= to; start++) {
      if (!canBegin(words, start, language)) continue
      for (let last = start; last < Math.min(words.length, start + limit.words); last++) {
        const word = words[last]!
        if (word.end > to || word.end - words[start]!.start > limit.characters) break
        if (last > start && /[\n\t]/.test(text.slice(words[last - 1]!.end, word.start))) break
        if (breaksOff(words, start, last, language)) break
        if (canEnd(words, start, last, language))
          found.push({ first: start, end: last + 1, sentence, kind: kindOf(words, start, last + 1, language) })
      }
    }
  }
  const known = new Set(found.map(({ first, end }) => `${first} ${end}`))
  return [
    ...found,
    ...shapedCandidates(words, sentences, language, shaped).filter(({ first, end }) => !known.has(`${first} ${end}`)),
  ]
}

function shapedCandidates(
  words: Word[],
  sentences: [start: number, end: number][],
  language: Language,
  shaped: [start: number, end: number][],
): Candidate[] {
  return shaped.flatMap(([start, end]): Candidate[] => {
    const first = words.findIndex((word) => word.start >= start)
    const last = words.findLastIndex((word) => word.end <= end)
    const sentence = sentences.findIndex((range) => range[0] <= start && end <= range[1])
    if (first < 0 || last < first || sentence < 0) return []
    return [{ first, end: last + 1, sentence, kind: kindOf(words, first, last + 1, language) }]
  })
}

function canBegin(words: Word[], at: number, language: Language): boolean {
  const word = words[at]!
  if (word.content || opening.has(word.text)) return true
  return (
    language === 'en' &&
    /^(?:to|because|by|from|each|every|per|within|until|\$|£|€|no|not|only|all|more|most|about|over|under|during|before|after|very|between)$/i.test(
      word.text,
    )
  )
}

function canEnd(words: Word[], first: number, last: number, language: Language): boolean {
  const word = words[last]!
  if (closing.has(word.text)) return true
  if (opening.has(words[first]!.text) && last === first) return false
  if (language === 'ja')
    return (
      word.content ||
      /^[%％]$/.test(word.text) ||
      (last > first && /^(?:ため|こと|もの|から|ない|いる|する|れる|以上|以下)$/.test(word.text))
    )
  return word.content || word.text === '%'
}

/** Does the mark at `last` end every candidate that began at `first`? */
function breaksOff(words: Word[], first: number, last: number, language: Language): boolean {
  const word = words[last]!
  if (word.script !== 'mark') return false
  if (closing.has(word.text)) {
    // A closing bracket belongs to a candidate only when its opening one does.
    const opened = words.slice(first, last).some((other) => opening.has(other.text))
    return !opened && word.text !== '"'
  }
  if (language === 'en' && word.text === ',') return false
  return ends.test(word.text)
}

function kindOf(words: Word[], first: number, end: number, language: Language): CandidateKind {
  const part = words.slice(first, end)
  if (opening.has(part[0]!.text) && closing.has(part.at(-1)!.text)) return 'quoted'
  return language === 'ja' ? japaneseKind(part) : englishKind(part)
}

function japaneseKind(part: Word[]): CandidateKind {
  const first = part[0]!
  if (part.some((word) => word.script === 'hiragana' && !/^(?:の|と|や|か|つ)$/.test(word.text))) return 'clause'
  if (first.script === 'number') {
    if (part.some((word) => dateUnit.test(word.text)) && part.length <= 8)
      return /^\d{3,4}$/.test(first.norm) ? 'year' : 'date'
    return part.length === 1 ? 'number' : part.length <= 4 ? 'quantity' : 'mixed'
  }
  if (part.some((word) => word.script === 'number') && dateUnit.test(part.at(-1)!.text)) return 'date'
  if (part.every((word) => word.script === 'kanji')) return 'kanji'
  if (part.every((word) => word.script === 'katakana' || word.text === '・' || word.text === '=' || word.text === '＝'))
    return 'katakana'
  if (part.every((word) => word.script === 'latin')) return 'name'
  return part.some((word) => word.script === 'hiragana') ? 'noun' : 'mixed'
}

function englishKind(part: Word[]): CandidateKind {
  const numbers = part.filter((word) => word.script === 'number')
  const first = part[0]!
  if (numbers.length > 0 && part.length <= 5) {
    if (part.some((word) => month.test(word.text))) return 'date'
    if (/^(?:1\d|20)\d\d$/.test(part.at(-1)!.text) && part.length === 1) return 'year'
    if (part.some((word) => /^(?:century|centuries|\d+s|BC|AD|BCE)$/.test(word.text))) return 'date'
    if (part.length === 1 || (/^[$£€]$/.test(first.text) && part.length === 2)) return 'number'
    if (numbers.length && (first.script === 'number' || numberWord.test(first.text) || first.text === '$'))
      return 'quantity'
  }
  if (numberWord.test(first.text)) return part.length === 1 ? 'number' : part.length <= 3 ? 'quantity' : 'noun'
  if (part.every((word) => /^\p{Lu}/u.test(word.text) || inner.test(word.text) || word.script === 'number'))
    return 'name'
  return part.some((word) => !word.content && !inner.test(word.text))
    ? 'clause'
    : /^\p{Lu}/u.test(first.text)
      ? 'mixed'
      : 'noun'
}

const numberWord =
  /^(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|sixty|hundred|hundreds|thousand|thousands|million|millions|billion|half|dozen|several|first|second|third)$/i
