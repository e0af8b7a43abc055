import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { unzipSync } from 'fflate'
import { describe, expect, onTestFinished, test } from 'vitest'
import { AdapterService } from '../../../../src/app/adapters/examine'
import { defaultRaftOptions, raftExamples, supervisedExamples } from '../../../../src/lab/training/examples'
import { zipPack } from '../../../../src/lab/training/pack'
import { defaultRecipe } from '../../../../src/lab/training/recipe'
import type { TrainingPack } from '../../../../src/lab/training/training-pack'
import { readAdapter } from '../../../../src/lora/peft'
import { openQuestion } from '../../../fixtures/lab-questions'
import { evidenceOf } from '../../answering/evidence'

/** Where torch is installed without transformers and peft: small ones of the test's own take their place. */
const PYTHON = '/usr/bin/python3'
const STAND_INS = fileURLToPath(new URL('../../../fixtures/training-stand-ins', import.meta.url))
const hasTorch =
  spawnSync(PYTHON, ['-c', 'import importlib.util as u, sys; sys.exit(not u.find_spec("torch"))']).status === 0

type Call = { call: string } & Record<string, unknown>
interface Row {
  given: string
  learnt: string
  padding: boolean
}

const questions = Array.from({ length: 5 }, (_, at) =>
  openQuestion(`${at}`, {
    question: `Who keeps key ${at}? 鍵${'あ'.repeat(at)}`,
    answers: [`Person ${at}`],
    evidence: [{ document: 'document', page: 2, start: 100, end: 120 }],
  }),
)
const passages = [2, 3, 4].map((page) =>
  evidenceOf(`Person 1 keeps the key of page ${page}.`, 'en', {
    id: `document/${page}/100-300`,
    document: 'document',
    pieces: [{ at: 0, page, start: 100, length: 40 }],
  }),
)

async function packOf(changes: Partial<TrainingPack['recipe']> = {}): Promise<TrainingPack> {
  const options = { ...defaultRaftOptions, distractors: 2 }
  const { examples } = await raftExamples(
    questions,
    () => Promise.resolve(passages),
    options,
    new AbortController().signal,
  )
  return {
    recipe: {
      ...defaultRecipe,
      base: 'maker/base',
      revision: 'abc',
      name: 'A',
      rank: 4,
      alpha: 8,
      batch: 2,
      ...changes,
    },
    supervised: supervisedExamples(questions),
    raft: examples,
    paraphrases: [{ passage: 'p', texts: ['Other words. 別の言葉。'], dropped: [] }],
    set: { name: 'A set', licence: 'own', hash: 'abc' },
    split: { seed: 1, testShare: 0.5 },
    language: 'en',
  }
}

/** Unpacks a pack and runs its program there, as whoever gets it does. */
async function train(pack: TrainingPack, data: string[] = [], env: Record<string, string> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'training-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const [path, bytes] of Object.entries(unzipSync(await zipPack(pack)))) writeFileSync(join(folder, path), bytes)
  const record = join(folder, 'record.jsonl')
  writeFileSync(record, '')
  const { status, stdout, stderr } = spawnSync(PYTHON, ['train.py', ...data], {
    cwd: folder,
    encoding: 'utf8',
    env: {
      ...process.env,
      PYTHONPATH: STAND_INS,
      PYTHONDONTWRITEBYTECODE: '1',
      RECORD: record,
      OMP_NUM_THREADS: '1',
      ...env,
    },
  })
  const calls = readFileSync(record, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Call)
  const rows = calls.filter(({ call }) => call === 'batch').map((call) => call['rows'] as Row[])
  const read = (path: string) => new Uint8Array(readFileSync(join(folder, 'adapter', path)))
  return { status, stdout, stderr, calls, batches: rows, rows: rows.flat(), read }
}

