import { parse, type DefaultTreeAdapterTypes as Tree } from 'parse5'
import { decodeText } from './decode'
import { cleanText, collapseSpace, type FlowBlock, type FlowDocument } from './flow'
import { attribute, containers, isRead } from './html-elements'
import { listBlocks, termMarker, type ListItem } from './list'
import { tableBlock } from './table'

/** Deeper than any page that a person wrote; below it, only the text is taken, without recursion. */
const DEEPEST = 300
/** A line break that is meant, while other white space is still as in the source. */
const LINE = '\u2028'

/** Reads HTML. Nothing is run, resolved or fetched: the parser makes a tree of plain objects, of which the text is taken. */
export const readHtml = (bytes: Uint8Array): FlowDocument => flowOfHtml(decodeText(bytes, declaredEncoding(bytes)))

/** The encoding named by `<meta>` or an XML declaration in the first 1,024 bytes, as the HTML standard looks for it. */
function declaredEncoding(bytes: Uint8Array): string | undefined {
  const start = new TextDecoder('windows-1252').decode(bytes.subarray(0, 1024))
  return (
    /<meta\b[^>]*?\bcharset\s*=\s*["']?\s*([\w.:-]+)/i.exec(start)?.[1] ??
    /^<\?xml\b[^>]*?\bencoding\s*=\s*["']([\w.:-]+)/.exec(start)?.[1]
  )
}

/** Title and blocks of an HTML document or fragment. */
export function flowOfHtml(html: string): FlowDocument {
  const document = parse(html)
  const blocks = blocksOf(document)
  const title =
    cleanText(collapseSpace(titleOf(document))).trim() ||
    blocks.find(({ kind, level }) => kind === 'heading' && level === 1)?.text
  return { ...(title && { title }), blocks }
}

function titleOf(document: Tree.Document): string {
  const root = document.childNodes.find((node) => node.nodeName === 'html')
  const head = root && children(root).find((node) => node.nodeName === 'head')
  const title = head && children(head).find((node) => node.nodeName === 'title')
  return title
    ? children(title)
        .map((node) => ('value' in node ? node.value : ''))
        .join('')
    : ''
}

const children = (node: Tree.Node): Tree.ChildNode[] => ('childNodes' in node ? node.childNodes : [])
const isElement = (node: Tree.Node): node is Tree.Element => 'tagName' in node

/** Collects blocks while the tree is walked: `inline` is the text of the block that is open. */
interface Writer {
  blocks: FlowBlock[]
  inline: string
}

function blocksOf(node: Tree.Node, depth = 0): FlowBlock[] {
  const writer: Writer = { blocks: [], inline: '' }
  for (const child of children(node)) walk(child, writer, depth + 1)
  endBlock(writer)
  return writer.blocks
}

function endBlock(writer: Writer, kind: 'paragraph' | 'heading' = 'paragraph', level?: number): void {
  const text = cleanText(collapseSpace(writer.inline).replace(/ ?\u2028 ?/g, '\n'))
    .replace(/^ +/gm, '')
    .trim()
  writer.inline = ''
  if (!text) return
  writer.blocks.push(level === undefined ? { kind, text } : { kind, level, text: text.replace(/\n/g, ' ') })
}

function walk(node: Tree.ChildNode, writer: Writer, depth: number): void {
  if ('value' in node) writer.inline += node.value
  if (!isElement(node) || !isRead(node)) return
  const level = headingLevel(node)
  if (depth > DEEPEST) writer.inline += ` ${textBelow(node)} `
  else if (node.tagName === 'br') writer.inline += LINE
  else if (node.tagName === 'img') writer.inline += attribute(node, 'alt') ?? ''
  else if (level !== undefined || containers.has(node.tagName)) walkContainer(node, writer, depth, level)
  else if (builders[node.tagName]) {
    endBlock(writer)
    writer.blocks.push(...builders[node.tagName]!(node, depth))
  } else for (const child of children(node)) walk(child, writer, depth + 1)
}

function walkContainer(node: Tree.Element, writer: Writer, depth: number, level: number | undefined): void {
  endBlock(writer)
  for (const child of children(node)) walk(child, writer, depth + 1)
  endBlock(writer, level === undefined ? 'paragraph' : 'heading', level)
}

function headingLevel(node: Tree.Element): number | undefined {
  const named = /^h([1-6])$/.exec(node.tagName)?.[1]
  if (named) return Number(named)
  if (attribute(node, 'role') !== 'heading') return undefined
  const stated = Number(attribute(node, 'aria-level') ?? 2)
  return Math.min(6, Math.max(1, Math.trunc(stated) || 2))
}

type Builder = (node: Tree.Element, depth: number) => FlowBlock[]

const builders: Partial<Record<string, Builder>> = {
  ul: (node, depth) => listBlocks(items(node, depth, () => '• ')),
  menu: (node, depth) => listBlocks(items(node, depth, () => '• ')),
  ol: (node, depth) => {
    const start = Number(attribute(node, 'start') ?? 1) || 1
    return listBlocks(items(node, depth, (index) => `${start + index}. `))
  },
  dl: (node, depth) => listBlocks(definitions(node, depth)),
  table: tableBlocks,
  pre: (node) => {
    const text = cleanText(textBelow(node))
    return text.trim() ? [{ kind: 'paragraph', text }] : []
  },
}

function items(list: Tree.Element, depth: number, marker: (index: number) => string): ListItem[] {
  const read = children(list).filter((node) => isElement(node) && isRead(node))
  return read.map((node, index) => ({
    // A list directly inside a list (invalid, but common) belongs to the item before it.
    marker: node.nodeName === 'li' ? marker(index) : '  ',
    blocks: node.nodeName === 'li' ? blocksOf(node, depth) : blocksOf({ ...list, childNodes: [node] }, depth),
  }))
}

/** Pairs of a definition list; several terms of one explanation are named together. */
function definitions(list: Tree.Element, depth: number): ListItem[] {
  const found: ListItem[] = []
  let terms: string[] = []
  const entries = children(list).flatMap((node) => (node.nodeName === 'div' ? children(node) : [node]))
  for (const node of entries) {
    if (!isElement(node) || !isRead(node)) continue
    const blocks = blocksOf(node, depth)
    if (node.tagName === 'dt') terms.push(blocks.map(({ text }) => text).join(' '))
    else if (blocks.length) {
      found.push({ marker: terms.length ? termMarker(terms.join(', ')) : '  ', blocks })
      terms = []
    }
  }
  return terms.length
    ? [...found, ...terms.map((text) => ({ marker: '', blocks: [{ kind: 'paragraph' as const, text }] }))]
    : found
}

/** A table of data as one block; a table that only arranges the page gives the blocks of its cells. */
function tableBlocks(table: Tree.Element, depth: number): FlowBlock[] {
  const parts = children(table).filter((node) => isElement(node) && isRead(node))
  const caption = parts.filter((node) => node.nodeName === 'caption').flatMap((node) => blocksOf(node, depth))
  const rows = parts
    .flatMap((node) => (node.nodeName === 'tr' ? [node] : children(node).filter((row) => row.nodeName === 'tr')))
    .map((row) => children(row).filter((cell) => cell.nodeName === 'td' || cell.nodeName === 'th'))
  const cells = rows.map((row) => row.map((cell) => blocksOf(cell, depth)))
  const arranges = attribute(table, 'role') === 'presentation' || cells.every((row) => row.length < 2)
  if (arranges || cells.flat(2).some(({ kind }) => kind === 'heading' || kind === 'table'))
    return [...caption, ...cells.flat(2)]
  const block = tableBlock(cells.map((row) => row.map((blocks) => blocks.map(({ text }) => text).join(' '))))
  return block ? [...caption, block] : caption
}

/** All text under a node, in order and as it stands, without recursion. */
function textBelow(node: Tree.Node): string {
  let text = ''
  const pending: Tree.Node[] = [node]
  for (let next = pending.pop(); next; next = pending.pop()) {
    if ('value' in next) text += next.value
    else if (next.nodeName === 'br') text += '\n'
    else if (!isElement(next) || isRead(next)) pending.push(...children(next).toReversed())
  }
  return text
}
