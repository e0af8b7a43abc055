import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { RestartableWorker } from '../../../src/app/restartable-worker'
import { EmbedderOwner } from '../../../src/engines/embedding/embedder'
import { ModelFolder } from '../../../src/engines/model-files/store'
import { ModelFileDamaged, ModelFileMissing, ModelUnusable } from '../../../src/errors'
import { connect } from '../../../src/threads/expose'
import type { EmbedApi } from '../../../src/threads/protocols'
import { writeData } from '../../fixtures/keep-model'
import { tinyEmbedder } from '../../fixtures/tiny-embedder'
import { loseDeviceOf } from './lose-device'
import { keepTiny, never, startEmbedWorker, tinyFiles, tinyName, tinyPlan } from './tiny'

beforeEach(() => keepTiny().then())

describe('kept files of a model that are not what they should be', () => {
  const worker = startEmbedWorker()
  const api = connect<EmbedApi>(worker)
  afterAll(() => worker.terminate())

  /** Loading fails as told, and the same worker then runs the whole model. */
  async function refused(error: unknown, plan = tinyPlan()): Promise<void> {
    await expect(api.load({ plan }, undefined, never())).rejects.toEqual(error)
    await expect(api.embed(['rain'], 'query', never())).rejects.toBeInstanceOf(ModelUnusable)
    await keepTiny()
    await api.load({ plan: tinyPlan() }, undefined, never())
    expect(await api.embed(['rain'], 'query', never())).toHaveLength(64)
    await api.unload()
  }

  /** The file is named, and it alone is no longer kept. */
  async function damaged(path: string, plan = tinyPlan()): Promise<void> {
    const error = await api.load({ plan }, undefined, never()).catch((thrown: unknown) => thrown)
    expect(error).toEqual(new ModelFileDamaged({ file: path }))
    const folder = new ModelFolder(tinyName)
    expect(await folder.file(path)).toBeUndefined()
    expect((await folder.manifest()).files).toHaveLength(3)
    expect((await folder.onDisk()).parts).toEqual([])
    await refused(new ModelFileMissing({ file: path }), plan)
  }

  test('one is missing', async () => {
    const files = await tinyFiles()
    files.delete('tokenizer.json')
    await keepTiny(files)
    await refused(new ModelFileMissing({ file: 'tokenizer.json' }))
  })

  test('none is there', async () => {
    await keepTiny(new Map())
    await refused(new ModelFileMissing({ file: 'tokenizer.json' }))
  })

  test('its bytes are there, but its arrival was never completed', async () => {
    const folder = await keepTiny()
    await folder.begin({ path: 'onnx/model.onnx' })
    await refused(new ModelFileMissing({ file: 'onnx/model.onnx' }))
  })

  test.each(['tokenizer.json', 'tokenizer_config.json', 'onnx/model.onnx'])(
    'a page came in place of %s',
    async (path) => {
      const page = new TextEncoder().encode('<!doctype html><title>Sign in</title>')
      await keepTiny(new Map([...(await tinyFiles()), [path, page]]))
      await damaged(path)
    },
  )

  test('it came cut short', async () => {
    const files = await tinyFiles()
    await keepTiny(files.set('onnx/model.onnx', files.get('onnx/model.onnx')!.slice(0, 300_000)))
    await damaged('onnx/model.onnx')
  })

  test('it has another size or hash than the catalogue says', async () => {
    for (const expected of [{ bytes: 1, exact: true }, { sha256: '0'.repeat(64) }]) {
      await keepTiny()
      await damaged(
        'onnx/model.onnx',
        tinyPlan('wasm', { files: { fp32: [{ path: 'onnx/model.onnx', ...expected }] } }),
      )
    }
  })

  test('the disk has spoilt it', async () => {
    const folder = await keepTiny()
    const graph = (await tinyFiles()).get('onnx/model.onnx')!
    graph[graph.length >> 1]! ^= 1
    await writeData(folder, 'onnx/model.onnx', graph)
    await damaged('onnx/model.onnx')
  })

  test('the disk has lost a piece of it', async () => {
    const folder = await keepTiny()
    await writeData(folder, 'onnx/model.onnx', (await tinyFiles()).get('onnx/model.onnx')!.slice(0, 300_000))
    await refused(new ModelFileMissing({ file: 'onnx/model.onnx' }))
  })

  test('it is whole, and no model that the runtime knows: the next session is not poisoned', async () => {
    const files = await tinyFiles()
    const graph = files.get('onnx/model.onnx')!
    // The first node that computes an error function now has a name of no operator; the length stays.
    const at = new TextDecoder('latin1').decode(graph).indexOf('"\x03Erf')
    expect(at).toBeGreaterThan(0)
    graph.set(new TextEncoder().encode('Xrf'), at + 2)
    const folder = await keepTiny(files)
    await expect(api.load({ plan: tinyPlan() }, undefined, never())).rejects.toBeInstanceOf(ModelUnusable)
    // Fetching it again would bring the same bytes.
    expect(await folder.file('onnx/model.onnx')).toBeDefined()
    await keepTiny()
    await api.load({ plan: tinyPlan() }, undefined, never())
    expect(await api.embed(['rain'], 'query', never())).toHaveLength(64)
    await api.unload()
  })

  test('a run that fails is told, and the worker can load again', async () => {
    // More positions than the model has.
    await api.load({ plan: tinyPlan('wasm', { maxTokens: 4096 }) }, undefined, never())
    await expect(api.embed(['日本'.repeat(500)], 'query', never())).rejects.toBeInstanceOf(ModelUnusable)
    await api.load({ plan: tinyPlan() }, undefined, never())
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
      lose = loseDeviceOf(worker)
      return worker
    }
    const verdicts = { get: () => Promise.resolve(undefined), set: () => Promise.resolve() }
    const owner = new EmbedderOwner(
      new RestartableWorker<EmbedApi>(start),
      () => new RestartableWorker<EmbedApi>(startEmbedWorker),
      verdicts,
    )
    const opened = await owner.open(tinyEmbedder, () => undefined, never())
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
