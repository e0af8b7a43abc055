import { ideographOf } from './radicals'
import { variants } from './variants'

/** A text folded for search, with the way back: match [i, j) of `text` is source [sourceStart(i), sourceEnd(j)). */
export interface Normalised {
  text: string
  /** First source code unit of what became the code unit at `index` (0 to text.length) of the normalised text. */
  sourceStart(index: number): number
  /** End of what became the code unit before `index` (0 to text.length) of the normalised text. */
  sourceEnd(index: number): number
}

/** Marks that belong to the character before them: combining marks, half-width (han)dakuten, Hangul vowels and finals. */
const joining = /^[\p{M}\uff9e\uff9f\u1160-\u11ff]$/u

/** Drawn by no reader: soft hyphen, zero-width characters, direction and variation controls, byte order mark. */
const invisible = /\u00ad|[\u200b-\u200f]|[\u2028-\u202e]|[\u2060-\u2064]|\p{Variation_Selector}|\ufeff/gu

const dash = /^[-\u2010-\u2015\u2212\u2500\uff0d\uff70]$/
const katakana = /[\u30a1-\u30fa\u30fc-\u30fe\uff66-\uff9f]/
const alphanumeric = /[0-9a-z\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]/i

/** Marks written in several ways, after NFKC. */
const marks = new Map([
  ['〜', '~'],
  ['∼', '~'],
  ['〰', '~'],
  ['’', "'"],
  ['‘', "'"],
  ['“', '"'],
  ['”', '"'],
  ['ヵ', 'カ'],
  ['ヶ', 'ケ'],
  ['ς', 'σ'],
])

/** Foldings of clusters seen so far; texts repeat a few thousand characters. */
const folded = new Map<string, string>()
const foldedLimit = 20_000

/**
 * Folds a text for search: NFKC, lower case, CJK radicals and variant ideographs to the common character, soft hyphens
 * and zero-width characters removed, wave dashes unified, dashes unified to "-", except between katakana, where
 * they are taken as the long vowel "ー" (and "ー" between Latin letters or digits as "-"). Kanji numerals stay.
 *
 * Works cluster by cluster (a character with the marks that combine with it), so that a match never begins or ends
 * inside one: ㈱ matches as a whole when "株" is sought, ガ written ｶﾞ as both half-width characters.
 */
export function normalise(text: string): Normalised {
  const pieces: string[] = []
  const starts: number[] = []
  const ends: number[] = []
  for (let at = 0; at < text.length;) {
    const end = clusterEnd(text, at)
    const piece = foldAt(text, at, end)
    if (piece !== '') pieces.push(piece)
    for (let unit = 0; unit < piece.length; unit++) {
      starts.push(at)
      ends.push(end)
    }
    at = end
  }
  return {
    text: pieces.join(''),
    sourceStart: (index) => starts[index] ?? text.length,
    sourceEnd: (index) => (index <= 0 ? 0 : (ends[index - 1] ?? text.length)),
  }
}

/** End of the cluster that begins at `at`: one code point and what joins it. */
function clusterEnd(text: string, at: number): number {
  let end = at + codePointLength(text, at)
  while (end < text.length) {
    const code = text.charCodeAt(end)
    if (code < 0x300 || (code >= 0x3040 && code < 0x3099) || (code >= 0x309b && code < 0xa000)) return end
    const length = codePointLength(text, end)
    if (!joining.test(text.slice(end, end + length))) return end
    end += length
  }
  return end
}

const codePointLength = (text: string, at: number): number => ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1)

function foldAt(text: string, start: number, end: number): string {
  const cluster = text.slice(start, end)
  if (end - start === 1 && (cluster === 'ー' || dash.test(cluster))) {
    return foldDash(cluster, text.charAt(start - 1), text.charAt(end))
  }
  const known = folded.get(cluster)
  if (known !== undefined) return known
  if (folded.size >= foldedLimit) folded.clear()
  const result = fold(cluster)
  folded.set(cluster, result)
  return result
}

/** "サ−バ" is サーバ, "090ー1234" is 090-1234; "ｰ" is always the long vowel. */
function foldDash(mark: string, before: string, after: string): string {
  if (mark === 'ー') return alphanumeric.test(before) && alphanumeric.test(after) ? '-' : mark
  return mark === 'ｰ' || (katakana.test(before) && katakana.test(after)) ? 'ー' : '-'
}

function fold(cluster: string): string {
  const compatible = cluster.replace(invisible, '').normalize('NFKC').toLowerCase().normalize('NFKC')
  let result = ''
  for (const character of compatible) {
    const ideograph = ideographOf(character)
    result += marks.get(ideograph) ?? variants.get(ideograph) ?? ideograph
  }
  return result
}
