import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { RemoteLanguageModel } from '../../../../../src/engines/llm/remote-language-model'
import type { WebLlmPlan } from '../../../../../src/engines/llm/webllm/catalogue'
import { AdapterUnusable, ModelFileMissing } from '../../../../../src/errors'
import type { AdapterUse, LoraAdapter } from '../../../../../src/lora/adapter'
import { rowsOf } from '../../../../../src/lora/four-bit'
import { merge } from '../../../../../src/lora/four-bit-merge'
import { lowRankChange } from '../../../../../src/lora/low-rank-change'
import { CONFIG_FILE, readAdapter, WEIGHTS_FILE } from '../../../../../src/lora/peft'
import { fourBitLayers, fourBitMatrices, withFourBitWeights } from '../../../../fixtures/four-bit-web-llm'
import { keepModel } from '../../../../fixtures/keep-model'
import { makeAdapter, type AdapterToMake } from '../../../../fixtures/make-adapter'
import { answerOf } from '../contract'
import { keepTinyMlc, openScripted, ScriptedWorkers, tinyMlcFiles } from './scripted'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const never = (): AbortSignal => new AbortController().signal
const workers = new ScriptedWorkers()
afterAll(() => workers.worker.end())

/** Small beside the weights, as trained ones are. */
const style: AdapterToMake = { layers: fourBitLayers, rank: 4, size: 0.05, seed: 3 }
const attention = fourBitLayers.filter(({ path }) => /[qv]_proj/.test(path))
const made: Record<string, AdapterToMake> = {
  'style@1': style,
  'json@1': { layers: attention, rank: 6, alpha: 6, size: 0.05, seed: 4 },
  'nothing@1': { layers: fourBitLayers, size: 0 },
  'other@1': { layers: [{ path: 'model.layers.0.self_attn.k_proj', outputs: 64, inputs: 96 }] },
}
const loaded = new Map<string, LoraAdapter>()

beforeEach(async () => {
  await workers.worker.call((api) => api.unload())
  await keepTinyMlc(withFourBitWeights(await tinyMlcFiles()))
  for (const [name, adapter] of Object.entries(made)) {
    const { config, weights } = makeAdapter(adapter)
    loaded.set(name, readAdapter(config, weights))
    await keepModel(
      name,
      new Map([
        [CONFIG_FILE, config],
        [WEIGHTS_FILE, weights],
      ]),
    )
  }
})

const use = (adapter: string, strength = 1): AdapterUse => ({ adapter, strength })
type Model = RemoteLanguageModel<WebLlmPlan>

const scoreWith = async (model: Model, ...adapters: AdapterUse[]): Promise<number> =>
  (await model.score('When is it?', ['at ten'], never(), adapters))[0]!.logProbability

/** The codes of every matrix on the device. */
async function deviceCodes(): Promise<Map<string, Uint32Array>> {
  const codes = new Map<string, Uint32Array>()
  for (const name of fourBitMatrices().keys()) codes.set(name, await workers.sideDoor.wordsOf(`${name}.q_weight`))
  return codes
}

const baseCodes = () => new Map([...fourBitMatrices()].map(([name, { codes }]) => [name, codes]))

/** What they should be, merged here from what is known of the model. */
function mergedCodes(...uses: AdapterUse[]): Map<string, Uint32Array> {
  const rows: Record<string, [matrix: string, first: number]> = {
    q_proj: ['c_attn', 0],
    k_proj: ['c_attn', 64],
    v_proj: ['c_attn', 96],
    gate_proj: ['gate_up_proj', 0],
    up_proj: ['gate_up_proj', 128],
  }
  const merged = baseCodes()
  for (const [name, base] of fourBitMatrices())
    for (const { path, outputs } of fourBitLayers) {
      const [parent, leaf] = [path.slice(0, path.lastIndexOf('.')), path.slice(path.lastIndexOf('.') + 1)]
      const [matrix, first] = rows[leaf] ?? [leaf, 0]
      if (`${parent}.${matrix}` !== name) continue
      const parts = uses.flatMap(({ adapter, strength }) => {
        const factors = loaded.get(adapter)!.modules.get(path)
        return factors ? [{ factors, strength }] : []
      })
      if (parts.length === 0) continue
      const { codes } = merge(rowsOf(base, first, outputs), lowRankChange(parts, path), 'noise-shaped', first)
      merged.get(name)!.set(codes, (first * base.inputs) / 8)
    }
  return merged
}

