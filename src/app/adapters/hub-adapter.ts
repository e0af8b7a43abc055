import type { AdapterEntry } from '../../engines/llm/adapters/catalogue'
import { ownId } from '../../engines/llm/adapters/describe'
import { CONFIG_FILE, WEIGHTS_FILE } from '../../lora/peft'
import { refusal } from '../../lora/refusal'

/** An account and a repository; the hub has no others. */
const REPOSITORY = /^[\w-][\w.-]{0,95}\/[\w-][\w.-]{0,95}$/
/** A branch, a tag or a commit. */
const REVISION = /^(?!.*\.\.)[\w][\w./-]{0,99}$/
/** What a person may copy from the address bar: of the hub, or of a mirror with the same paths. */
const ADDRESS = /^(?:https?:\/\/[^/]+\/|hf\.co\/|huggingface\.co\/)/

/**
 * An adapter of the Hugging Face hub before anything of it has come.
 * @param text "owner/name", "owner/name@revision", or the address of its page
 * @throws AdapterUnusable (hubId)
 */
export function hubAdapter(text: string): AdapterEntry {
  const plain = text.trim().replace(ADDRESS, '').replace(/\/+$/, '')
  const [, path = '', branch] = /^(.*?)(?:\/tree\/(.+)|@(.+))?$/.exec(plain)?.flatMap((part) => part ?? []) ?? []
  const revision = branch ?? 'main'
  if (!REPOSITORY.test(path) || !REVISION.test(revision)) throw refusal('hubId', { id: text.trim() })
  return {
    ...{ id: ownId('hub', path), name: path, repository: path, revision },
    ...{ kind: 'other', languages: [], rank: 0, alpha: 0, targets: [] },
    files: [{ path: CONFIG_FILE }, { path: WEIGHTS_FILE }],
  }
}
