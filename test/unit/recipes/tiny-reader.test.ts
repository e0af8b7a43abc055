import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { Language } from '../../../src/domain'
import { catalogue } from '../../../src/engines/llm/catalogue'
import { createLlmTokenizer, type LlmTokenizer } from '../../../src/engines/llm/onnx/tokenizer'
import { renderGenerated, textsOf } from '../../fixtures/generated-passages'
import digests from '../../fixtures/reader-line-ids.json'
import { readJsonLines } from '../../fixtures/read-xz'
import { curveOf } from '../../fixtures/recipes'
import { sharedData } from '../../fixtures/shared-data'

const python = '/usr/bin/python3'
const recipe = resolve(import.meta.dirname, '../../../models/recipes/tiny-reader/recipe.py')
const folder = resolve(import.meta.dirname, '../../../models/starter/tiny')
const runs = (...modules: string[]) => spawnSync(python, ['-c', `import ${modules.join(', ')}`]).status === 0

const tokenizerIn = (model: string): LlmTokenizer =>
  createLlmTokenizer(
    new Map(
      ['tokenizer.json', 'tokenizer_config.json'].map((path) => [
        path,
        new Uint8Array(readFileSync(join(model, path))),
      ]),
    ),
  )
const tokenizer = tokenizerIn(folder)

describe('the tokenizer gives the ids of the trainer, and the text back', () => {
  const packed = readFileSync(resolve(import.meta.dirname, '../../fixtures/reader-lines.txt.gz'))
  const lines = gunzipSync(packed).toString('utf8').split('\n')
  const each = lines.length / digests.length

  test('on 10,000 generated lines of both languages', { timeout: 60_000 }, () => {
    expect(lines).toHaveLength(10_000)
    expect(lines.filter((line) => /\p{Script=Hiragana}/u.test(line)).length).toBeGreaterThan(3000)
    const ids = lines.map((line) => tokenizer.encodeContinuation(line))
    const made = digests.map((_, at) =>
      createHash('sha256')
        .update(JSON.stringify(ids.slice(at * each, (at + 1) * each)))
        .digest('hex'),
    )
    expect(made).toEqual(digests)
    expect(lines.filter((line, at) => tokenizer.decode(ids[at]!) !== line)).toEqual([])
  })

  test('a digest of other ids is another one', () => {
    const ids = lines.slice(0, each).map((line) => tokenizer.encodeContinuation(`${line} `))
    expect(createHash('sha256').update(JSON.stringify(ids)).digest('hex')).not.toBe(digests[0])
  })

  test('digits stand alone, and the space before a word belongs to it', () => {
    expect(tokenizer.encodeContinuation('2026')).toHaveLength(4)
    expect(tokenizer.encodeContinuation('in 12')).toHaveLength(4)
    const [word] = tokenizer.encodeContinuation(' the')
    expect(tokenizer.decode([word!])).toBe(' the')
  })

  test('the chat template is read as the recipe writes it out', () => {
    const text = tokenizer.applyTemplate([{ role: 'user', content: 'a' }])
    expect(text).toBe('<|user|>a<|assistant|>')
    expect(tokenizer.encodePrompt([{ role: 'user', content: 'a' }]).at(0)).toBe(3)
    expect(tokenizer.end).toBe(0)
  })

  const books = [sharedData('text/docs-ja.jsonl.xz'), sharedData('text/docs-en.jsonl.xz')].filter(
    (path) => path !== undefined,
  )
  test.runIf(runs('json') && books.length === 2)('on 10,000 paragraphs that people wrote', { timeout: 120_000 }, () => {
    const paragraphs = books.flatMap((path) => {
      const records = readJsonLines<{ t: string }>(path)
      const step = Math.floor(records.length / 5000)
      return Array.from({ length: 5000 }, (_, at) => records[at * step]!.t.replace(/[\n\r]/gu, ' '))
    })
    const done = spawnSync(python, ['-B', recipe, 'encode', join(folder, 'tokenizer.json')], {
      input: paragraphs.join('\n'),
      encoding: 'utf8',
      maxBuffer: 2 ** 29,
    })
    expect(done.status, done.stderr).toBe(0)
    const ids = done.stdout.trim().split('\n')
    const differ = paragraphs.filter((line, at) => {
      const own = tokenizer.encodeContinuation(line)
      return JSON.stringify(own) !== ids[at] || tokenizer.decode(own) !== line
    })
    expect(differ).toEqual([])
  })
})