describe('an adapter', () => {
  test('is in the weights of the request that names it, and in no other', async () => {
    const model = await openScripted(workers)
    expect(model.capabilities.adapters).toBe('merged')
    const plain = await scoreWith(model)
    const styled = await scoreWith(model, use('style@1'))
    expect(styled).not.toBe(plain)
    expect(await deviceCodes()).toEqual(mergedCodes(use('style@1')))
    expect(await scoreWith(model)).toBe(plain)
    expect(await deviceCodes()).toEqual(baseCodes())
    expect(await scoreWith(model, use('style@1'))).toBe(styled)
    expect(await scoreWith(model, use('style@1', 0))).toBe(plain)
  })

  test('of nothing changes no bit', async () => {
    const model = await openScripted(workers)
    const plain = await scoreWith(model)
    expect(await scoreWith(model, use('nothing@1'))).toBe(plain)
    expect(await deviceCodes()).toEqual(baseCodes())
  })

  test('takes the place of another as if that had never been there', async () => {
    const model = await openScripted(workers)
    await scoreWith(model, use('style@1'))
    await scoreWith(model, use('json@1', 0.5))
    expect(await deviceCodes()).toEqual(mergedCodes(use('json@1', 0.5)))
  })

  test('blends with another, in either order', async () => {
    const model = await openScripted(workers)
    await scoreWith(model, use('style@1', 0.5), use('json@1'))
    const codes = await deviceCodes()
    expect(codes).toEqual(mergedCodes(use('json@1'), use('style@1', 0.5)))
    await scoreWith(model)
    await scoreWith(model, use('json@1'), use('style@1', 0.5))
    expect(await deviceCodes()).toEqual(codes)
  })

  test('comes with what of it has survived, beside what plain rounding would have left', async () => {
    const model = await openScripted(workers)
    const { end } = await answerOf(model, 'a', { maxTokens: 2, adapters: [use('style@1')] })
    expect(end.survival!.gain).toBeGreaterThan(0.9)
    expect(end.survival!.gain).toBeLessThan(1.1)
    expect(end.survival!.plainGain).toBeLessThan(end.survival!.gain / 2)
    expect(end.survival!.noise).toBeGreaterThan(0)
    const again = await answerOf(model, 'a', { maxTokens: 2, adapters: [use('style@1')] })
    expect(again.end.survival).toEqual(end.survival)
    expect((await answerOf(model, 'a', { maxTokens: 2 })).end).not.toHaveProperty('survival')
  })

  test('reads nothing out of keys and values that other weights have computed', async () => {
    const model = await openScripted(workers)
    const first = [{ role: 'user' as const, content: '«十時です。» 会議は何時ですか。' }]
    const { text } = await answerOf(model, first, { maxTokens: 20 })
    const next = [...first, { role: 'assistant' as const, content: text }, { role: 'user' as const, content: 'Where?' }]
    const styled = await answerOf(model, next, { maxTokens: 2, adapters: [use('style@1')] })
    expect(styled.end.reusedTokens).toBe(0)
    const { cached, prefilled } = await workers.sideDoor.seen()
    expect(prefilled.at(-1)).toBe(styled.end.promptTokens)
    expect(cached.startsWith(await model.applyTemplate(next))).toBe(true)
  })
})

describe('an adapter that cannot be put on', () => {
  test('because it was made for another model is refused by its name, and the model goes on', async () => {
    const model = await openScripted(workers)
    const styled = await scoreWith(model, use('style@1'))
    const error: unknown = await scoreWith(model, use('other@1')).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(AdapterUnusable)
    expect((error as AdapterUnusable).params).toEqual({
      reason: 'baseShape',
      adapter: 'other@1',
      module: 'model.layers.0.self_attn.k_proj',
      shape: '64 × 96',
      baseShape: '32 × 96',
    })
    expect(await scoreWith(model, use('style@1'))).toBe(styled)
  })

  test('because it is not kept is missed by its file', async () => {
    const model = await openScripted(workers)
    await expect(scoreWith(model, use('gone@1'))).rejects.toEqual(new ModelFileMissing({ file: CONFIG_FILE }))
  })

  test('because nobody wants it any more leaves nothing behind', async () => {
    const model = await openScripted(workers)
    const plain = await scoreWith(model)
    for (const patience of [0, 5, 20]) {
      const controller = new AbortController()
      setTimeout(() => controller.abort(), patience)
      await model.score('a', ['b'], controller.signal, [use('style@1')]).catch(() => undefined)
      expect(await scoreWith(model)).toBe(plain)
      expect(await deviceCodes()).toEqual(baseCodes())
    }
  })
})

describe('where weights are not where they should be', () => {
  test('the model is loaded anew with changed files, to the same bits', async () => {
    const inPlace = await openScripted(workers)
    const [plain, styled] = [await scoreWith(inPlace), await scoreWith(inPlace, use('style@1'))]
    const { end } = await answerOf(inPlace, 'a', { maxTokens: 1, adapters: [use('style@1')] })
    await workers.worker.call((api) => api.unload())
    await workers.sideDoor.misplaceParameters(true)
    const model = await openScripted(workers)
    expect(await scoreWith(model)).toBe(plain)
    expect(await scoreWith(model, use('style@1'))).toBe(styled)
    expect(await deviceCodes()).toEqual(mergedCodes(use('style@1')))
    const reloaded = await answerOf(model, 'a', { maxTokens: 1, adapters: [use('style@1')] })
    expect(reloaded.end.survival).toEqual(end.survival)
    expect(await scoreWith(model)).toBe(plain)
    expect(await deviceCodes()).toEqual(baseCodes())
    expect((await workers.sideDoor.seen()).fetched).toEqual([])
    await workers.sideDoor.misplaceParameters(false)
  })
})
