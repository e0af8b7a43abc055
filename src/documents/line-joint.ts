const cjk = '[\\u2e80-\\u303f\\u3041-\\u30ff\\u3400-\\u9fff\\uf900-\\ufaff\\uff01-\\uff9f\\u{20000}-\\u{3ffff}]'
const cjkStart = new RegExp(`^${cjk}`, 'u')
const cjkEnd = new RegExp(`${cjk}$`, 'u')
const softHyphen = '\u00ad'

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
  const last = before.slice(-1)
  if (last === softHyphen) return { drop: 1, text: '' }
  if (/[\p{L}][-\u2010]$/u.test(before) && /^\p{Ll}/u.test(after)) return { drop: 1, text: '' }
  if (/\s$/.test(before) || /^\s/.test(after) || !before || !after) return { drop: 0, text: '' }
  return { drop: 0, text: cjkEnd.test(before) || cjkStart.test(after) ? '' : ' ' }
}

/** The lines of one paragraph as one text. */
export function joinLines(lines: readonly string[]): string {
  let joined = ''
  for (const line of lines) {
    const { drop, text } = lineJoint(joined, line)
    joined = joined.slice(0, joined.length - drop) + text + line
  }
  return joined
}
