import { describeAdapter } from '../../engines/llm/adapters/describe'
import { loadAdapter } from '../../engines/llm/adapters/load'
import { FileTooLarge } from '../../errors'
import { CONFIG_FILE, WEIGHTS_FILE, type AdapterDescription } from '../../lora/peft'
import type { AdapterApi, ExaminedAdapter, GivenFile } from '../../threads/protocols'
import { filesInArchive, unpack } from './archive'
import { findPair } from './find-pair'

type Bytes = Uint8Array<ArrayBuffer>

/** A configuration has a few kilobytes; weights of rank 64 on all layers of a model of 4 billion have half a gigabyte. */
const LARGEST_CONFIG = 2 ** 20
const LARGEST_WEIGHTS = 2 ** 30

/** Reads adapters to the end, away from the page: what others have written may take long, or for ever. */
export class AdapterService implements AdapterApi {
  /**
   * An adapter out of what a person gave: its two files, the folder they lie in, or a .zip of either.
   * @param name of the folder, where one was chosen
   * @throws AdapterUnusable, FileTooLarge
   */
  async examine(name: string, given: readonly GivenFile[]): Promise<ExaminedAdapter> {
    const [only] = given
    const isArchive = given.length === 1 && only!.path.toLowerCase().endsWith('.zip')
    const found = isArchive ? await fromArchive(only!.file) : await fromFiles(name, given)
    return {
      entry: await describeAdapter(found.name, found.config, found.weights),
      files: [fileOf(CONFIG_FILE, found.config), fileOf(WEIGHTS_FILE, found.weights)],
    }
  }

  /**
   * What a kept adapter turns out to be.
   * @param name of the folder in the store of models
   * @throws AdapterUnusable, ModelFileMissing, ModelFileDamaged
   */
  async describeKept(name: string): Promise<AdapterDescription> {
    return (await loadAdapter(name)).description
  }
}

interface Found {
  name: string
  config: Bytes
  weights: Bytes
}

async function fromFiles(name: string, given: readonly GivenFile[]): Promise<Found> {
  const { folder, config, weights } = findPair(given, ({ path }) => path)
  return {
    name: folder || name,
    config: await read(config.file, LARGEST_CONFIG),
    weights: await read(weights.file, LARGEST_WEIGHTS),
  }
}

async function fromArchive(file: File): Promise<Found> {
  const archive = await read(file, LARGEST_CONFIG + LARGEST_WEIGHTS)
  const { folder, config, weights } = findPair(filesInArchive(archive), (entry) => entry.name)
  return {
    name: folder || file.name.replace(/\.zip$/i, ''),
    config: await unpack(archive, config, LARGEST_CONFIG),
    weights: await unpack(archive, weights, LARGEST_WEIGHTS),
  }
}

async function read(file: File, limit: number): Promise<Bytes> {
  if (file.size > limit) throw new FileTooLarge({ bytes: file.size, limit })
  return new Uint8Array(await file.arrayBuffer())
}

const fileOf = (path: string, bytes: Bytes): GivenFile => ({ path, file: new File([bytes], path) })
