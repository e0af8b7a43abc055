import type { Block, Page } from '../../domain'
import { sha256 } from '../hash'
import type { FlowBlock } from './flow'

/** Most blocks on one part: what the reader pane draws at once, and what is read anew when something in it changes. */
export const PART_BLOCKS = 200

/**
 * Places blocks on numbered parts, each ending before a heading where one stands in the second half of its room: the
 * highest there, the last of equals.
 */
export async function toParts(blocks: readonly FlowBlock[]): Promise<Page[]> {
  const parts: Promise<Page>[] = []
  for (let start = 0; start < blocks.length;) {
    const end = partEnd(blocks, start)
    parts.push(toPart(parts.length + 1, blocks.slice(start, end)))
    start = end
  }
  return Promise.all(parts)
}

function partEnd(blocks: readonly FlowBlock[], start: number): number {
  const end = start + PART_BLOCKS
  if (end >= blocks.length) return blocks.length
  let best = end
  let bestLevel = Infinity
  for (let i = end; i >= start + PART_BLOCKS / 2; i--) {
    const block = blocks[i]
    if (block?.kind !== 'heading' || (block.level ?? 6) >= bestLevel) continue
    best = i
    bestLevel = block.level ?? 6
  }
  return best
}

async function toPart(number: number, flow: readonly FlowBlock[]): Promise<Page> {
  let text = ''
  const blocks = flow.map(({ kind, text: own, level }): Block => {
    if (text) text += '\n\n'
    const start = text.length
    text += own
    return { kind, start, end: text.length, ...(level !== undefined && { level }) }
  })
  const fingerprint = await sha256(JSON.stringify(flow))
  return { number, width: 0, height: 0, text, runs: [], blocks, image: false, fingerprint }
}
