import {
  DeviceLost,
  FumikuraError,
  isAbort,
  ModelFileDamaged,
  ModelFileMissing,
  ModelUnusable,
  PromptTooLong,
  StorageFull,
  UnexpectedError,
  WrongModelLibrary,
} from '../../../errors'

/**
 * An error of web-llm as one of ours. web-llm has a class for each of its failures, but throws some as plain errors, and only
 * their text tells them apart; across its own workers all of them are texts ("Name: message").
 * An error of ours, and an abort, stay what they are.
 */
export function ownError(error: unknown): FumikuraError | DOMException {
  if (error instanceof FumikuraError) return error
  if (isAbort(error)) return error as DOMException
  const { name, message } = nameAndMessage(error)
  const detail = `${name}: ${message}`
  const options = { cause: error }
  for (const { names = [], text, make } of RULES)
    if (names.includes(name) || text?.test(message)) return make({ detail, message, options })
  return new ModelUnusable({ detail }, options)
}

interface Thrown {
  detail: string
  message: string
  options: ErrorOptions
}

interface Rule {
  /** Names of classes. */
  names?: readonly string[]
  /** Matches the message. */
  text?: RegExp
  make(thrown: Thrown): FumikuraError
}

/** The first that fits decides. */
const RULES: readonly Rule[] = [
  {
    names: ['ContextWindowSizeExceededError'],
    text: /^Prompt tokens exceed context window size/,
    make: ({ message }) => {
      const [tokens = 0, limit = 0] = [...message.matchAll(/\d+/g)].map(Number)
      return new PromptTooLong({ tokens, limit })
    },
  },
  {
    names: ['DeviceLostError', 'GPUOutOfMemoryError'],
    text: /device (was|is) (lost|destroyed)|device lost|out of memory|allocation failed|instance dropped/i,
    make: ({ detail, options }) => new DeviceLost({ detail }, options),
  },
  {
    names: ['IntegrityError'],
    make: ({ message, options }) => new ModelFileDamaged({ file: fileNamed(message) }, options),
  },
  {
    names: ['LinkError'],
    text: /^Cannot find .* in exports$/,
    make: ({ detail, options }) => new WrongModelLibrary({ detail }, options),
  },
  {
    // What its cache says when a file is not there; ours throws ModelFileMissing itself.
    text: /^(Cannot fetch|Failed to store|ArtifactOPFSCache)/,
    make: ({ message }) => new ModelFileMissing({ file: fileNamed(message) }),
  },
  { names: ['QuotaExceededError'], make: () => new StorageFull() },
  // Requests of ours that it does not take: the model is well.
  {
    names: ['GrammarMatcherInitError', 'MinValueError', 'NonNegativeError', 'SeedTypeError', 'MessageOrderError'],
    make: ({ detail }) => new UnexpectedError({ detail }),
  },
]

function nameAndMessage(error: unknown): { name: string; message: string } {
  if (error instanceof Error || error instanceof DOMException) return { name: error.name, message: error.message }
  const text = String(error)
  const [, name = 'Error', message = text] = /^(\w+): ([^]*)$/.exec(text) ?? []
  return { name, message }
}

/** The last part of the address that a message names. */
const fileNamed = (message: string): string => /https?:\/\/\S*?([^/\s]+?)(?=[\s"']|$)/.exec(message)?.[1] ?? ''
