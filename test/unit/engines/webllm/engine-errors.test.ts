import { expect, test } from 'vitest'
import { ownError } from '../../../../src/engines/llm/webllm/engine-errors'
import {
  DeviceLost,
  ModelFileDamaged,
  ModelFileMissing,
  ModelUnusable,
  PromptTooLong,
  StorageFull,
  UnexpectedError,
  WrongModelLibrary,
} from '../../../../src/errors'

/** An error as web-llm makes it: a class of its own name. */
function named(name: string, message: string): Error {
  const error = new Error(message)
  error.name = name
  return error
}

const TOO_LONG =
  'Prompt tokens exceed context window size: number of prompt tokens: 5012; context window size: 4096\nConsider shortening the prompt'
const LOST =
  'The WebGPU device was lost while loading the model. This issue often occurs due to running out of memory (OOM).'
const SPOILT =
  'Integrity verification failed for https://kept-model.invalid/resolve/store/tokenizer.json\n  Expected: a\n  Actual: b'

test.each([
  [
    'a prompt that is too long',
    named('ContextWindowSizeExceededError', TOO_LONG),
    PromptTooLong,
    { tokens: 5012, limit: 4096 },
  ],
  ['the same as a text', `ContextWindowSizeExceededError: ${TOO_LONG}`, PromptTooLong, { tokens: 5012, limit: 4096 }],
  ['a lost device', named('DeviceLostError', LOST), DeviceLost, undefined],
  ['the same as a text', `DeviceLostError: ${LOST}`, DeviceLost, undefined],
  [
    'a device that goes while a buffer is read',
    new DOMException('Device is lost', 'AbortError2'),
    DeviceLost,
    undefined,
  ],
  ['memory that ends', named('RuntimeError', 'WebGPU: Out of memory'), DeviceLost, undefined],
  ['a file with another hash', named('IntegrityError', SPOILT), ModelFileDamaged, { file: 'tokenizer.json' }],
  [
    'a file that a cache lacks',
    new Error('Cannot fetch https://kept-model.invalid/resolve/store/a/b.bin'),
    ModelFileMissing,
    { file: 'b.bin' },
  ],
  [
    'a library of another version',
    named('LinkError', 'WebAssembly.instantiate(): Import #0 "env" "f"'),
    WrongModelLibrary,
    undefined,
  ],
  ['one that lacks something', new Error('Cannot find TVMWasmAllocSpace in exports'), WrongModelLibrary, undefined],
  ['a full disk', new DOMException('full', 'QuotaExceededError'), StorageFull, {}],
  ['a schema that is none', named('GrammarMatcherInitError', 'Failed to initialize'), UnexpectedError, undefined],
  ['no graphics processor', named('WebGPUNotAvailableError', 'WebGPU is not supported'), ModelUnusable, undefined],
  [
    'no 16-bit floats',
    named('ShaderF16SupportError', 'This model requires WebGPU extension shader-f16'),
    ModelUnusable,
    undefined,
  ],
  ['a limit', new Error('Cannot initialize runtime because of requested maxBufferSize'), ModelUnusable, undefined],
  ['anything else', 'what is this', ModelUnusable, { detail: 'Error: what is this' }],
] as const)('%s', (_name, error, kind, params) => {
  const own = ownError(error)
  expect(own).toBeInstanceOf(kind)
  if (params) expect((own as ModelUnusable).params).toEqual(params)
})

test('an error of ours and an abort stay what they are', () => {
  const ours = new ModelFileMissing({ file: 'a' })
  expect(ownError(ours)).toBe(ours)
  const abort = new DOMException('aborted', 'AbortError')
  expect(ownError(abort)).toBe(abort)
})
