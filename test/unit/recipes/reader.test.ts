import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { canTrain, curveOf, python, runRecipe } from '../../fixtures/recipes'

const readJson = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'))

/** Two questions with what the rules answer, counted as src/lab/measures/answer-score.ts counts; `f1` may be told wrongly. */
const sample = (f1: number) => [
  {
    set: 'jsquad-valid',
    language: 'ja',
    question: '会議はどこで開かれますか。',
    passage: '会議は大阪で開かれる。田中が司会を務める。',
    answers: ['大阪'],
    extractor: { answer: '大阪', exact: 1, f1 },
  },
  {
    set: 'xquad-en',
    language: 'en',
    question: 'When does the shop open?',
    passage: 'The shop opens at nine. It closes at six.',
    answers: ['at nine', 'nine'],
    extractor: { answer: 'the shop opens at nine', exact: 0, f1: 2 / 3 },
  },
]

/** What was judged on other sets does not ship, nor another model than was judged; and what was not exported is not judged. */
function refusesOthers(work: string, ship: () => string): void {
  const [path, weights] = [join(work, 'judged.json'), join(work, 'model/onnx/model_q4.onnx_data')]
  const judged = readJson(path) as Record<string, unknown>
  const [good, bad] = [
    { exact: 90, f1: 90 },
    { exact: 10, f1: 10 },
  ]
  writeFileSync(path, JSON.stringify({ ...judged, reader: { 'xquad-en': good }, extractor: { 'xquad-en': bad } }))
  expect(ship()).toContain('It was judged on xquad-en: jsquad-valid and xquad-en are wanted')
  const written = readFileSync(weights)
  written[0]! ^= 1
  writeFileSync(weights, written)
  expect(ship()).toContain('another model')
  const past = new Date('2020-01-01')
  utimesSync(weights, past, past)
  expect(runRecipe('reader', 'evaluate', '--smoke', '--work', work).stderr).toContain('stage export has to run')
  expect(runRecipe('reader', 'export', '--smoke', '--work', work).status).toBe(0)
}

/**
 * Prints how often words of a passage answer a question whose own place is outside of it, how many questions of paragraphs
 * with titles of their own have no answer, and how many of what the gate counts is to be refused.
 */
const drawing = `
import random, sys
sys.path[:0] = [".", "reader", "tiny-reader"]
from facts.documents import Generator
from mixture import FULL
from records import Asked, Questions, Record
from stages import answerable
place = "Otto came to Bern. " + "Nothing else was said about him there. " * 20 + "Ida came to Bern. "
there = place.rindex("Bern")
asked = [Asked("Where did Otto come to?", "Bern", place.index("Bern")), Asked("Where did Ida come to?", "Bern", there)]
one, rng = Questions([Record("en", "one", place, asked)]), random.Random(1)
strange = 0
for _ in range(50):
    made = one.document_set(rng, 120)
    strange += sum(question.text.split()[2] not in made.passages[0] for question in made.questions)
print(strange)
asked_of = lambda at: [Asked(f"What is the code of town {at}?", f"{at}{at}", 17)]
apart = Questions([Record("en", str(at), f"Town {at} has code {at}{at}.", asked_of(at)) for at in range(10, 40)])
drawn = [question for _ in range(2000) for question in apart.document_set(rng, 100, 1).questions]
print(0.14 < sum(question.value is None for question in drawn) / len(drawn) < 0.19)
generator = Generator(7, held_out=True)
print(sum(question.value is None for _ in range(20) for question in answerable(generator.document_set(FULL)).questions))
`

test.runIf(canTrain)(
  'questions are asked of where their answers stand, and of paragraphs with titles of their own',
  { timeout: 60_000 },
  () => {
    const cwd = resolve(import.meta.dirname, '../../../models/recipes')
    const ran = spawnSync(python, ['-B', '-c', drawing], { cwd, encoding: 'utf8' })
    expect(ran.status, ran.stderr).toBe(0)
    expect(ran.stdout.trim().split('\n')).toEqual(['0', 'True', '0'])
  },
)

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
    expect(ship.stderr).toContain('jsquad-valid: ')
    refusesOthers(work, () => run('ship').stderr)
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
