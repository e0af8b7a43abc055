import { horizontalOverlap, type Item } from './item'

const KANA = /^[\p{Script=Hiragana}\p{Script=Katakana}ー・\s]+$/u

/** Ruby is set at half the size of the text it explains. */
const LARGEST = 0.62

/**
 * The items without ruby: small kana close above (in a frame, so also beside a vertical line) a larger CJK item. Kept, it
 * would stand between two lines as a line of its own, or inside a word. Items are in a frame's coordinates.
 */
export function withoutRuby(items: Item[]): Item[] {
  const bodies = new Map<Item, Item[]>()
  const candidates = items.filter((item) => KANA.test(item.text))
  if (candidates.length === 0) return items
  const largest = Math.max(...items.map((item) => item.size))
  for (const ruby of candidates) {
    if (ruby.size > LARGEST * largest) continue
    bodies.set(
      ruby,
      items.filter((body) => ruby.size <= LARGEST * body.size && sitsOver(ruby, body)),
    )
  }
  return items.filter((item) => !bodies.get(item)?.length)
}

function sitsOver(ruby: Item, body: Item): boolean {
  const gap = body.y0 - ruby.y1
  const near = gap > -0.75 * ruby.size && gap < 0.6 * ruby.size
  const over = ruby.y0 < body.y0 && horizontalOverlap(ruby, body) > 0.3 * (ruby.x1 - ruby.x0)
  return near && over && /\p{Script=Han}/u.test(body.text)
}
