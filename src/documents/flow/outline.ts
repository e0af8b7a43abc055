import type { OutlineItem, Page } from '../../domain'

/** The headings of a document without pages as its outline, nested by level. */
export function outlineOf(parts: readonly Page[]): OutlineItem[] {
  const top: OutlineItem[] = []
  const open: { level: number; children: OutlineItem[] }[] = [{ level: 0, children: top }]
  for (const part of parts) {
    for (const block of part.blocks) {
      if (block.kind !== 'heading') continue
      const level = block.level ?? 1
      const item: OutlineItem = { title: part.text.slice(block.start, block.end), page: part.number, children: [] }
      while (open.length > 1 && open.at(-1)!.level >= level) open.pop()
      open.at(-1)!.children.push(item)
      open.push({ level, children: item.children })
    }
  }
  return top
}
