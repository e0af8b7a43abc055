import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { canTrain, curveOf, runRecipe } from '../../fixtures/recipes'

const readJson = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'))

/** Two questions with what the rules answer, counted as test/eval/score.ts counts; `f1` may be told wrongly. */
const sample = (f1: number) => [
  {
    set: 'made-ja',
    language: 'ja',
    question: '会議はどこで開かれますか。',
    passage: '会議は大阪で開かれる。田中が司会を務める。',
    answers: ['大阪'],
    extractor: { answer: '大阪', exact: 1, f1 },
  },
  {
    set: 'made-en',
    language: 'en',
    question: 'When does the shop open?',
    passage: 'The shop opens at nine. It closes at six.',
    answers: ['at nine', 'nine'],
    extractor: { answer: 'the shop opens at nine', exact: 0, f1: 2 / 3 },
  },
]

test.runIf(canTrain)('the whole recipe runs, stops at its gate, and ships nothing', { timeout: 900_000 }, () => {
  const work = mkdtempSync(join(tmpdir(), 'fumikura-recipe-'))
  const run = (stage: string, ...more: string[]) => runRecipe('reader', stage, '--smoke', '--work', work, ...more)
  try {
    const all = run('all')
    expect(all.status, all.stderr).toBe(0)
    const losses = curveOf(all.stdout).flatMap((point) => (point['stage'] === 'copy' ? [Number(point['loss'])] : []))
    expect(losses.at(-1)).toBeLessThan(losses[0]! - 0.3)
    expect(all.stdout).toMatch(/\d+ questions generated, \d+ kept/)
    expect(Object.keys(readJson(join(work, 'judged.json')) as object)).toContain('pointer')
    const config = readJson(join(work, 'model/config.json')) as { model_type: string }
    expect(config.model_type).toBe('llama')
    const card = readFileSync(join(work, 'model/README.md'), 'utf8')
    expect(card).toContain('It does not ship')
    expect(card).not.toContain('[[')

    writeFileSync(join(work, 'sample.json'), JSON.stringify(sample(1)))
    const judged = run('evaluate', '--sample', join(work, 'sample.json'))
    expect(judged.status, judged.stderr).toBe(0)
    const ship = run('ship')
    expect(ship.status).not.toBe(0)
    expect(ship.stderr).toContain('made-ja')
    writeFileSync(join(work, 'sample.json'), JSON.stringify(sample(0.5)))
    expect(run('evaluate', '--sample', join(work, 'sample.json')).stderr).toContain('counted')

    // The same stage with the gate that counts: nothing of this size passes, and nothing is mixed in.
    expect(run('copy', '--minutes', '0', '--gate', '0.95').stdout).toContain('copy goes on after')
    const mix = run('mix')
    expect(mix.status).not.toBe(0)
    expect(mix.stderr).toContain('nothing is mixed in')
  } finally {
    rmSync(work, { recursive: true })
  }
})
