import { CONFIG_FILE, readAdapter, WEIGHTS_FILE, type AdapterDescription } from '../../../lora/peft'
import type { ExpectedFile } from '../../model-files/read'
import type { LlmEntry } from '../catalogue'
import type { AdapterEntry } from './catalogue'

type Bytes = Uint8Array<ArrayBuffer>

/** Enough of a hash that two trainings never share it, and short enough for the name of a folder. */
const REVISION_DIGITS = 12
const LONGEST_ID = 60

/**
 * A person's own adapter as an entry of a catalogue: its files are read to the end, so that one that cannot be used is
 * refused before it is kept.
 * @param given name of the folder or file that it came as; empty for loose files, then its version stands for a name
 * @throws AdapterUnusable
 */
export async function describeAdapter(given: string, config: Bytes, weights: Bytes): Promise<AdapterEntry> {
  const { description } = readAdapter(config, weights)
  const files = [await exactly(CONFIG_FILE, config), await exactly(WEIGHTS_FILE, weights)]
  const revision = files[1]!.sha256.slice(0, REVISION_DIGITS)
  const name = given || `LoRA ${revision.slice(0, 6)}`
  return {
    id: ownId('own', name),
    name,
    revision,
    kind: 'other',
    languages: [],
    ...told(description),
    files,
  }
}

/** What its files tell of an adapter, in the words of an entry. */
export const told = ({ rank, alpha, targets, base }: AdapterDescription) => ({
  ...{ rank, alpha, targets },
  ...(base !== undefined && { trainedOn: base }),
})

/** An id out of any name; the prefix keeps it apart from those of the catalogue. */
export function ownId(prefix: string, name: string): string {
  const safe = name.normalize('NFKC').replace(/[^\p{L}\p{N}._-]+/gu, '-')
  return `${prefix}-${safe.replace(/^[-.]+|[-.]+$/g, '').slice(0, LONGEST_ID) || 'adapter'}`
}

/** What tools add to the name of a model that they have converted or compressed. */
const CONVERTED = /-(onnx|onnx-web|gqa|mlc|bnb-4bit|unsloth|unsloth-bnb-4bit|4bit|fp16|bf16)$/

/** The name of a model without the account that it was published under, nor what was done to it. */
function plainName(name: string): string {
  let plain = name.toLowerCase().split(/[/\\]/).at(-1)!
  while (CONVERTED.test(plain)) plain = plain.replace(CONVERTED, '')
  return plain
}

/**
 * The model that an adapter was trained on, among those that can be chosen, by its name; undefined where none has it. A guess
 * that saves a person a choice: whether the adapter fits is told by the shapes.
 */
export function guessBase(trainedOn: string, models: readonly Pick<LlmEntry, 'id' | 'name' | 'repository'>[]) {
  const wanted = plainName(trainedOn)
  return models.find(({ id, name, repository }) => [id, name, repository].some((each) => plainName(each) === wanted))
    ?.id
}

async function exactly(path: string, bytes: Bytes): Promise<ExpectedFile & { sha256: string }> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  const sha256 = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return { path, bytes: bytes.byteLength, exact: true, sha256 }
}