/** Prints the passages of every held-out set as training shows them to the model. */
const rendering = `
import json, sys
from facts.documents import render_passages
for line in open("tiny-reader/held-out/documents.jsonl", encoding="utf-8"):
    record = json.loads(line)
    print(json.dumps(render_passages(record["passages"], record["language"])))
`

test.runIf(runs('json'))('passages are shown in training as the app shows them, cells of tables as statements', () => {
  const ran = spawnSync(python, ['-B', '-c', rendering], { cwd: resolve(recipe, '../..'), encoding: 'utf8' })
  expect(ran.status, ran.stderr).toBe(0)
  const trained = ran.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as string)
  const entry = catalogue.find(({ servedFrom }) => servedFrom !== undefined)!
  const lines = readFileSync(resolve(recipe, '../held-out/documents.jsonl'), 'utf8').trim().split('\n')
  const shown = lines.map((line) => {
    const { passages, language } = JSON.parse(line) as { passages: string[]; language: Language }
    return `${renderGenerated(passages, language, textsOf(entry, language))}\n\n`
  })
  expect(shown).toEqual(trained)
  expect(shown.join('')).not.toContain(' | ')
})

const canTrain = runs('torch', 'onnx', 'numpy', 'sentencepiece')

test.runIf(canTrain)('the whole recipe runs, and goes on from its checkpoint', { timeout: 240_000 }, () => {
  const work = mkdtempSync(join(tmpdir(), 'fumikura-recipe-'))
  try {
    const run = (stage: string, ...more: string[]) =>
      spawnSync(python, ['-B', recipe, stage, '--smoke', '--work', work, ...more], { encoding: 'utf8' })
    const all = run('all')
    expect(all.status, all.stderr).toBe(0)
    const curve = all.stdout
      .split('\n')
      .flatMap((line) => (line.startsWith('{"seconds"') ? [JSON.parse(line) as { loss: number }] : []))
    expect(curve.at(-1)!.loss).toBeLessThan(curve[0]!.loss - 0.3)
    const again = run('train', '--minutes', '0')
    expect(again.stdout, again.stderr).toContain('goes on after')

    // As on a machine with many cores: batches by other processes, weights that came in parts, the second half of the plan.
    const [parts, before, there] = ['parts', 'before', 'there'].map((name) => join(work, name)) as [
      string,
      string,
      string,
    ]
    expect(run('pack', '--parts', parts).stdout).toMatch(/^1 parts/)
    expect(run('unpack', '--parts', parts, '--work', before).status).toBe(0)
    mkdirSync(there)
    copyFileSync(join(work, 'tokenizer.json'), join(there, 'tokenizer.json'))
    const from = ['--work', there, '--processes', '1', '--workers', '2', '--minutes', '0.1']
    const second = run('train', ...from, '--weights', join(before, 'checkpoint.pt'))
    expect(second.status, second.stderr).toBe(0)
    const elsewhere = run('train', '--weights', join(before, 'checkpoint.pt'))
    expect(elsewhere.stderr).toContain('holds another training')
    const points = curveOf(second.stdout)
    expect(Number(points[0]!['loss'])).toBeLessThan(curve[0]!.loss)
    expect(Number(points.at(-1)!['steps'])).toBeGreaterThanOrEqual(40)
    const made = join(work, 'starter')
    const expected = JSON.parse(readFileSync(join(made, 'tiny/expected.json'), 'utf8')) as {
      text: string
      ids: number[]
    }[]
    const small = tokenizerIn(join(made, 'tiny'))
    for (const { text, ids } of expected) expect(small.encodePrompt([{ role: 'user', content: text }])).toEqual(ids)
    for (const id of ['gozaru', 'keigo', 'json', 'closed-book', 'raft'])
      expect(readFileSync(join(made, `adapters/${id}/adapter_config.json`), 'utf8')).toContain('"peft_type": "LORA"')
    expect(readFileSync(join(made, 'tiny/README.md'), 'utf8')).not.toContain('[[')
  } finally {
    rmSync(work, { recursive: true })
  }
})

/** Prints what two processes make ahead, and what is thrown where they end. */
const making = `
import queue
from common import ahead
ahead.PATIENCE = 3
def make(seed, progress):
    for number in range(2):
        yield seed, number, progress()
made = ahead.Ahead(make, 2, 7)
print(sorted(made.next(0.5)[:2] for _ in range(4)))
try:
    made.next(1)
except queue.Empty:
    print("ended")
`

