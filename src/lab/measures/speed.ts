import type { Speed } from '../cost'
import type { Result } from '../run'
import { meanOf } from './bootstrap'

/**
 * How fast answers were written, of those that were: tokens that had to be read (a prompt whose beginning was known already is
 * counted without that) over the time to the first token, and tokens per second from there on. Questions whose options were
 * scored have long prompts too and no first token, and do not count. Undefined where nothing was written.
 */
export function speedOf(results: readonly Pick<Result, 'measures'>[]): Speed | undefined {
  let [tokens, seconds] = [0, 0]
  const writing: number[] = []
  for (const { measures } of results) {
    const { promptTokens, reusedTokens = 0, firstToken, tokensPerSecond } = measures
    if (promptTokens === undefined || firstToken === undefined || tokensPerSecond === undefined) continue
    tokens += promptTokens - reusedTokens
    seconds += firstToken / 1000
    writing.push(tokensPerSecond)
  }
  const speed = { reading: tokens / seconds, writing: writing.length ? meanOf(writing) : 0 }
  return Number.isFinite(speed.reading) && speed.reading > 0 && speed.writing > 0 ? speed : undefined
}
