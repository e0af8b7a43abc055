import { ModelFileDamaged } from '../../../errors'
import type { ExpectedFile } from '../../model-files/read'

/** The index of a model's weights, as MLC writes it since version 0.2.80 (before, the same was ndarray-cache.json). */
export const WEIGHTS_INDEX = 'tensor-cache.json'

/** What the index says of the files that hold the weights. */
export interface Weights {
  /**
   * In the order in which they are read. Their sizes are exact. Their MD5 stands in the index too and is not compared: browsers
   * have no MD5, and it would say no more than the SHA-256 that the hub tells of each of these files when they are fetched,
   * which is compared then, and again whenever the file is read (model-files/read.ts).
   */
  files: ExpectedFile[]
  /** Bytes of the largest tensor: a device has to bind it in one piece. */
  largestTensor: number
  /** By name; those whose shape is not told are left out. */
  tensors: ReadonlyMap<string, KeptTensor>
}

/** Where a tensor lies in the files. */
export interface KeptTensor {
  file: string
  byteOffset: number
  nbytes: number
  shape: readonly number[]
  /** Of the tensor on the device: uint32, float16, float32. */
  dtype: string
  /** `raw`, or `f32-to-bf16`: float32 kept as the upper halves. */
  format: string
}

interface Shard {
  dataPath: string
  nbytes: number
  records: TensorRecord[]
}

interface TensorRecord {
  nbytes: number
  byteOffset: number
  name?: unknown
  shape?: unknown
  dtype?: unknown
  format?: unknown
}

/**
 * Reads the index, and with it what is known of a model only after its first files have come.
 * @throws ModelFileDamaged also where it names a place outside the model's own folder: web-llm would go there
 */
export function readWeightsIndex(bytes: Uint8Array): Weights {
  const shards = parseShards(bytes)
  if (!shards?.every(isSound)) throw new ModelFileDamaged({ file: WEIGHTS_INDEX })
  const tensors = shards.flatMap(({ records }) => records.map(({ nbytes }) => nbytes))
  return {
    files: shards.map(({ dataPath, nbytes }) => ({ path: dataPath, bytes: nbytes, exact: true })),
    largestTensor: tensors.reduce((largest, nbytes) => Math.max(largest, nbytes), 0),
    tensors: new Map(
      shards.flatMap(({ dataPath, records }) => records.flatMap((record) => namedTensor(dataPath, record))),
    ),
  }
}

function namedTensor(file: string, record: TensorRecord): [string, KeptTensor][] {
  const { name, shape, dtype, format, byteOffset, nbytes } = record
  if (typeof name !== 'string' || !Array.isArray(shape) || !shape.every(isSize)) return []
  return [[name, { file, byteOffset, nbytes, shape, dtype: String(dtype), format: String(format) }]]
}

function parseShards(bytes: Uint8Array): Partial<Shard>[] | undefined {
  try {
    const { records } = JSON.parse(new TextDecoder().decode(bytes)) as { records?: Partial<Shard>[] }
    return Array.isArray(records) && records.length > 0 ? records : undefined
  } catch {
    return undefined
  }
}

function isSound(shard: Partial<Shard>): shard is Shard {
  const { dataPath, nbytes, records } = shard
  if (typeof dataPath !== 'string' || !isPlainPath(dataPath) || !isSize(nbytes) || !Array.isArray(records)) return false
  return records.every(
    ({ nbytes: size, byteOffset }) => isSize(size) && isSize(byteOffset) && byteOffset + size <= nbytes,
  )
}

/** A path below the folder: an absolute address, or one that climbs out of it, would be another file. */
const isPlainPath = (path: string): boolean =>
  /^[\w.-]+(\/[\w.-]+)*$/.test(path) && !path.split('/').some((step) => /^\.+$/.test(step))

const isSize = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0
