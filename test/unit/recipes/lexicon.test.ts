import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { buildPieces } from '../../../src/retrieval/soft-lexicon/build'
import { SoftIndex } from '../../../src/retrieval/soft-lexicon/index'
import { readLexicon } from '../../../src/retrieval/soft-lexicon/lexicon'
import { PieceTokenizer } from '../../../src/retrieval/soft-lexicon/tokenizer'
import { canTrain, curveOf, python, runRecipe } from '../../fixtures/recipes'

const shipped = resolve(import.meta.dirname, '../../../models/starter/lexicon/lexicon.bin')
const sample = readFileSync(resolve(import.meta.dirname, '../../../models/recipes/embedder/sample.tsv'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => line.split('\t') as [english: string, japanese: string])

const sets = ['jsquad-valid', 'jaquad-dev', 'xquad-en', 'squad2-visible', 'jsts-paraphrase', 'en-ja-sentences']

/** A report of `npm run eval -- lexicon --json`, as far as the recipe reads it. */
function reportOf(recall: string, of = sets): string {
  const row = (search: string) => of.map((set) => [set, 5896, 980, search, recall, '.7', '.8', '.6'])
  return JSON.stringify({ columns: [], rows: ['words', 'lexicon', 'words and lexicon'].flatMap(row) })
}

/** Ships a lexicon by what was measured before and with it, which is refused; returns what is said. */
function refusal(before: string, report: string): string {
  const work = mkdtempSync(join(tmpdir(), 'fumikura-recipe-'))
  try {
    writeFileSync(join(work, 'before.json'), before)
    writeFileSync(join(work, 'report.json'), report)
    const reports = ['--report', join(work, 'report.json'), '--before', join(work, 'before.json')]
    const done = runRecipe('lexicon', 'ship', '--work', work, ...reports)
    expect(done.status).not.toBe(0)
    return done.stderr
  } finally {
    rmSync(work, { recursive: true })
  }
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

/** Prints whether a training that goes on with more minutes, a third of which are not over, leaves the sums as they are. */
const goingOn = `
import sys
sys.path[:0] = [".", "lexicon"]
from pathlib import Path
from common import checkpoint
from train import Training
work = Path(sys.argv[1])
before = checkpoint.load(work / "checkpoint.pt", "cpu")
checkpoint.save(work / "checkpoint.pt", {**before, "seconds": 0.1})
Training(work, before["table"].shape[1], 1, "cpu").run(0.03, 99)
after = checkpoint.load(work / "checkpoint.pt", "cpu")
print(after["sum_steps"] == before["sum_steps"], after["steps"] > before["steps"])
`

function longer(work: string): string[] {
  const cwd = resolve(import.meta.dirname, '../../../models/recipes')
  const ran = spawnSync(python, ['-B', '-c', goingOn, work], { cwd, encoding: 'utf8' })
  expect(ran.status, ran.stderr).toBe(0)
  return ran.stdout.split('\n').filter((line) => line !== '' && !line.startsWith('{'))
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
      expect(longer(work)).toEqual(['goes on after 0 s', 'True True'])
    } finally {
      rmSync(work, { recursive: true })
    }
  },
)

test.runIf(canTrain)(
  'a lexicon that finds less than the shipped one does not ship, nor one that was not measured',
  { timeout: 60_000 },
  () => {
    const before = readFileSync(shipped)
    expect(refusal(reportOf('.459'), reportOf('.440'))).toContain('jsts-paraphrase: 0.440 after 0.459')
    const without = (left: string) => sets.filter((set) => set !== left)
    expect(refusal(reportOf('.459'), reportOf('.500', without('xquad-en')))).toMatch(/xquad-en: .*report\.json has no/u)
    expect(refusal(reportOf('.459', without('jaquad-dev')), reportOf('.500'))).toMatch(
      /jaquad-dev: .*before\.json has/u,
    )
    expect(readFileSync(shipped).equals(before)).toBe(true)
  },
)
