import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '../../src/domain'
import { joinLines } from '../../src/documents/line-joint'
import { readPdfInNode } from '../fixtures/read-pdf-in-node'
import { sharedData } from '../fixtures/shared-data'
import type { Report } from '../measure/report'

export const title = 'Paragraphs of LaTeX sources found again, word for word, in the pages made from them'

/** Sources, what was typeset from them, and how many paragraphs the prototype found verbatim (facts/pdf-and-toolchain §3). */
const FILES = [
  { source: 'two2.tex', pdf: 'two_column.pdf', floor: 27 },
  { source: 'huge.tex', pdf: 'huge_725p.pdf', floor: 1865 },
]

/** "Verbatim": the paragraph stands in the text; "own block": it is exactly one block (over a page break, two that are joined). */
export default async function run(): Promise<Report> {
  const report: Report = {
    name: 'layout',
    title,
    columns: ['file', 'paragraphs', 'verbatim', 'own block', 'without page joins'],
    rows: [],
    floors: [],
  }
  const sources = sharedData('pdf/layout/sources')
  const folder = sources && writeSources(sources)
  if (!folder)
    return {
      ...report,
      skipped: ['everything: it needs ../shared/data/pdf/layout and python3, which writes the sources'],
    }
  for (const { source, pdf, floor } of FILES) {
    const truth = paragraphsOf(readFileSync(join(folder, source), 'utf8'))
    const { pages } = await readPdfInNode(sharedData(`pdf/layout/${pdf}`)!)
    const blocks = joinedBlocks(pages)
    const text = blocks.join('\n\n')
    const unjoined = pages.map((page) => page.text).join('\n\n')
    const verbatim = truth.filter((paragraph) => text.includes(paragraph)).length
    const known = new Set(blocks)
    const own = truth.filter((paragraph) => known.has(paragraph)).length
    const alone = truth.filter((paragraph) => unjoined.includes(paragraph)).length
    report.rows.push([pdf, truth.length, verbatim, own, alone])
    report.floors.push({ name: `${pdf}, verbatim`, floor: `>= ${floor}`, value: verbatim, held: verbatim >= floor })
  }
  rmSync(folder, { recursive: true })
  return report
}

/** The generator takes its words from a seeded generator of random numbers, so the sources come out as they were typeset. */
function writeSources(sources: string): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'fumikura-layout-'))
  for (const file of ['gen.py', 'two.tex']) copyFileSync(join(sources, file), join(folder, file))
  try {
    execFileSync('python3', ['gen.py'], { cwd: folder, stdio: 'ignore' })
    return folder
  } catch {
    rmSync(folder, { recursive: true })
    return undefined
  }
}

/** Running text of a LaTeX source: what stands between commands and blank lines, footnotes and floats left out. */
function paragraphsOf(source: string): string[] {
  return source
    .slice(source.indexOf('\\begin{document}'))
    .replace(/\\footnote\{[^}]*\}/g, '')
    .replace(/\\begin\{(table|itemize)\}[^]*?\\end\{\1\}/g, '\n\n')
    .replace(/\\(?:chapter|section|subsection|begin|end)\{[^}]*\}(?:\[[^\]]*\])?/g, '\n\n')
    .replace(/\\\w+/g, '\n\n')
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.replace(/\s+/g, ' ').trim())
    .filter((paragraph) => paragraph.length > 100)
}

function joinedBlocks(pages: readonly Page[]): string[] {
  const joined: { text: string; open: boolean }[] = []
  for (const page of pages) {
    for (const { kind, start, end, continues } of page.blocks) {
      const text = page.text.slice(start, end)
      const last = continues ? joined.findLast(({ open }) => open) : undefined
      if (last) last.text = joinLines([last.text, text])
      else joined.push({ text, open: kind === 'paragraph' || kind === 'list' })
    }
  }
  return joined.map(({ text }) => text)
}
