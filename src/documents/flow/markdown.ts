import type { Nodes, PhrasingContent, RootContent } from 'mdast'
import { fromMarkdown } from 'mdast-util-from-markdown'
import { gfmFromMarkdown } from 'mdast-util-gfm'
import { gfm } from 'micromark-extension-gfm'
import { decodeText } from './decode'
import { cleanText, collapseSpace, type FlowBlock, type FlowDocument } from './flow'
import { flowOfHtml } from './html'
import { listBlocks } from './list'
import { tableBlock } from './table'

const frontMatter = /^---[ \t]*\n([^]*?\n)??(?:---|\.\.\.)[ \t]*(?:\n|$)/

/** Reads GitHub Flavored Markdown; HTML in it is read as HTML, YAML front matter gives the title and nothing else. */
export function readMarkdown(bytes: Uint8Array): FlowDocument {
  const text = decodeText(bytes).replace(/\r\n?/g, '\n')
  const front = frontMatter.exec(text)
  const body = front ? text.slice(front[0].length) : text
  const tree = fromMarkdown(body, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] })
  const blocks = blocksOf(tree.children)
  const stated = /^title:[ \t]*(.+)$/m.exec(front?.[1] ?? '')?.[1]?.trim()
  const title =
    stated?.replace(/^(["'])(.*)\1$/, '$2') ?? blocks.find(({ kind, level }) => kind === 'heading' && level === 1)?.text
  return { ...(title && { title }), blocks }
}

const blocksOf = (nodes: readonly RootContent[]): FlowBlock[] => nodes.flatMap(blockOf)

function blockOf(node: RootContent): FlowBlock[] {
  switch (node.type) {
    case 'heading':
      return textBlock({ kind: 'heading', level: node.depth, text: inlineText(node.children).replace(/\n/g, ' ') })
    case 'paragraph':
      return textBlock({ kind: 'paragraph', text: inlineText(node.children) })
    case 'code':
      return textBlock({ kind: 'paragraph', text: node.value })
    case 'html':
      return flowOfHtml(node.value).blocks
    case 'blockquote':
    case 'footnoteDefinition':
      return blocksOf(node.children)
    case 'list':
      return listBlocks(
        node.children.map((item, index) => ({
          marker: node.ordered ? `${(node.start ?? 1) + index}. ` : '• ',
          blocks: blocksOf(item.children),
        })),
      )
    case 'table': {
      const block = tableBlock(node.children.map((row) => row.children.map((cell) => inlineText(cell.children))))
      return block ? [block] : []
    }
    default:
      return []
  }
}

function textBlock(block: FlowBlock): FlowBlock[] {
  const text = cleanText(block.text).trimStart()
  return text ? [{ ...block, text }] : []
}

const opensUnread = /^<(?:rt|rp|script|style)\b/i
const closesUnread = /^<\/(?:rt|rp|script|style)\b/i

/** Text of phrasing content. Inline HTML is tags without their content, so what is not read is left out by counting. */
function inlineText(nodes: readonly PhrasingContent[]): string {
  let text = ''
  let unread = 0
  for (const node of nodes) {
    if (node.type === 'html') {
      if (opensUnread.test(node.value)) unread++
      else if (closesUnread.test(node.value)) unread = Math.max(0, unread - 1)
      else if (/^<br\b/i.test(node.value)) text += '\n'
    } else if (!unread) text += phrase(node)
  }
  return text
}

function phrase(node: Exclude<Nodes, { type: 'html' }>): string {
  if (node.type === 'break') return '\n'
  if (node.type === 'text') return collapseSpace(node.value)
  if ('value' in node) return node.value
  if ('alt' in node) return node.alt ?? ''
  return 'children' in node ? inlineText(node.children as PhrasingContent[]) : ''
}
