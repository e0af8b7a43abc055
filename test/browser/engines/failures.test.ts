import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { RestartableWorker } from '../../../src/app/restartable-worker'
import { EmbedderOwner } from '../../../src/engines/embedding/embedder'
import type { ModelSource } from '../../../src/engines/model-files/source'
import { ModelFileDamaged, ModelFileMissing, ModelUnreachable, ModelUnusable } from '../../../src/errors'
import { connect } from '../../../src/threads/expose'
import type { EmbedApi } from '../../../src/threads/protocols'
import { tinyEmbedder } from '../../fixtures/tiny-embedder'
import { emptyShelves, never, startEmbedWorker, tinyPlan, tinySource } from './tiny'
import type { MortalEmbedApi } from './mortal-embed.worker'

const PATHS = ['tokenizer.json', 'tokenizer_config.json', 'onnx/model.onnx']

async function tinyFiles(): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const { base } = tinySource as { base: string }
  const read = async (path: string) => new Uint8Array(await (await fetch(base + path)).arrayBuffer())
  return new Map(await Promise.all(PATHS.map(async (path) => [path, await read(path)] as const)))
}

const picked = (files: Map<string, Uint8Array<ArrayBuffer>>): ModelSource => ({
  kind: 'files',
  files: [...files].map(([path, bytes]) => ({
    path: `picked/${path}`,
    file: new File([bytes], path.split('/').at(-1)!),
  })),
})

beforeEach(emptyShelves)

describe('files of a model that are not what they should be', () => {
  const worker = startEmbedWorker()
  const api = connect<EmbedApi>(worker)
  afterAll(() => worker.terminate())

  /** Loading fails as told, and the same worker then runs the whole model. */
  async function refused(source: ModelSource, error: unknown, plan = tinyPlan()): Promise<void> {
    await emptyShelves()
    await expect(api.load({ plan, source }, undefined, never())).rejects.toEqual(error)
    await expect(api.embed(['rain'], 'query', never())).rejects.toBeInstanceOf(ModelUnusable)
    await api.load({ plan: tinyPlan(), source: tinySource }, undefined, never())
    expect(await api.embed(['rain'], 'query', never())).toHaveLength(64)
    await api.unload()
  }

  test('one is missing', async () => {
    const files = await tinyFiles()
    files.delete('tokenizer.json')
    await refused(picked(files), new ModelFileMissing({ file: 'tokenizer.json' }))
    const base = new URL('/models/tiny/no-such-model/', globalThis.location.href).href
    await refused({ kind: 'address', base }, new ModelFileMissing({ file: 'tokenizer.json' }))
  })

  test('a page came in its place', async () => {
    const files = await tinyFiles()
    const page = new TextEncoder().encode('<!doctype html><title>Sign in</title>')
    await refused(
      picked(new Map([...files, ['tokenizer.json', page]])),
      new ModelFileDamaged({ file: 'tokenizer.json' }),
    )
    await refused(
      picked(new Map([...files, ['onnx/model.onnx', page]])),
      new ModelFileDamaged({ file: 'onnx/model.onnx' }),
    )
  })

  test('it is cut short, or has another size or hash than it should', async () => {
    const files = await tinyFiles()
    const short = files.get('onnx/model.onnx')!.slice(0, 300_000)
    await refused(
      picked(new Map([...files, ['onnx/model.onnx', short]])),
      new ModelFileDamaged({ file: 'onnx/model.onnx' }),
    )
    const expecting = (expected: object) =>
      tinyPlan('wasm', { files: { fp32: [{ path: 'onnx/model.onnx', ...expected }] } })
    const damaged = new ModelFileDamaged({ file: 'onnx/model.onnx' })
    await refused(tinySource, damaged, expecting({ bytes: 1, exact: true }))
    await refused(tinySource, damaged, expecting({ sha256: '0'.repeat(64) }))
  })

  test('nobody answers', async () => {
    await refused({ kind: 'address', base: 'http://127.0.0.1:9/' }, new ModelUnreachable({ file: 'tokenizer.json' }))
  })

  test('it is whole, and no model that the runtime knows: the next session is not poisoned', async () => {
    const files = await tinyFiles()
    const graph = files.get('onnx/model.onnx')!
    // The first node that computes an error function now has a name of no operator; the length stays.
    const at = new TextDecoder('latin1').decode(graph).indexOf('"\x03Erf')
    expect(at).toBeGreaterThan(0)
    graph.set(new TextEncoder().encode('Xrf'), at + 2)
    const plan = tinyPlan()
    const result = api.load(
      { plan, source: picked(new Map([...files, ['onnx/model.onnx', graph]])) },
      undefined,
      never(),
    )
    await expect(result).rejects.toBeInstanceOf(ModelUnusable)
    await api.load({ plan, source: tinySource }, undefined, never())
    expect(await api.embed(['rain'], 'query', never())).toHaveLength(64)
    await api.unload()
  })

  test('a run that fails is told, and the worker can load again', async () => {
    // More positions than the model has.
    await api.load({ plan: tinyPlan('wasm', { maxTokens: 4096 }), source: tinySource }, undefined, never())
    await expect(api.embed(['日本'.repeat(500)], 'query', never())).rejects.toBeInstanceOf(ModelUnusable)
    await api.load({ plan: tinyPlan(), source: tinySource }, undefined, never())
    expect(await api.embed(['rain'], 'query', never())).toHaveLength(64)
  })

  test('files that were read once are kept', async () => {
    await api.unload()
    await api.load({ plan: tinyPlan(), source: tinySource }, undefined, never())
    await api.unload()
    await api.load({ plan: tinyPlan(), source: { kind: 'files', files: [] } }, undefined, never())
    expect(await api.embed(['rain'], 'query', never())).toHaveLength(64)
  })
})

test(
  'a graphics processor lost in the middle of the work: it goes on, first there again, then on wasm',
  { timeout: 180_000 },
  async () => {
    let lose: (() => Promise<void>) | undefined
    const start = () => {
      const worker = new Worker(new URL('./mortal-embed.worker.ts', import.meta.url), { type: 'module' })
      const { port1, port2 } = new MessageChannel()
      worker.postMessage('side door', [port2])
      lose = () => connect<MortalEmbedApi>(port1 as unknown as Worker).loseDevice()
      return worker
    }
    const verdicts = { get: () => Promise.resolve(undefined), set: () => Promise.resolve() }
    const owner = new EmbedderOwner(
      new RestartableWorker<EmbedApi>(start),
      () => new RestartableWorker<EmbedApi>(startEmbedWorker),
      verdicts,
    )
    const opened = await owner.open(tinyEmbedder, tinySource, () => undefined, never())
    expect(opened).toMatchObject({ plan: { device: 'webgpu' } })
    const before = await owner.embed(['rain'], 'passage', never())
    for (const device of ['webgpu', 'wasm']) {
      await lose!()
      const after = await owner.embed(['rain'], 'passage', never())
      expect(owner.current?.plan.device).toBe(device)
      expect(Math.max(...after.map((value, at) => Math.abs(value - before[at]!)))).toBeLessThan(1e-4)
    }
    expect(owner.current?.fallback).toEqual({ reason: 'lost' })
    owner.close()
  },
)
