/** A stretch of text and which citation marks it, if one does. */
export interface Stretch {
  text: string
  /** Position of the citation. */
  citation?: number
}

export interface Mark {
  start: number
  end: number
  citation: number
}

/**
 * Characters [start, end) of `text`, divided at the edges of `marks` (ranges of the same text). Where marks lie over each
 * other the one of citation `current` wins, else the one that begins first.
 */
export function markedText(
  text: string,
  start: number,
  end: number,
  marks: readonly Mark[],
  current: number,
): Stretch[] {
  const within = marks
    .filter((mark) => mark.start < end && mark.end > start)
    .sort((a, b) => Number(b.citation === current) - Number(a.citation === current) || a.start - b.start)
  const edges = new Set([start, end])
  for (const mark of within) edges.add(Math.max(start, mark.start)).add(Math.min(end, mark.end))
  const cuts = [...edges].sort((a, b) => a - b)
  const stretches: Stretch[] = []
  for (const [i, from] of cuts.entries()) {
    const to = cuts[i + 1]
    if (to === undefined) break
    const mark = within.find((candidate) => candidate.start <= from && candidate.end >= to)
    const last = stretches.at(-1)
    if (last && last.citation === mark?.citation) last.text += text.slice(from, to)
    else stretches.push({ text: text.slice(from, to), ...(mark && { citation: mark.citation }) })
  }
  return stretches
}

/** [start, end) of each piece of `text` between `separator`s, within [start, end). */
export function splitRange(
  text: string,
  start: number,
  end: number,
  separator: string,
): [start: number, end: number][] {
  const ranges: [number, number][] = []
  let from = start
  while (from <= end) {
    const found = text.indexOf(separator, from)
    const to = found === -1 || found >= end ? end : found
    ranges.push([from, to])
    from = to + separator.length
  }
  return ranges
}
