import { AdapterUnusable, DeviceLost, ModelUnusable } from '../../../../errors'
import type { AdapterUse, LoraAdapter } from '../../../../lora/adapter'
import { addBranches, layersOf, type Branch } from '../../../../lora/branches'
import { checkAgainst } from '../../../../lora/check-against'
import { compose, type WeightedAdapter } from '../../../../lora/compose'
import type { AttentionRows } from '../../../../lora/linear-layers'
import type { Device, OnnxFile, OnnxSession, WeightsFile } from '../../../onnx/session'
import { Decoder } from '../decoder'
import type { KeyValueCache, Tensors } from '../key-value-cache'
import { FactorTensors } from './factor-tensors'

/** Reads an adapter from its kept files. @throws AdapterUnusable, ModelFileMissing, ModelFileDamaged */
export type LoadAdapter = (name: string) => Promise<LoraAdapter>

export interface GraphFiles {
  graph: OnnxFile
  weights: WeightsFile[]
}

/** What a model was started from, so that it can be started once more with branches in its graph. */
export interface ModelSource {
  device: Device
  /** Where config.json tells. */
  attention: AttentionRows | undefined
  /** The files, with the graph's as it lies on the disk. @throws ModelFileMissing, ModelFileDamaged, AbortError */
  read(signal: AbortSignal): Promise<GraphFiles & { file: Blob }>
  /** @throws ModelFileMissing, ModelFileDamaged, ModelUnusable, DeviceLost */
  start(files: GraphFiles): Promise<OnnxSession>
}

/** Of a model that is loaded, what changes with its adapters. */
interface Adapted {
  decoder: Decoder
  cache: KeyValueCache
}

/** Adapters that stay read: one that is put on again is not read from the disk again. */
const KEPT = 4

/**
 * The LoRA adapters that a model answers with. Until the first is asked for, the model runs as it was exported. Then it is
 * started once more with branches beside its weights, and from then on other adapters, blends and strengths are other inputs:
 * a few megabytes are uploaded and no session is made.
 */
export class Adapters {
  readonly #source: ModelSource
  readonly #load: LoadAdapter
  /** Those read last, the latest at the end. */
  readonly #read = new Map<string, LoraAdapter>()
  /** What the model answers with; undefined after a change that failed. */
  #used: readonly AdapterUse[] | undefined = []
  #branched: BranchedModel | undefined

  constructor(source: ModelSource, load: LoadAdapter) {
    this.#source = source
    this.#load = load
  }

  /**
   * Makes the model answer with these adapters and no others. Keys and values that were computed with others are dropped; if
   * nothing changes, they stay. After an AdapterUnusable or an AbortError all is as it was.
   * @throws AdapterUnusable, ModelFileMissing, ModelFileDamaged, ModelUnusable, DeviceLost, AbortError
   */
  async use(llm: Adapted, uses: readonly AdapterUse[], signal: AbortSignal): Promise<void> {
    const wanted = uses.filter(({ strength }) => strength !== 0)
    if (this.#used && isSame(wanted, this.#used)) return
    const adapters = await this.#adaptersOf(wanted, signal)
    const model = this.#branched ?? (await this.#branch(llm, adapters, signal))
    checkFit(model.branches, adapters)
    this.#used = undefined
    await model.feed(llm, adapters)
    this.#used = wanted
  }

  /** Frees what it holds on the device. The model cannot be used any more. */
  async release(): Promise<void> {
    await this.#branched?.release()
    this.#branched = undefined
    this.#read.clear()
  }

  /** The old session goes before the new one comes: there may be no room for both. */
  async #branch(llm: Adapted, adapters: readonly WeightedAdapter[], signal: AbortSignal): Promise<BranchedModel> {
    const { graph, branches, weights } = await this.#addBranches(signal)
    checkFit(branches, adapters)
    signal.throwIfAborted()
    llm.cache.clear()
    await llm.decoder.release()
    try {
      const session = await this.#source.start({ graph, weights })
      llm.decoder = new Decoder(
        session,
        branches.flatMap(({ a, b }) => [a, b]),
      )
    } catch (error) {
      // There is no model any more, whatever the reason: with this error the worker is ended, and the next one tells more.
      if (error instanceof DeviceLost) throw error
      throw new ModelUnusable({ detail: `with adapters: ${String(error)}` }, { cause: error })
    }
    this.#branched = new BranchedModel(branches, await FactorTensors.on(this.#source.device))
    return this.#branched
  }

