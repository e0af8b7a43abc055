const cjk = '[\\u2e80-\\u303f\\u3041-\\u30ff\\u3400-\\u9fff\\uf900-\\ufaff\\uff01-\\uff9f\\u{20000}-\\u{3ffff}]'
const cjkStart = new RegExp(`^${cjk}`, 'u')
const cjkEnd = new RegExp(`${cjk}$`, 'u')
const softHyphen = '\u00ad'

/** Characters of a line's end that tell how it goes on: a letter of two units, and a hyphen. A paragraph may be a book. */
const LOOKED_AT = 3

export interface LineJoint {
  /** How many characters at the end of the first line go: 1 for the hyphen of a divided word. */
  drop: 0 | 1
  /** What stands between the lines. */
  text: '' | ' '
}

/**
 * How two lines of one paragraph go together: a word divided by a hyphen becomes whole, Japanese is set on without a
 * space, everything else gets one. Where Japanese meets Latin there is no space either: Japanese text breaks its lines
 * there far more often than English text ends a line with a Japanese word.
 */
export function lineJoint(before: string, after: string): LineJoint {
  const end = before.slice(-LOOKED_AT)
  if (end.endsWith(softHyphen)) return { drop: 1, text: '' }
  if (/[\p{L}][-\u2010]$/u.test(end) && /^\p{Ll}/u.test(after)) return { drop: 1, text: '' }
  if (/\s$/.test(end) || /^\s/.test(after) || !end || !after) return { drop: 0, text: '' }
  return { drop: 0, text: cjkEnd.test(end) || cjkStart.test(after) ? '' : ' ' }
}

/** The lines of one paragraph as one text. */
export function joinLines(lines: readonly string[]): string {
  const pieces: string[] = []
  let end = ''
  for (const line of lines) {
    if (!line) continue
    const { drop, text } = lineJoint(end, line)
    if (drop) pieces.push(pieces.pop()!.slice(0, -drop))
    pieces.push(text, line)
    end = (end.slice(0, end.length - drop) + text + line).slice(-LOOKED_AT)
  }
  return pieces.join('')
}