test.runIf(canTrain)(
  'batches that other processes make come, and are not waited for without end',
  { timeout: 60_000 },
  () => {
    const ran = spawnSync(python, ['-B', '-c', making], { cwd: resolve(recipe, '../..'), encoding: 'utf8' })
    expect(ran.status, ran.stderr).toBe(0)
    expect(ran.stdout.trim().split('\n')).toEqual(['[(448, 0), (448, 1), (449, 0), (449, 1)]', 'ended'])
  },
)

/** Prints by how much logits change when two layers become three, and when the third one then gets something to say. */
const growing = `
import torch
from common.deeper import deeper
from common.llama import Batch, Llama, Shape
two = Llama(Shape(90, 64, 2, 4, 2, 96), 1)
three = Llama(Shape(90, 64, 3, 4, 2, 96), 2)
ids = torch.randint(90, (1, 40), generator=torch.Generator().manual_seed(3))
batch = Batch(ids[:, :20], torch.tensor([20]), ids[:, None, 20:], ids[:, None, 20:] >= 0)
three.load_state_dict(deeper(two.state_dict(), 2, 3))
apart = lambda: (two.answers(batch)[0] - three.answers(batch)[0]).abs().max().item()
before = apart()
torch.nn.init.normal_(three.layers[2].mlp.down_proj.weight)
print(before, apart())
try:
    deeper(two.state_dict(), 2, 5)
except ValueError as error:
    print(error)
`

test.runIf(canTrain)('a model that gets more layers answers as before', { timeout: 60_000 }, () => {
  const ran = spawnSync(python, ['-B', '-c', growing], {
    cwd: resolve(recipe, '../..'),
    encoding: 'utf8',
  })
  expect(ran.status, ran.stderr).toBe(0)
  const [differences, error] = ran.stdout.trim().split('\n')
  const [before, after] = differences!.split(' ').map(Number)
  expect(before).toBeLessThan(1e-4)
  expect(after).toBeGreaterThan(1e-2)
  expect(error).toBe('2 layers do not become 5')
})

/** Prints what comes back of two sets with passages and one without, each with one token wrong; and then what is missed again. */
const missing = `
import json, sys
sys.path.insert(0, "tiny-reader")
import numpy as np
import torch
from batches import collate
from misses import Misses
sets = [([1, 2, 3], [[5, 6, 7, 8, 9], [5, 6, 7]], [2, 1]), ([1], [[5, 6, 7]], [1]), ([4, 4], [[7, 8, 9, 9]], [3])]
batch = collate(sets)
hit = torch.tensor([True, False, True, True, True, False, True, False])
misses = Misses(np.random.default_rng(1))
misses.note(batch, hit)
print(json.dumps([misses.draw(), misses.draw(), misses.draw()]))
misses.note(batch, hit)
print(json.dumps(misses.draw()))
`

test.runIf(canTrain)('what is missed in training comes back once, without what was known', { timeout: 60_000 }, () => {
  const ran = spawnSync(python, ['-B', '-c', missing], {
    cwd: resolve(recipe, '../..'),
    encoding: 'utf8',
  })
  expect(ran.status, ran.stderr).toBe(0)
  const [first, again] = ran.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as [number[], number[][], number[]][] | null)
  const prefixes = first!.filter((each) => each !== null).sort(([a], [b]) => a.length - b.length)
  expect(prefixes).toEqual([
    [[4, 4], [[7, 8, 9, 9]], [3]],
    [[1, 2, 3], [[5, 6, 7, 8, 9]], [2]],
  ])
  expect(first!.at(-1)).toBeNull()
  expect(again).toBeNull()
})

/** Prints how many names and values are held-out ones where words come from outside of the lists, of which one in eight is. */
const drawing = `
import random
from facts.documents import BINDING, Generator
from facts.values import is_held_out, made_up
made = []
def strange(rng, language):
    made.append(made_up(rng))
    return made[-1]
for held_out in (False, True):
    generator = Generator(3, held_out, strange)
    facts = [fact for _ in range(60) for fact in generator.document_set(BINDING).facts]
    print(sum(is_held_out(text) != held_out for fact in facts for text in (fact.thing, fact.value)))
print(any(map(is_held_out, made)))
`

test.runIf(runs('json'))('words that are made for training keep to what is held out', { timeout: 60_000 }, () => {
  const ran = spawnSync(python, ['-B', '-c', drawing], { cwd: resolve(recipe, '../..'), encoding: 'utf8' })
  expect(ran.status, ran.stderr).toBe(0)
  expect(ran.stdout.trim().split('\n')).toEqual(['0', '0', 'True'])
})
