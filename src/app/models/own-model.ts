import type { LlmEntry } from '../../engines/llm/catalogue'
import { named, ownEntry } from '../../engines/llm/own-entry'
import { ModelFileDamaged, ModelFileMissing } from '../../errors'

/**
 * A folder that a person picked as a language model.
 * @param files with their paths below the folder
 * @throws ModelFileMissing, ModelFileDamaged, UnsupportedModel
 */
export async function readOwnModel(folder: string, files: readonly { path: string; file: File }[]): Promise<LlmEntry> {
  const listed = files.map(({ path, file }) => ({ path, bytes: file.size, modified: file.lastModified }))
  return ownEntry(folder, listed, await readConfig(files))
}

async function readConfig(files: readonly { path: string; file: File }[]): Promise<Record<string, unknown>> {
  const file = 'config.json'
  const [config] = named(files, file)
  if (!config) throw new ModelFileMissing({ file })
  try {
    const value: unknown = JSON.parse(await config.file.text())
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>
  } catch {
    // Told below.
  }
  throw new ModelFileDamaged({ file })
}
