import { AdapterUnusable } from '../../../errors'
import { CONFIG_FILE, readAdapter, WEIGHTS_FILE, type ReadAdapter } from '../../../lora/peft'
import { readModelFile } from '../../model-files/read'
import { ModelFolder } from '../../model-files/store'

/**
 * An adapter from its kept files, checked as they were when they came. Used in the workers of the language models and on the
 * page alike.
 * @param name `adapterName` of its entry, as an AdapterUse has it
 * @throws ModelFileMissing, ModelFileDamaged
 * @throws AdapterUnusable with the adapter's name beside the reason
 */
export async function loadAdapter(name: string): Promise<ReadAdapter> {
  const folder = new ModelFolder(name)
  const config = await readModelFile(folder, { path: CONFIG_FILE })
  const weights = await readModelFile(folder, { path: WEIGHTS_FILE })
  try {
    return readAdapter(config, weights)
  } catch (error) {
    if (error instanceof AdapterUnusable) throw new AdapterUnusable({ ...error.params, adapter: name })
    throw error
  }
}
