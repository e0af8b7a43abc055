import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import expected from '../../../models/starter/embedder/expected.json'
import type { Embedder } from '../../../src/engines/embedding/catalogue'
import { starterEmbedder } from '../../../src/engines/embedding/served'
import { loadInNode } from '../../fixtures/encoder-in-node'
import { embed } from '../../../src/engines/embedding/embed'
import { lowestCosine } from '../../../src/engines/embedding/self-test'
import { createTokenizer } from '../../../src/engines/encoder/tokenizer'
import { readJsonLines } from '../../fixtures/read-xz'
import { sharedData } from '../../fixtures/shared-data'

const python = '/usr/bin/python3'
const recipe = resolve(import.meta.dirname, '../../../models/recipes/embedder')
const folder = resolve(import.meta.dirname, '../../../models/starter/embedder')
const runs = (...modules: string[]) => spawnSync(python, ['-c', `import ${modules.join(', ')}`]).status === 0
const never = new AbortController().signal

const files = new Map(
  ['tokenizer.json', 'tokenizer_config.json'].map((path) => [path, new Uint8Array(readFileSync(join(folder, path)))]),
)
/** Longer than the model takes: here whole lines are compared. */
const tokenizer = createTokenizer(files, 100_000)

/** What the trainer makes of lines. */
function trainerIds(lines: readonly string[]): number[][] {
  const done = spawnSync(python, ['-B', join(recipe, 'recipe.py'), 'encode', join(folder, 'tokenizer.json')], {
    input: lines.join('\n'),
    encoding: 'utf8',
    maxBuffer: 2 ** 29,
  })
  if (done.status !== 0) throw new Error(done.stderr)
  return done.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as number[])
}

function expectAlike(lines: readonly string[]): void {
  const ids = trainerIds(lines)
  expect(ids).toHaveLength(lines.length)
  expect(lines.filter((line, at) => JSON.stringify(tokenizer.encode(line).ids) !== JSON.stringify(ids[at]))).toEqual([])
}

describe('the tokenizer gives the ids of the trainer', () => {
  test.each(expected)('$text', ({ text, ids }) => expect(tokenizer.encode(text).ids).toEqual(ids))

  test.runIf(runs('unicodedata'))('on lines of our own', () => {
    const lines = readFileSync(join(recipe, 'sample.tsv'), 'utf8')
      .trim()
      .split(/[\t\n]/u)
    expect(lines).toHaveLength(100)
    const odd = [
      '',
      ' ',
      '\u3000',
      'ｱｲｳ　Ａ',
      'don’t',
      "it's",
      'x\u00a0y\u2028z',
      '𠮷野家🍣🍣',
      'ΑΣ İstanbul ﬁ',
      '１２３abc45',
    ]
    expectAlike([...lines, ...odd].filter((line) => !/[\n\r]/u.test(line)))
  })

  const books = [sharedData('text/docs-ja.jsonl.xz'), sharedData('text/docs-en.jsonl.xz')].filter(
    (path) => path !== undefined,
  )
  test.runIf(runs('unicodedata') && books.length === 2)(
    'on 10,000 paragraphs of both languages',
    { timeout: 120_000 },
    () => {
      const lines = books.flatMap((path) => {
        const records = readJsonLines<{ t: string }>(path)
        const step = Math.floor(records.length / 5000)
        return Array.from({ length: 5000 }, (_, at) => records[at * step]!.t.replace(/[\n\r]/gu, ' '))
      })
      expectAlike(lines)
    },
  )
})

/** The lowest cosine of vectors to what the recipe computed. */
async function nearness(
  embedder: Embedder,
  model: string,
  known: { text: string; vector: number[] }[],
): Promise<number> {
  const ready = await loadInNode(embedder, model)
  const texts = known.map(({ text }) => text)
  const vectors = await embed(ready, texts, 'passage', never)
  return lowestCosine(vectors, Float32Array.from(known.flatMap(({ vector }) => vector)), embedder.dimension)
}

test('the shipped graph computes what the recipe stored, and 4 bits stay near 32', { timeout: 60_000 }, async () => {
  const stored = expected.map(({ text, stored }) => ({ text, vector: stored }))
  const exact = expected.map(({ text, float32 }) => ({ text, vector: float32 }))
  expect(await nearness(starterEmbedder, folder, stored)).toBeGreaterThan(0.99999)
  expect(await nearness(starterEmbedder, folder, exact)).toBeGreaterThan(0.97)
})

const canTrain = runs('torch', 'onnx', 'numpy', 'sentencepiece')

test.runIf(canTrain)('the whole recipe runs, and the model that it makes runs here', { timeout: 240_000 }, async () => {
  const work = mkdtempSync(join(tmpdir(), 'fumikura-recipe-'))
  try {
    const run = (stage: string, ...more: string[]) =>
      spawnSync(python, ['-B', join(recipe, 'recipe.py'), stage, '--smoke', '--work', work, ...more], {
        encoding: 'utf8',
      })
    const all = run('all')
    expect(all.status, all.stderr).toBe(0)
    const curve = all.stdout
      .split('\n')
      .flatMap((line) => (line.startsWith('{"seconds"') ? [JSON.parse(line) as Point] : []))
    expect(curve.at(-1)!.recall['xling']).toBeGreaterThan(curve[0]!.recall['xling']! + 0.3)
    const again = run('train', '--minutes', '0')
    expect(again.stdout, again.stderr).toContain('goes on after')
    const model = join(work, 'model')
    const made = JSON.parse(readFileSync(join(model, 'expected.json'), 'utf8')) as typeof expected
    const small = { ...starterEmbedder, dimension: 64 }
    const stored = made.map(({ text, stored }) => ({ text, vector: stored }))
    expect(await nearness(small, model, stored)).toBeGreaterThan(0.99999)
    expect(readFileSync(join(model, 'README.md'), 'utf8')).not.toContain('[[')
  } finally {
    rmSync(work, { recursive: true })
  }
})

/** A point of the curve that training prints. */
interface Point {
  recall: Record<string, number>
}
