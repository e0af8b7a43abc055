import type { Language } from '../domain'
import { closing, introducing, numbering, openers } from './abbreviations'

type Range = [start: number, end: number]

/** Closed brackets of which the inside does not end the sentence around them. */
const pairs = new Map([
  ['「', '」'],
  ['『', '』'],
  ['（', '）'],
  ['【', '】'],
  ['〔', '〕'],
  ['《', '》'],
  ['〈', '〉'],
  ['“', '”'],
])
const closers = new Set(pairs.values())

/** A bracket longer than this is a quoted story rather than part of one sentence: it is cut inside. */
const longestBracket = 300

/** Characters before a full stop that may be an abbreviation, and what stands before it. */
const LONGEST_ABBREVIATION = 40

const terminal = /[.!?。｡！？．]+(?:\[\d{1,3}\])*["'”’)\]」』）】〉》〕]*(?:\[\d{1,3}\])*/gu
const japanese = /[\u3040-\u30ff\u3400-\u9fff\uff66-\uff9f々〆]/u
const marker = /^[([（]?(?:\d{1,3}(?:[.．]\d{1,3})*|[a-z]|[ivx]{1,5})[.)\]）．]*$/iu

/**
 * The sentences of `text` as [start, end) ranges: ascending, without white space at their ends, and together covering
 * every other character.
 *
 * Written out rather than taken from Intl.Segmenter, whose rules differ between engines (passages and citations are kept,
 * and must not depend on the browser that made them), and which breaks after "et al.", "Fig." and "Dr.", leaves an opening
 * 「 with the sentence before and cuts quotations in two. A line break always ends a sentence, except after the number
 * of a list item that stands alone.
 */
export function sentences(text: string, language: Language): Range[] {
  const ranges: Range[] = []
  for (const line of lines(text)) {
    let start = line[0]
    for (const end of boundaries(text, line, language)) {
      if (marker.test(text.slice(start, end).trim())) continue
      push(ranges, text, start, end)
      start = end
    }
    push(ranges, text, start, line[1])
  }
  return ranges
}

function push(ranges: Range[], text: string, start: number, end: number): void {
  while (start < end && /\s/.test(text.charAt(start))) start++
  while (end > start && /\s/.test(text.charAt(end - 1))) end--
  if (start < end) ranges.push([start, end])
}

/** The lines of the text; one that holds nothing but a list marker belongs to the next. */
function lines(text: string): Range[] {
  const ranges: Range[] = []
  let start = 0
  for (const match of text.matchAll(/\n|$/g)) {
    const last = match.index === text.length
    if (!last && marker.test(text.slice(start, match.index).trim()) && /^\n[^\n]/.test(text.slice(match.index)))
      continue
    ranges.push([start, match.index])
    start = match.index + 1
  }
  return ranges
}

/** Where sentences may end within a line: the ends of those terminal marks that are not rejected. */
function boundaries(text: string, [from, to]: Range, language: Language): number[] {
  const line = text.slice(from, to)
  const inside = brackets(line)
  const ends: number[] = []
  for (const match of line.matchAll(terminal)) {
    const end = match.index + match[0].length
    const enclosing = inside.find(([open, close]) => open < match.index && match.index < close)
    if (enclosing && end <= enclosing[1]) continue
    if (endsSentence(line, match.index, end, language)) ends.push(from + end)
  }
  return ends
}

/** Ranges of the outermost closed brackets of a line, closing bracket left out. */
function brackets(line: string): Range[] {
  const found: Range[] = []
  const open: { at: number; close: string }[] = []
  for (let at = 0; at < line.length; at++) {
    const character = line.charAt(at)
    const close = pairs.get(character)
    if (close) open.push({ at, close })
    else if (closers.has(character)) {
      // What was opened long before is a story, whatever closes it.
      let depth = open.length - 1
      while (depth >= 0 && at - open[depth]!.at <= longestBracket && open[depth]!.close !== character) depth--
      const bracket = open[depth]
      if (!bracket || at - bracket.at > longestBracket) continue
      open.length = depth
      found.push([bracket.at, at])
    }
  }
  return found
}

/** Does the mark at [start, end), closing brackets and note numbers included, end a sentence? */
function endsSentence(line: string, start: number, end: number, language: Language): boolean {
  const mark = line.charAt(start)
  const before = line.charAt(start - 1)
  const after = line.slice(end)
  const next = after.trimStart().charAt(0)
  if (next === '') return true
  if (mark === '。' || mark === '｡') return !quoteGoesOn(line, start, end, next)
  if (mark === '！') return !/[とはがをのでにも、]/u.test(next)
  if (mark === '？') return !/[と、]/u.test(next)
  if (mark === '．') return !/[0-9０-９]/.test(before)
  if (!/^\s/.test(after)) {
    // Half-width marks in Japanese text are followed by no space: "誰ですか?それは". "Yahoo!ニュース" is a name.
    if (!japanese.test(next)) return false
    return japanese.test(before) || (mark === '?' && language === 'ja')
  }
  if (mark === '!' && language === 'ja' && /[a-z]/i.test(before) && japanese.test(next)) return false
  if (/\p{Ll}/u.test(next)) return false
  return (
    mark !== '.' ||
    line.charAt(start + 1) === '.' ||
    !isAbbreviation(line.slice(Math.max(0, start - LONGEST_ABBREVIATION), start), after)
  )
}

/** 「…。」と言った: a quotation is part of the sentence when kana or a mark follows it. */
function quoteGoesOn(line: string, start: number, end: number, next: string): boolean {
  return (
    /[」』）】”]/u.test(line.slice(start, end)) && /[\u3041-\u309f、。，．]/u.test(next) && !/^\s/.test(line.slice(end))
  )
}

/** Is the full stop after `before` part of an abbreviation that goes on with `after`? */
function isAbbreviation(before: string, after: string): boolean {
  const token = /(?:^|[\s([{"'“‘\u3040-\u9fff])([\p{L}.]+)$/u.exec(before)?.[1]
  if (!token) return false
  const abbreviation = token.toLowerCase()
  const word = /^[\s"'“‘([]*([\p{L}\p{N}]+)/u.exec(after)?.[1] ?? ''
  if (introducing.has(abbreviation)) return true
  if (numbering.has(abbreviation)) return /^\p{N}/u.test(word)
  if (closing.has(abbreviation) || /^(?:\p{L}\.)+\p{L}$/u.test(token)) return !openers.has(word.toLowerCase())
  return /^\p{Lu}$/u.test(token) && token !== 'I' && !openers.has(word.toLowerCase())
}
