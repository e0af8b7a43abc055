/** Characters of the end that are looked at. */
const window = 600

/** Characters of a line of dashes, at most. */
const longestRule = 200

const says = /[\p{L}\p{N}]/u

/** A stretch of some length three times over, or a short one many times. */
const loops = [/(.{24,150}?)\1\1$/su, /(.{6,24}?)\1{4}$/su, /([^\s\p{P}].{0,4}?)\1{14}$/su]

/** Has the text run into a loop, saying the same again and again? Then its end is cut to one round of it. */
export function withoutLoop(text: string): string | undefined {
  const end = text.slice(-window)
  for (const loop of loops) {
    const match = loop.exec(end)
    // A line of dashes is a line; only one without end is a loop.
    const rule = !says.test(match?.[0] ?? '') && (end.length < longestRule || says.test(end.slice(-longestRule)))
    if (match && !rule) return text.slice(0, text.length - match[0].length + (match[1]?.length ?? 0))
  }
  return undefined
}

/** What two sentences must share to count as the same. */
export const foldedSentence = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s\p{P}]+/gu, '')
