import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { buildPieces } from '../../../src/retrieval/soft-lexicon/build'
import { SoftIndex } from '../../../src/retrieval/soft-lexicon/index'
import { readLexicon } from '../../../src/retrieval/soft-lexicon/lexicon'
import { PieceTokenizer } from '../../../src/retrieval/soft-lexicon/tokenizer'
import { canTrain, curveOf, runRecipe } from '../../fixtures/recipes'

const shipped = resolve(import.meta.dirname, '../../../models/starter/lexicon/lexicon.bin')
const sample = readFileSync(resolve(import.meta.dirname, '../../../models/recipes/embedder/sample.tsv'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => line.split('\t') as [english: string, japanese: string])

/** A report of `npm run eval -- retrieval --json`, as far as the recipe reads it. */
function reportOf(recall: string): string {
  const row = (search: string) => ['jsts-paraphrase', 5896, 980, search, recall, '.7', '.8', '.6']
  return JSON.stringify({ columns: [], rows: ['words', 'lexicon', 'words and lexicon'].map(row) })
}

/** Of our own translated sentences, the share whose Japanese side a lexicon finds first for the English one. */
function translationsFound(path: string): number {
  const lexicon = readLexicon(new Uint8Array(readFileSync(path)).buffer)
  const tokenizer = new PieceTokenizer(lexicon)
  const index = new SoftIndex(lexicon)
  const japanese = sample.map(([, text]) => text)
  index.add({ document: 'sample', ...buildPieces(japanese, tokenizer) })
  const found = sample.filter(([english], at) => {
    const [first] = index.search(tokenizer.unique(english), { limit: 1 }).hits
    return first?.ordinal === at
  })
  return found.length / sample.length
}

test.runIf(canTrain)(
  'the whole recipe runs, and the lexicon that it makes is read and used here',
  { timeout: 600_000 },
  () => {
    const work = mkdtempSync(join(tmpdir(), 'fumikura-recipe-'))
    try {
      const all = runRecipe('lexicon', 'all', '--smoke', '--work', work)
      expect(all.status, all.stderr).toBe(0)
      const curve = curveOf(all.stdout)
      expect(Number(curve.at(-1)!['steps'])).toBeGreaterThan(0)
      // It was trained on these sentences: what is looked at is that the file says what was learnt.
      expect(translationsFound(join(work, 'lexicon/lexicon.bin'))).toBeGreaterThan(0.5)
      expect(readFileSync(join(work, 'lexicon/README.md'), 'utf8')).not.toContain('[[')
      const again = runRecipe('lexicon', 'train', '--smoke', '--work', work, '--minutes', '0')
      expect(again.stdout, again.stderr).toContain('goes on after')
    } finally {
      rmSync(work, { recursive: true })
    }
  },
)

test.runIf(canTrain)('a lexicon that finds less than the shipped one does not ship', () => {
  const work = mkdtempSync(join(tmpdir(), 'fumikura-recipe-'))
  try {
    writeFileSync(join(work, 'before.json'), reportOf('.459'))
    writeFileSync(join(work, 'report.json'), reportOf('.440'))
    const reports = ['--report', join(work, 'report.json'), '--before', join(work, 'before.json')]
    const before = readFileSync(shipped)
    const done = runRecipe('lexicon', 'ship', '--work', work, ...reports)
    expect(done.status).not.toBe(0)
    expect(done.stderr).toContain('jsts-paraphrase: 0.440 after 0.459')
    expect(readFileSync(shipped).equals(before)).toBe(true)
  } finally {
    rmSync(work, { recursive: true })
  }
})
