import type { TextContent, TextItem, TextMarkedContent, TextStyle } from 'pdfjs-dist/types/src/display/api'
import type { Direction } from '../../domain'
import { foldGlyphs, textWidth } from '../layout/glyphs'
import type { Box, Item } from '../layout/item'
import { partOfRun } from '../rectangles'

/** Ascent and descent, in em, of the box of a run: fonts state them too carelessly (NaN, 1.15) to be followed. */
const ASCENT = 0.85
const DESCENT = 0.2

/** Text turned by more than about 20° from a quarter turn is a watermark or a label in a drawing; it is left out. */
const STRAIGHT = 0.94

interface Mark {
  artifact: boolean
  heading?: number
}

/** pdf.js's text items as items of a page. `transform` is that of its viewport at scale 1. */
export function toItems(content: TextContent, transform: readonly number[]): Item[] {
  const items: Item[] = []
  const marks: Mark[] = [{ artifact: false }]
  let spaced = false
  let leader = false
  for (const entry of content.items) {
    if (!isText(entry)) {
      follow(entry, marks)
      continue
    }
    const style = content.styles[entry.fontName]
    const text = withoutTracking(foldGlyphs(entry.str.replace(CONTROL, '')))
    const placed = text.trim() && style ? place(entry, text, style, transform) : undefined
    if (placed) {
      const item = { ...placed, ...marks.at(-1)!, font: entry.fontName, spaced: spaced || /^\s/.test(text) }
      const { parts, open } = splitLeaders(leader ? { ...item, leader } : item)
      items.push(...parts)
      leader = open
    }
    if (text || entry.hasEOL) spaced = entry.hasEOL || /\s$/.test(text)
  }
  return items
}

const CONTROL = /[^\P{Cc}\t]|[\u200b\u2060\ufeff\ufffe\uffff]/gu

/** CJK text that is spaced out over a line comes with a space after every character; nobody typed those. */
function withoutTracking(text: string): string {
  if (!/(?:[\u3000-\u9fff\uff00-\uffef] ){4}/.test(text)) return text
  return text.replace(/(?<=[\u3000-\u9fff\uff00-\uffef]) (?=[\u3000-\u9fff\uff00-\uffef])/g, '')
}

const isText = (entry: TextItem | TextMarkedContent): entry is TextItem => 'str' in entry

/** Keeps the stack of marked content: what the file says the text that follows is. */
function follow(entry: TextMarkedContent, marks: Mark[]): void {
  if (!entry.type.startsWith('begin')) {
    if (marks.length > 1) marks.pop()
    return
  }
  const mark = { ...marks.at(-1)! }
  const { tag } = entry as TextMarkedContent & { tag?: string }
  if (tag === 'Artifact') mark.artifact = true
  const heading = /^H([1-6])$/.exec(tag ?? '')?.[1]
  if (heading) mark.heading = Number(heading)
  marks.push(mark)
}

type Placed = Pick<Item, 'text' | 'size' | 'direction' | keyof Box>

function place(entry: TextItem, raw: string, style: TextStyle, viewport: readonly number[]): Placed | undefined {
  const [a, b, c, d, x, y] = multiply(viewport, entry.transform as number[])
  const size = Math.hypot(c, d)
  const length = Math.hypot(a, b) || 1
  const direction = directionOf(a / length, b / length)
  if (direction === undefined || !(size > 0)) return undefined
  const text = raw.trim()
  const lead = textWidth(raw, 0, raw.indexOf(text))
  const whole = textWidth(raw) || 1
  const advance = style.vertical ? Math.max(entry.height, size) : entry.width
  const from = (lead / whole) * advance
  const to = ((lead + textWidth(text)) / whole) * advance
  if (style.vertical) {
    const down = ((direction + 1) % 4) as Direction
    return { text, size, direction: down, ...along(down, x, y, from, to, size / 2, size / 2) }
  }
  return { text, size, direction, ...along(direction, x, y, from, to, ASCENT * size, DESCENT * size) }
}

/** The box of text whose baseline runs in `direction` through (x, y), from `from` to `to`, rising `above` it. */
function along(
  direction: Direction,
  x: number,
  y: number,
  from: number,
  to: number,
  above: number,
  below: number,
): Box {
  if (direction === 0) return { x0: x + from, y0: y - above, x1: x + to, y1: y + below }
  if (direction === 1) return { x0: x - below, y0: y + from, x1: x + above, y1: y + to }
  if (direction === 2) return { x0: x - to, y0: y - below, x1: x - from, y1: y + above }
  return { x0: x - above, y0: y - to, x1: x + below, y1: y - from }
}

function directionOf(cos: number, sin: number): Direction | undefined {
  if (cos > STRAIGHT) return 0
  if (sin > STRAIGHT) return 1
  if (cos < -STRAIGHT) return 2
  return sin < -STRAIGHT ? 3 : undefined
}

type Matrix = [number, number, number, number, number, number]

function multiply(m: readonly number[], n: readonly number[]): Matrix {
  const [a = 1, b = 0, c = 0, d = 1, e = 0, f = 0] = m
  const [g = 1, h = 0, i = 0, j = 1, k = 0, l = 0] = n
  return [a * g + c * h, b * g + d * h, a * i + c * j, b * i + d * j, a * k + c * l + e, b * k + d * l + f]
}

const LEADERS = /[…‥⋯]{4,}|(?:[.・·]\s*){6,}|^(?:[.・·]\s*){3,}$/g

/** Takes the dot leaders of a table of contents out of an item; what follows them is marked. `open`: they end the item. */
function splitLeaders(item: Item): { parts: Item[]; open: boolean } {
  const parts: Item[] = []
  let from = 0
  const add = (to: number) => {
    const part = slice(item, from, to)
    if (part) parts.push(from > 0 ? { ...part, leader: true, spaced: true } : part)
  }
  for (const match of item.text.matchAll(LEADERS)) {
    add(match.index)
    from = match.index + match[0].length
  }
  if (from === 0) return { parts: [item], open: false }
  add(item.text.length)
  return { parts, open: from === item.text.length }
}

function slice(item: Item, from: number, to: number): Item | undefined {
  const text = item.text.slice(from, to).trim()
  if (!text) return undefined
  const start = item.text.indexOf(text, from)
  const [x0, y0, x1, y1] = partOfRun(
    { rect: [item.x0, item.y0, item.x1, item.y1], direction: item.direction },
    item.text,
    start,
    start + text.length,
  )
  return { ...item, text, x0, y0, x1, y1 }
}
