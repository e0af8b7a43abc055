import { ModelUnusable } from '../../errors'
import type { Encoding } from './encoding'

/** What is asked of a tokenizer to encode pairs. */
export interface PairTokenizer {
  /** The tokens of a text alone, without special ones. */
  plain(text: string): number[]
  /** Two texts, neither empty, with the special tokens that join them. */
  joined(first: string, second: string): Encoding
}

/** What stands before, between and behind the two texts of a pair, and the types of their own tokens. */
interface Frame {
  before: Encoding
  between: Encoding
  behind: Encoding
  types: [question: number, passage: number]
}

/** Texts to learn a frame from. Any would do. */
const PROBE = ['a', 'b'] as const

/**
 * Encodes a question with each of some passages. What is too long for the model is cut from the end of the passage, as the
 * models were trained; only a question that would leave nothing of it is cut as well, to half.
 *
 * The pair is put together here because the library's own truncation cuts what comes last, the closing token included, and
 * takes an empty passage for none at all.
 * @param maxTokens of a pair, special ones included
 * @throws ModelUnusable if the tokenizer does not join texts
 */
export function pairEncoder(
  tokenizer: PairTokenizer,
  maxTokens: number,
): (question: string, passages: readonly string[]) => Encoding[] {
  const frame = frameOf(tokenizer)
  const room = maxTokens - frame.before.ids.length - frame.between.ids.length - frame.behind.ids.length
  return (question, passages) => {
    const asked = tokenizer.plain(question)
    const first = asked.length < room ? asked : asked.slice(0, room >> 1)
    return passages.map((passage) => {
      const second = tokenizer.plain(passage).slice(0, room - first.length)
      return concat(frame.before, of(first, frame.types[0]), frame.between, of(second, frame.types[1]), frame.behind)
    })
  }
}

/** Learnt by looking for the tokens of two texts in those of their pair. */
function frameOf(tokenizer: PairTokenizer): Frame {
  const { ids, types } = tokenizer.joined(...PROBE)
  const [first, second] = PROBE.map((text) => tokenizer.plain(text)) as [number[], number[]]
  const spare = ids.length - first.length - second.length
  const stands = (text: number[], at: number) => text.every((id, i) => ids[at + i] === id)
  const part = (from: number, to: number): Encoding => ({ ids: ids.slice(from, to), types: types.slice(from, to) })
  for (let start = 0; start <= spare; start++) {
    const end = start + first.length
    for (let next = end; next <= spare + first.length; next++) {
      if (!stands(first, start) || !stands(second, next)) continue
      const ofTexts: Frame['types'] = [types[start] ?? 0, types[next] ?? 0]
      return {
        before: part(0, start),
        between: part(end, next),
        behind: part(next + second.length, ids.length),
        types: ofTexts,
      }
    }
  }
  throw new ModelUnusable({ detail: 'the tokenizer does not join two texts' })
}

const of = (ids: number[], type: number): Encoding => ({ ids, types: ids.map(() => type) })

const concat = (...parts: Encoding[]): Encoding => ({
  ids: parts.flatMap(({ ids }) => ids),
  types: parts.flatMap(({ types }) => types),
})
