/** Numbers that a model wrote to cite passages, at a place of the text without them. */
export interface Marker {
  /** Index in `Unmarked.text` before which it stood. */
  at: number
  numbers: number[]
  /** Where it begins in the text as written. */
  source: number
}

/** Text as written without its citation marks and without emphasis, which is shown as plain text. */
export interface Unmarked {
  text: string
  markers: Marker[]
  /** Index in the text as written of the character at `index` of `text`. */
  sourceOf(index: number): number
}

const word = '(?:\\^|(?:passages?|sources?|documents?|notes?|doc\\.?|資料|出典|文献|文書|抜粋|引用|要点)\\s*)?'
const one = `${word}[\\d０-９]{1,3}(?:\\s*†[^\\]】]{0,40})?`
const joint = '\\s*(?:[,、，;・&–〜～~-]|and|と)\\s*'
const group = `[\\[［【]\\s*${one}(?:${joint}${one})*\\s*[\\]］】]`

/** [1], [1][2], [1, 2], [1-3], 【1】, ［１］, [^1], [Passage 1], ([1]); and **bold**, `code`, # heading. */
const mark = new RegExp(
  `([ \\t]*)(?:[(（]\\s*(${group}(?:\\s*${group})*)\\s*[)）]|(${group}))|\\*\\*|\`|^#{1,6}[ \\t]+`,
  'gimu',
)

/** A mark that may be going on behind the end of the text, with the space before it. */
const unfinished = new RegExp(
  `\\s*(?:[(（]\\s*)?(?:[\\[［【](?:[\\s\\d０-９,、，;・&–〜～~^-]|passages?|sources?|documents?|notes?|and|doc|資料|出典|文献|文書|抜粋|引用|要点|[a-z]{1,8}|†[^\\]】]{0,40}){0,24})?$|\\s*[*\`#]+$`,
  'iu',
)

/** Takes citation marks out of a text, with the space before them, and tells where they stood. */
export function withoutMarks(written: string): Unmarked {
  const markers: Marker[] = []
  const kept: { at: number; source: number }[] = []
  let text = ''
  let from = 0
  const keep = (until: number) => {
    if (until > from) kept.push({ at: text.length, source: from })
    text += written.slice(from, until)
  }
  for (const match of written.matchAll(mark)) {
    const [whole, space = '', bracketed, alone] = match
    const end = match.index + whole.length
    // "[1]next": without the space before the mark the words would run together.
    const between = space && /^[\p{L}\p{N}]/u.test(written.slice(end)) ? space.length : 0
    keep(match.index + between)
    const numbers = numbersOf(bracketed ?? alone ?? '')
    if (numbers.length) markers.push({ at: text.length, numbers, source: match.index + space.length })
    from = end
  }
  keep(written.length)
  const sourceOf = (index: number): number => {
    const piece = kept.findLast(({ at }) => at <= index)
    return piece ? piece.source + index - piece.at : index
  }
  return { text, markers, sourceOf }
}

/** Length of the text's beginning that no later character can turn into part of a mark. */
export const certainLength = (written: string): number => unfinished.exec(written)?.index ?? written.length

const widest = 20

function numbersOf(marks: string): number[] {
  const numbers: number[] = []
  const folded = marks.normalize('NFKC').replace(/†[^\]】]*/gu, '')
  for (const [, first = '', last] of folded.matchAll(/(\d{1,3})(?:\s*[-–~〜]\s*(?:[a-z^]+\s*)?(\d{1,3}))?/giu)) {
    const [from, to] = [Number(first), Number(last ?? first)]
    // "[1-300]" is no list of passages.
    for (let number = from; number <= Math.max(from, Math.min(to, from + widest)); number++) numbers.push(number)
  }
  return [...new Set(numbers)]
}
