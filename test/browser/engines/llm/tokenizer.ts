import { createLlmTokenizer, type LlmTokenizer } from '../../../../src/engines/llm/onnx/tokenizer'
import { tinyFiles } from './tiny'

/** The tokenizer of the tiny model, on the page. */
export const tokenizer = async (): Promise<LlmTokenizer> => createLlmTokenizer(await tinyFiles())
