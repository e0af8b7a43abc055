import { joinLines } from '../line-joint'
import { decodeText } from './decode'
import { cleanText, type FlowBlock, type FlowDocument } from './flow'

const bullet = /^\s*(?:[-*+•‣◦–]\s+|[・●○◆◇■□※]\s*|[(（]?\d{1,3}[.)．）]\s*(?![\d%])|[①-⑳]\s*)\S/u
const underline = /^(={3,}|-{3,})$/
const sentenceEnd = /[.。!?！？;；,、，:：]$/u
const longestHeading = 80

/** Numbered headings, with the level that their first words have by custom. */
const numberedHeadings: [pattern: RegExp, level: number][] = [
  [/^第[\d０-９一二三四五六七八九十百]+[編部](?:\s|$|[^\d、。])/u, 1],
  [/^(?:part|book)\s+(?:\d+|[ivxlc]+)\b/i, 1],
  [/^第[\d０-９一二三四五六七八九十百]+章(?:\s|$|[^\d、。])/u, 2],
  [/^(?:chapter|appendix)\s+(?:\d+|[ivxlc]+|[a-z])\b/i, 2],
  [/^第[\d０-９一二三四五六七八九十百]+節(?:\s|$|[^\d、。])/u, 3],
  [/^(?:section|§)\s*\d+/i, 3],
  [/^第[\d０-９一二三四五六七八九十百]+条(?:の[\d一二三四五六七八九十]+)?\s*(?:[（(]|$)/u, 4],
]

/**
 * Reads plain text in any encoding that `decodeText` knows. Blank lines separate paragraphs; lines broken at a fixed
 * width are joined again; lines that stand alone and are underlined or numbered as headings are headings.
 */
export function readText(bytes: Uint8Array): FlowDocument {
  const text = decodeText(bytes).replace(/\r\n?/g, '\n').replace(/\f/g, '\n\n')
  const groups = text
    .split(/\n(?:[ \t\u3000]*\n)+/)
    .map((group) => withoutIndent(cleanText(group).split('\n')))
    .filter((lines) => lines.some((line) => line.trim()))
  const width = wrapWidth(groups)
  const blocks = groups.flatMap((lines) => groupBlocks(lines, width))
  const title = blocks[0]?.kind === 'heading' ? blocks[0].text : undefined
  return { ...(title !== undefined && { title }), blocks }
}

/** Lines without the spaces that all of them begin with. */
function withoutIndent(lines: readonly string[]): string[] {
  const indent = lines.reduce((least, line) => Math.min(least, line.search(/[^ ]|$/)), Infinity)
  return lines.map((line) => line.slice(indent))
}

/** Columns that a line takes on a fixed-width screen: two for a Japanese character. */
const columns = (line: string): number =>
  line.length + (line.match(/[\u2e80-\u9fff\uf900-\ufaff\uff01-\uff60]/g)?.length ?? 0)

/**
 * The width at which the file's lines were broken, or undefined when they were not. Broken lines are nearly full: most of
 * those that another line of their paragraph follows come close to the longest, and that is no wider than people set.
 */
function wrapWidth(groups: readonly (readonly string[])[]): number | undefined {
  const followed = groups.flatMap((lines) => lines.slice(0, -1).map(columns))
  if (followed.length < 2) return undefined
  const sorted = [...followed].sort((a, b) => a - b)
  const width = sorted[Math.floor(sorted.length * 0.98)] ?? 0
  if (width < 40 || width > 132) return undefined
  const full = followed.filter((length) => length >= width * 0.75).length
  return full >= followed.length * 0.6 ? width : undefined
}

function groupBlocks(lines: readonly string[], width: number | undefined): FlowBlock[] {
  const headings: FlowBlock[] = []
  let at = 0
  for (let heading = headingAt(lines, at); heading; heading = headingAt(lines, at)) {
    headings.push(heading.block)
    at += heading.lines
  }
  const rest = lines.slice(at)
  if (rest.length === 0) return headings
  if (bullet.test(rest[0]!.trim()) && rest.length > 1)
    return [...headings, { kind: 'list', text: listItems(rest).join('\n') }]
  return [...headings, ...paragraphs(rest, width).map((text): FlowBlock => ({ kind: 'paragraph', text }))]
}

/** The heading that stands in a line, and how many lines it takes. */
function headingAt(lines: readonly string[], at: number): { block: FlowBlock; lines: number } | undefined {
  if (at >= lines.length) return undefined
  const [first, second] = [lines[at]!.trim(), lines[at + 1]?.trim() ?? '']
  if (underline.test(second) && first.length <= longestHeading)
    return { block: { kind: 'heading', level: second.startsWith('=') ? 1 : 2, text: first }, lines: 2 }
  const level = headingLevel(first)
  return level === undefined ? undefined : { block: { kind: 'heading', level, text: first }, lines: 1 }
}

function headingLevel(line: string): number | undefined {
  if (line.length > longestHeading || sentenceEnd.test(line)) return undefined
  return numberedHeadings.find(([pattern]) => pattern.test(line))?.[1]
}

/** Items of a list, each with the lines that go on with it. */
function listItems(lines: readonly string[]): string[] {
  const items: string[][] = []
  for (const line of lines) {
    if (bullet.test(line) || !items.length) items.push([line.trimEnd()])
    else items.at(-1)!.push(line.trim())
  }
  return items.map(joinLines)
}

/**
 * Lines that were broken at `width` are joined up to the next indented line or short line end; other lines stay what they
 * are: paragraphs of their own where they are long or indented as in Japanese, else lines of one paragraph (an address,
 * a verse).
 */
function paragraphs(lines: readonly string[], width: number | undefined): string[] {
  const found: string[][] = []
  let open = false
  for (const line of lines) {
    const indented = /^(?:\u3000| {2,})/.test(line)
    if (open && !indented) found.at(-1)!.push(line.trim())
    else found.push([line.trim()])
    open = width !== undefined && columns(line) >= width * 0.75
  }
  const wrapped = width !== undefined && lines.slice(0, -1).some((line) => columns(line) >= width * 0.75)
  const separate = wrapped || lines.some((line) => columns(line) > 120 || line.startsWith('\u3000'))
  return separate ? found.map(joinLines) : [lines.map((line) => line.trim()).join('\n')]
}