  /** Weights inside the old graph are read from its file while the session is made: they are not held in memory twice. */
  async #addBranches(signal: AbortSignal): Promise<GraphFiles & { branches: Branch[] }> {
    const { graph, file, weights } = await this.#source.read(signal)
    const name = graph.path.split('/').at(-1)!
    const { bytes, branches } = addBranches(graph.bytes, name, this.#source.attention)
    return { graph: { path: graph.path, bytes }, branches, weights: [...weights, { path: graph.path, bytes: file }] }
  }

  async #adaptersOf(uses: readonly AdapterUse[], signal: AbortSignal): Promise<WeightedAdapter[]> {
    const adapters: WeightedAdapter[] = []
    for (const { adapter: name, strength } of uses) {
      signal.throwIfAborted()
      const adapter = this.#read.get(name) ?? (await this.#load(name))
      this.#read.delete(name)
      this.#read.set(name, adapter)
      adapters.push({ name, adapter, strength })
    }
    signal.throwIfAborted()
    for (const oldest of [...this.#read.keys()].slice(0, -KEPT)) this.#read.delete(oldest)
    return adapters
  }
}

/** A model whose graph has branches, with the factors that are fed to them. */
class BranchedModel {
  readonly branches: readonly Branch[]
  readonly #tensors: FactorTensors
  /** Of rank 1 and nothing but zeros, for branches that no adapter changes; shared by those of one size. */
  readonly #zeros: Tensors = {}
  #composed: Tensors = {}

  constructor(branches: readonly Branch[], tensors: FactorTensors) {
    this.branches = branches
    this.#tensors = tensors
  }

  async feed(llm: Adapted, adapters: readonly WeightedAdapter[]): Promise<void> {
    const before = this.#composed
    const composed: Tensors = {}
    const zeros: Tensors = {}
    for (const branch of this.branches) {
      const { a, b, inputs, outputs, type } = branch
      const factors = compose(branch, adapters)
      if (factors) {
        composed[a] = this.#tensors.put(factors.a, [inputs, factors.rank], type)
        composed[b] = this.#tensors.put(factors.b, [factors.rank, outputs], type)
      } else {
        zeros[a] = this.#zero([inputs, 1], type)
        zeros[b] = this.#zero([1, outputs], type)
      }
    }
    llm.cache.clear()
    llm.decoder.factors = { ...composed, ...zeros }
    this.#composed = composed
    await this.#tensors.free(before)
  }

  async release(): Promise<void> {
    await this.#tensors.free({ ...this.#composed, ...this.#zeros })
  }

  #zero(dims: [number, number], type: Branch['type']): Tensors[string] {
    return (this.#zeros[`${dims.join()} ${type}`] ??= this.#tensors.put(
      new Float32Array(dims[0] * dims[1]),
      dims,
      type,
    ))
  }
}

/** @throws AdapterUnusable with the name of the adapter beside the reason */
function checkFit(branches: readonly Branch[], adapters: readonly WeightedAdapter[]): void {
  const layers = layersOf(branches)
  for (const { name, adapter } of adapters)
    try {
      checkAgainst(adapter, layers)
    } catch (error) {
      throw error instanceof AdapterUnusable ? new AdapterUnusable({ ...error.params, adapter: name }) : error
    }
}

const isSame = (one: readonly AdapterUse[], other: readonly AdapterUse[]): boolean =>
  one.length === other.length &&
  one.every(({ adapter, strength }, at) => adapter === other[at]!.adapter && strength === other[at]!.strength)
