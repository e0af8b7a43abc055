/** A number in a text, however it is written: 1,200, １２００, 千二百円, twelve hundred. */
export interface WrittenNumber {
  value: number
  start: number
  end: number
}

const kanjiDigits = '〇一二三四五六七八九'
const kanjiUnits: Record<string, number> = { 十: 10, 百: 100, 千: 1000 }
const groups: Record<string, number> = {
  千: 1e3,
  万: 1e4,
  億: 1e8,
  兆: 1e12,
  hundred: 100,
  thousand: 1e3,
  million: 1e6,
  billion: 1e9,
}

const small =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  )
const tens = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ')
const english = new Map([
  ...small.map((word, value): [string, number] => [word, value]),
  ...tens.map((word, at): [string, number] => [word, 20 + 10 * at]),
  ['once', 1],
  ['twice', 2],
])

const digits =
  /[\d０-９]+(?:[,，][\d０-９]{3}(?![\d０-９]))*(?:[.．][\d０-９]+)?(?:\s?(万|億|兆|千|hundred|thousand|million|billion))?/giu
/** With what counts behind it: 一 in 一般 is no number. */
const kanji =
  /(?<![\d０-９])[〇一二三四五六七八九十百千万億]+(?=[年月日時分秒人円回週歳才名件条章項号個本台割倍か箇カヶヵヵ%％つ間以])/gu
const wordNumber = new RegExp(
  `\\b(${[...english.keys()].join('|')})(?:-(${small.slice(1, 10).join('|')}))?(?:\\s(hundred|thousand|million))?\\b`,
  'giu',
)

/** The numbers of a text. English "one" and 一 are left to `held`: they are more often words than numbers. */
export function numbersIn(text: string): WrittenNumber[] {
  const found: WrittenNumber[] = []
  for (const match of text.matchAll(digits)) {
    const [whole, unit] = match
    const plain = Number(whole.normalize('NFKC').replace(/[^\d.]/g, ''))
    add(found, match.index, whole, plain * (unit ? (groups[unit.toLowerCase()] ?? 1) : 1))
  }
  for (const match of text.matchAll(kanji)) add(found, match.index, match[0], kanjiValue(match[0]))
  for (const match of text.matchAll(wordNumber)) {
    const [whole, first = '', second = '', unit = ''] = match
    const value = (english.get(first.toLowerCase()) ?? 0) + (english.get(second.toLowerCase()) ?? 0)
    add(found, match.index, whole, value * (groups[unit.toLowerCase()] ?? 1))
  }
  return found.sort((a, b) => a.start - b.start)
}

function add(found: WrittenNumber[], start: number, whole: string, value: number): void {
  if (Number.isFinite(value)) found.push({ value, start, end: start + whole.trimEnd().length })
}

/** 二十五 is 25, 一九三四 is 1934, 三万二千 is 32,000. */
function kanjiValue(text: string): number {
  if (/^[〇一二三四五六七八九]{2,}$/u.test(text))
    return Number([...text].map((digit) => kanjiDigits.indexOf(digit)).join(''))
  let [total, group, digit] = [0, 0, 0]
  for (const character of text) {
    const unit = kanjiUnits[character]
    const large = character === '万' || character === '億' ? groups[character] : undefined
    if (large) {
      total += (group + digit || 1) * large
      ;[group, digit] = [0, 0]
    } else if (unit) {
      group += (digit || 1) * unit
      digit = 0
    } else digit = kanjiDigits.indexOf(character)
  }
  return total + group + digit
}

const listNumber = /^\s*(?:[([（]?[\d０-９]{1,2}[.)\]）．]\s|[-•・*])/u

/** The numbers of a text, made ready to be looked up. */
export interface HeldNumbers {
  values: ReadonlySet<number>
  /** Digits in one spelling. */
  text: string
}

export const heldNumbers = (text: string): HeldNumbers => ({
  values: new Set(numbersIn(text).map(({ value }) => value)),
  text: text.normalize('NFKC').replace(/,(?=\d{3})/g, ''),
})

/**
 * [start, end) of the numbers of a sentence that none of the texts holds, under whatever spelling. The number of a list item
 * claims nothing, and neither does "one".
 */
export function unheldNumbers(sentence: string, held: readonly HeldNumbers[]): [start: number, end: number][] {
  const claimed = numbersIn(sentence).filter(({ value, start }) => value !== 1 && start >= listStart(sentence))
  if (claimed.length === 0) return []
  // A number inside a longer code ("第20条の2", "E-04") is held as it is spelt.
  const spelt = (start: number, end: number) => {
    const form = sentence.slice(start, end).normalize('NFKC').replace(/,/g, '')
    const whole = new RegExp(`(?<![\\d.])${escaped(form)}(?!\\d)`, 'u')
    return held.some(({ text }) => whole.test(text))
  }
  return claimed
    .filter(({ value, start, end }) => !held.some(({ values }) => values.has(value)) && !spelt(start, end))
    .map(({ start, end }) => [start, end])
}

const listStart = (sentence: string): number => listNumber.exec(sentence)?.[0].length ?? 0

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
