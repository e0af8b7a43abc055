/**
 * Errors that a person sees. Each class carries a key that the interface translates (`error.<key>` in src/i18n) and the
 * figures that the sentence needs. Classes survive a worker boundary: see threads/expose.ts.
 */
export type ErrorParams = Record<string, string | number>

export class FumikuraError extends Error {
  constructor(
    readonly key: string,
    readonly params: ErrorParams = {},
    options?: ErrorOptions,
  ) {
    super(`${key}${Object.keys(params).length ? ` ${JSON.stringify(params)}` : ''}`, options)
    this.name = new.target.name
  }
}

/** The base of a class whose errors all have this key. */
function keyed(key: string) {
  return class extends FumikuraError {
    static readonly key = key

    constructor(params: ErrorParams = {}, options?: ErrorOptions) {
      super(key, params, options)
    }
  }
}

/** The file is encrypted and no password was given. */
export class PasswordNeeded extends keyed('passwordNeeded') {}

/** The password given does not open the file. */
export class WrongPassword extends keyed('wrongPassword') {}

/** Not what its name says, cut short, or broken beyond repair. */
export class DamagedFile extends keyed('damagedFile') {}

export class EmptyFile extends keyed('emptyFile') {}

/** A type of file that we do not read. */
export class UnsupportedFile extends keyed('unsupportedFile') {}

/** The document, or its original file, is no longer in the library: deleted here or in another tab. */
export class MissingFile extends keyed('missingFile') {}

/** Larger than this browser can hold in memory at once. `params`: bytes, limit. */
export class FileTooLarge extends keyed('fileTooLarge') {}

/** The browser refused to store more (QuotaExceededError). `params`, for a model: reason, bytes still to come. */
export class StorageFull extends keyed('storageFull') {}

/** IndexedDB cannot be opened: private mode, blocked by a setting, or a newer version of the page owns it. */
export class StorageUnavailable extends keyed('storageUnavailable') {}

/** Reading was under way when the page was closed or its worker died. */
export class Interrupted extends keyed('interrupted') {}

/** Neither the host nor a service worker could set the headers that keep documents on this machine; none may be opened. */
export class Unprotected extends keyed('unprotected') {}

/**
 * A vector that cannot be compared. `params.reason`: dimension (not the one of the index, no multiple of 16, over 1,024),
 * notFinite, or zero (also one so small or so large that it has no direction in 32-bit floats).
 */
export class InvalidVector extends keyed('invalidVector') {}

/** A file of a model is not where it was looked for (a page in its place counts as none). `params`: file. */
export class ModelFileMissing extends keyed('modelFileMissing') {}

/** A file of a model is cut short, has another hash, or is no such file at all. `params`: file. */
export class ModelFileDamaged extends keyed('modelFileDamaged') {}

/** The place that a model was to come from did not answer, or may not be asked. `params`: file. */
export class ModelUnreachable extends keyed('modelUnreachable') {}

/** The security policy that this site was served with does not name a host, or one that it redirects to. `params`: host. */
export class HostNotAllowed extends keyed('hostNotAllowed') {}

/** The files of a model are being written by another tab, or by another part of this page. `params`: model. */
export class ModelBusy extends keyed('modelBusy') {}

/** The files are whole, and yet this browser cannot run the model. `params.detail` is for the bug report. */
export class ModelUnusable extends keyed('modelUnusable') {}

/** There is room for one language model, and another tab has opened another one in the place of this. */
export class ModelReplaced extends keyed('modelReplaced') {}

/** A host gives a model only to those who have signed in and agreed to its terms; nobody is signed in here. `params`: file. */
export class ModelGated extends keyed('modelGated') {}

/** Not the name of a repository. `params`: name. */
export class InvalidModelName extends keyed('invalidModelName') {}

/** No repository of this name, or none that everyone may see, or no such revision of it. `params`: name. */
export class RepositoryMissing extends keyed('repositoryMissing') {}

