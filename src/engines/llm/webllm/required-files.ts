import { readModelFile, type ExpectedFile } from '../../model-files/read'
import type { ModelFolder } from '../../model-files/store'
import { readWeightsIndex, WEIGHTS_INDEX } from './weights-index'

/** The file that says how a model of MLC is spoken to. */
export const CHAT_CONFIG = 'mlc-chat-config.json'

/** What has to be there before it is known what else a model consists of. */
export const FIRST_FILES: readonly ExpectedFile[] = [{ path: CHAT_CONFIG }, { path: WEIGHTS_INDEX }]

export const TOKENIZER_FILES: readonly ExpectedFile[] = [{ path: 'tokenizer.json' }, { path: 'tokenizer_config.json' }]

/**
 * What else of its repository a model is run from, once its first files are kept. Its library (catalogue.ts) comes from
 * another place.
 * @throws ModelFileMissing, ModelFileDamaged
 */
export async function remainingFiles(folder: ModelFolder): Promise<ExpectedFile[]> {
  const { files } = readWeightsIndex(await readModelFile(folder, { path: WEIGHTS_INDEX }))
  return [...TOKENIZER_FILES, ...files]
}
