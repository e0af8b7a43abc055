import type { Direction, Rect } from '../../domain'
import { isCjk } from './glyphs'
import type { Box, Item, PageContent } from './item'

/**
 * The items of a page that read in one direction, in coordinates turned so that they read to the right and lines follow
 * downwards. Everything after this stage knows only upright text: a sideways page is turned back, and vertical Japanese
 * is text that reads down (direction 1), its lines following one another to the left.
 */
export interface Frame {
  direction: Direction
  /** The glyphs stand upright while the text runs down: vertical writing, not a turned page. */
  vertical: boolean
  width: number
  height: number
  items: Item[]
  /** From the frame's coordinates back to the page's. */
  rectOf(box: Box): Rect
}

/** The page's text by reading direction, most text first. */
export function splitFrames(page: PageContent): Frame[] {
  const byDirection: Item[][] = [[], [], [], []]
  for (const item of page.items) byDirection[item.direction]!.push(item)
  const vertical = [false, false, false, false]
  for (const direction of [0, 1, 2, 3] as const) {
    const upright = byDirection[direction]!
    const columns = verticalItems(upright, direction, page)
    if (columns.size === 0) continue
    const turned = (direction + 1) % 4
    vertical[turned] = true
    const order = new Map(page.items.map((item, at) => [item, at]))
    byDirection[turned] = [...byDirection[turned]!, ...columns].sort((a, b) => order.get(a)! - order.get(b)!)
    byDirection[direction] = upright.filter((item) => !columns.has(item))
  }
  return ([0, 1, 2, 3] as const)
    .filter((direction) => byDirection[direction]!.length > 0)
    .map((direction) => frameOf(byDirection[direction]!, direction, vertical[direction]!, page))
    .sort((a, b) => characters(b) - characters(a))
}

const characters = (frame: Frame): number => frame.items.reduce((sum, item) => sum + item.text.length, 0)

function frameOf(items: Item[], direction: Direction, vertical: boolean, page: PageContent): Frame {
  const sideways = direction % 2 === 1
  return {
    direction,
    vertical,
    width: sideways ? page.height : page.width,
    height: sideways ? page.width : page.height,
    items: direction === 0 ? items : items.map((item) => ({ ...item, ...turn(item, direction, page) })),
    rectOf: (box) => turnBack(box, direction, page),
  }
}

function turn(box: Box, direction: Direction, { width, height }: PageContent): Box {
  const { x0, y0, x1, y1 } = box
  if (direction === 1) return { x0: y0, y0: width - x1, x1: y1, y1: width - x0 }
  if (direction === 2) return { x0: width - x1, y0: height - y1, x1: width - x0, y1: height - y0 }
  if (direction === 3) return { x0: height - y1, y0: x0, x1: height - y0, y1: x1 }
  return { x0, y0, x1, y1 }
}

function turnBack({ x0, y0, x1, y1 }: Box, direction: Direction, { width, height }: PageContent): Rect {
  if (direction === 1) return [width - y1, x0, width - y0, x1]
  if (direction === 2) return [width - x1, height - y1, width - x0, height - y0]
  if (direction === 3) return [y0, height - x1, y1, height - x0]
  return [x0, y0, x1, y1]
}

/** Fewer linked glyphs than this are a stacked label, not a page of vertical writing. */
const LINKED = 10

/**
 * The items of `direction` that are in truth vertical writing: Chromium and LuaTeX-ja place its glyphs one by one and
 * name no vertical font, so it shows only in the geometry. CJK glyphs on their own, each about 1 em below the last, are
 * such text when they are most of the CJK text; short words between them (a year, 12 %) come with them.
 */
function verticalItems(items: Item[], direction: Direction, page: PageContent): Set<Item> {
  const found = new Set<Item>()
  if (items.length <= LINKED) return found
  const boxes = direction === 0 ? items : items.map((item) => ({ ...item, ...turn(item, direction, page) }))
  let linked = 0
  let cjk = 0
  boxes.forEach((item, at) => {
    if (!isCjk(item.text.charCodeAt(0))) return
    cjk += item.text.length
    const next = boxes[at + 1]
    if (next && isGlyph(item) && isGlyph(next) && isBelow(next, item, 1.7)) linked++
  })
  if (linked <= LINKED || linked < cjk / 2) return found
  boxes.forEach((item, at) => {
    const neighbours = [boxes[at - 1], boxes[at + 1]]
    const between =
      item.x1 - item.x0 < 1.7 * item.size &&
      neighbours.some((other) => other && isGlyph(other) && (isBelow(item, other, 2.4) || isBelow(other, item, 2.4)))
    if (isGlyph(item) || between) found.add(items[at]!)
  })
  return found
}

const isGlyph = (item: Item): boolean => item.text.length <= 2 && isCjk(item.text.charCodeAt(0))

function isBelow(lower: Item, upper: Item, within: number): boolean {
  const step = lower.y0 - upper.y0
  const aside = Math.abs((lower.x0 + lower.x1 - upper.x0 - upper.x1) / 2)
  return aside < 0.5 * upper.size && step > 0.4 * upper.size && step < within * upper.size
}
