/** A round of this many characters and more, said this many times, is a loop. */
const loops = [
  { from: 1, rounds: 15 },
  { from: 6, rounds: 5 },
  { from: 24, rounds: 3 },
]

/** Characters of a round, at most. */
const longestRound = 150

/** Characters of a line of dashes, at most. */
const longestRule = 200

const says = /[\p{L}\p{N}]/u

/** Has the text run into a loop, saying the same again and again? Then its end is cut to one round of it. */
export function withoutLoop(text: string): string | undefined {
  for (let round = 1; round <= longestRound; round++) {
    const repeated = repeatedLength(text, round)
    const wanted = loops.findLast(({ from }) => round >= from)?.rounds ?? Infinity
    if (repeated < (wanted - 1) * round) continue
    // A line of dashes is a line; only one without end is a loop.
    if (!says.test(text.slice(-round)) && repeated < longestRule) continue
    return text.slice(0, text.length - repeated)
  }
  return undefined
}

/** Characters at the end that repeat those `round` characters before them. */
function repeatedLength(text: string, round: number): number {
  let at = text.length - 1
  while (at >= round && text.charCodeAt(at) === text.charCodeAt(at - round)) at--
  return text.length - 1 - at
}

/** What two sentences must share to count as the same. */
export const foldedSentence = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s\p{P}]+/gu, '')