describe.skipIf(!hasTorch)('the program of a pack, run from its zip to its adapter', { timeout: 120_000 }, () => {
  test('trains as the recipe says, on the answers alone, and saves what the registry takes', async () => {
    const pack = await packOf()
    const { status, stderr, calls, batches, rows, read } = await train(pack)
    expect(status, stderr).toBe(0)
    expect(calls.slice(0, 3)).toMatchObject([
      { call: 'tokenizer', base: 'maker/base', revision: 'abc' },
      { call: 'model', base: 'maker/base', revision: 'abc', dtype: 'torch.float32' },
      { call: 'peft', r: 4, lora_alpha: 8, lora_dropout: 0, target_modules: defaultRecipe.targets, layers: 8 },
    ])
    // Five examples in batches of two, three times over: each example once an epoch, in an order that changes.
    expect(batches.map(({ length }) => length)).toEqual([2, 2, 1, 2, 2, 1, 2, 2, 1])
    const answers = pack.raft.map(({ messages }) => `${messages.at(-1)!.content}<|end|>`).sort()
    const epochs = [0, 1, 2].map((at) => rows.slice(5 * at, 5 * at + 5).map(({ learnt }) => learnt))
    for (const epoch of epochs) expect([...epoch].sort()).toEqual(answers)
    expect(new Set(epochs.map((epoch) => epoch.join())).size).toBeGreaterThan(1)
    for (const { given, learnt, padding } of rows) {
      expect(padding, 'what fills a batch up is not learnt').toBe(true)
      const { messages } = pack.raft.find(
        (one) => one.messages.at(-1)!.content + '<|end|>' === learnt && given.includes(one.messages[1]!.content),
      )!
      expect(given).toBe(
        messages
          .slice(0, -1)
          .map(({ role, content }) => `<|${role}|>${content}<|end|>`)
          .join('') + '<|assistant|>',
      )
    }
    const [before, after] = ['peft', 'saved'].map((name) => calls.find(({ call }) => call === name)!['frozen'])
    expect(after, 'the weights of the base stay as they are').toBe(before)

    const [config, weights] = ['adapter_config.json', 'adapter_model.safetensors'].map(read)
    const files = [new File([config!], 'adapter_config.json'), new File([weights!], 'adapter_model.safetensors')]
    const { entry } = await new AdapterService().examine(
      'adapter',
      files.map((file) => ({ path: file.name, file })),
    )
    expect(entry).toMatchObject({ rank: 4, alpha: 8, trainedOn: 'maker/base' })
    expect([...entry.targets].sort()).toEqual([...defaultRecipe.targets].sort())
    const { modules } = readAdapter(config!, weights!)
    expect(modules.size).toBe(8)
    for (const { b } of modules.values())
      expect(
        b.some((value) => value !== 0),
        'it has learnt',
      ).toBe(true)
    const curve = JSON.parse(new TextDecoder().decode(read('curve.json'))) as [number, number][]
    expect(curve.map(([step]) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(curve.every(([, loss]) => loss > 0)).toBe(true)
  })

  test('learns a plain text whole, leaves out what is too long, and takes the files that are named', async () => {
    const { rows, stdout } = await train(await packOf({ epochs: 1, maxTokens: 60 }), [
      'supervised.jsonl',
      'paraphrases.jsonl',
    ])
    const longest = questions.filter(({ question, answers }) => {
      const bytes = new TextEncoder().encode(`<|user|>${question}<|assistant|>${answers[0]}`).length
      return bytes + 2 <= 60
    })
    expect(longest.length).toBeGreaterThan(0)
    expect(longest.length).toBeLessThan(5)
    expect(stdout).toContain(`${longest.length + 1} examples, ${5 - longest.length} left out as longer than 60 tokens`)
    expect(rows).toHaveLength(longest.length + 1)
    expect(rows.find(({ given }) => given === '')).toMatchObject({ learnt: 'Other words. 別の言葉。<|end|>' })
  })

  test('with a template that opens a block of thinking learns the answer behind it', async () => {
    const { rows } = await train(await packOf({ epochs: 1 }), ['supervised.jsonl'], {
      OPENING: '<think>\n\n</think>\n\n',
    })
    expect(rows).toHaveLength(5)
    for (const { given, learnt } of rows) {
      expect(given).toMatch(/<\|assistant\|><think>\n\n<\/think>\n\n$/)
      expect(learnt).toMatch(/^Person \d<\|end\|>$/)
    }
  })

  test('with nothing short enough says so and saves nothing', async () => {
    const { status, stderr, calls } = await train(await packOf({ maxTokens: 5 }))
    expect(status).toBe(1)
    expect(stderr).toContain('no example has 5 tokens or fewer')
    expect(calls.some(({ call }) => call === 'saved')).toBe(false)
  })
})