/** A repository without a graph that the engine could run. `params`: name. */
export class ModelNotOnnx extends keyed('modelNotOnnx') {}

/** A LoRA adapter that cannot be used. `params`: adapter, reason (see `error.adapterUnusable.*`), and what the reason names. */
export class AdapterUnusable extends keyed('adapterUnusable') {}

/** A model from disk is of an architecture that the engine has never been shown to run. `params`: architecture. */
export class UnsupportedModel extends keyed('unsupportedModel') {}

/** The program that a model of web-llm comes with was built for another version of it. `params`: file, detail for the bug report. */
export class WrongModelLibrary extends keyed('wrongModelLibrary') {}

/** The graphics processor was taken away in the middle of the work (driver reset, sleep, another page). */
export class DeviceLost extends keyed('deviceLost') {}

/** A prompt has more tokens than the model's context holds. `params`: tokens, limit. */
export class PromptTooLong extends keyed('promptTooLong') {}

/** Not an address that files could come from. `params`: address. */
export class InvalidAddress extends keyed('invalidAddress') {}

/** A question is to be answered again from passages of which one is no longer there. */
export class EvidenceGone extends keyed('evidenceGone') {}

/** The model ended without a word. */
export class EmptyAnswer extends keyed('emptyAnswer') {}

/**
 * A prompt that the user has changed cannot be filled in. `params`: template, placeholder, and `reason`: missing (it has to be
 * there), unknown (nothing stands for it) or empty.
 */
export class InvalidTemplate extends keyed('invalidTemplate') {}

/** A file of questions that cannot be read. `params`: line, from 1; reason (see `error.invalidQuestionSet*`); what it names. */
export class InvalidQuestionSet extends keyed('invalidQuestionSet') {}

/** A run of the Lab that cannot be begun as it was asked for. `params`: reason (see `error.invalidRunSpec*`). */
export class InvalidRunSpec extends keyed('invalidRunSpec') {}

/** A file that is no exported run, or one that was changed. `params`: reason (see `error.invalidRunFile*`). */
export class InvalidRunFile extends keyed('invalidRunFile') {}

/** Something that should not happen did. `params.detail` is for the bug report. */
export class UnexpectedError extends keyed('unexpected') {}

const classes = new Map(
  [
    PasswordNeeded,
    WrongPassword,
    DamagedFile,
    EmptyFile,
    UnsupportedFile,
    MissingFile,
    FileTooLarge,
    StorageFull,
    StorageUnavailable,
    Interrupted,
    Unprotected,
    InvalidVector,
    ModelFileMissing,
    ModelFileDamaged,
    ModelUnreachable,
    HostNotAllowed,
    ModelBusy,
    ModelUnusable,
    ModelReplaced,
    ModelGated,
    InvalidModelName,
    RepositoryMissing,
    ModelNotOnnx,
    AdapterUnusable,
    UnsupportedModel,
    WrongModelLibrary,
    DeviceLost,
    PromptTooLong,
    InvalidAddress,
    EvidenceGone,
    EmptyAnswer,
    InvalidTemplate,
    InvalidQuestionSet,
    InvalidRunSpec,
    InvalidRunFile,
    UnexpectedError,
  ].map((each) => [each.key, each]),
)

export const isAbort = (error: unknown): boolean => error instanceof DOMException && error.name === 'AbortError'

/** The error itself if it is ours; a full disk as StorageFull; anything else as UnexpectedError with its message. */
export function toFumikuraError(error: unknown): FumikuraError {
  if (error instanceof FumikuraError) return error
  const name = error instanceof Error || error instanceof DOMException ? error.name : ''
  if (name === 'QuotaExceededError') return new StorageFull()
  const detail = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  return new UnexpectedError({ detail }, { cause: error })
}

/** Rebuilds an error on this side of a worker boundary from its key and figures. */
export function reviveError(key: string, params: ErrorParams): FumikuraError {
  const known = classes.get(key)
  return known ? new known(params) : new FumikuraError(key, params)
}
