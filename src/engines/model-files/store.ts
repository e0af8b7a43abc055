import { ModelBusy, ModelFileMissing } from '../../errors'
import { readManifest, writeManifest, type KeptFile, type Manifest, type Part } from './manifest'
import { decodeName, encodeName, entriesOf, isNotFound, modelsFolder, unlessAbsent } from './origin-files'

/**
 * The models on this machine, in the origin private file system: a folder for each, named "id@revision", with the files and
 * a manifest. A file is written first and entered into the manifest last, so one that is half written never counts.
 *
 * Every thread reads models from here and from nowhere else; only the download worker puts them there, and it never sees a
 * document (see public/_headers).
 */
export class ModelFolder {
  /** @param model its id and revision: files of different versions never mix */
  constructor(readonly model: string) {}

  /**
   * A file that is whole and was verified when it came; undefined if there is none. Nothing is read before its content is
   * asked for, so a file of any size may be sliced.
   */
  async file(path: string): Promise<File | undefined> {
    const kept = (await this.manifest()).files.find((file) => file.path === path)
    const file = kept && (await this.data(path))
    return file?.size === kept?.bytes ? file : undefined
  }

  /** @throws ModelFileMissing also where the model is deleted meanwhile */
  async read(path: string): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = await (await this.file(path))?.arrayBuffer().catch(() => undefined)
    if (!bytes) throw new ModelFileMissing({ file: path })
    return new Uint8Array(bytes)
  }

  /** Whether all of these files are kept. */
  async has(paths: readonly string[]): Promise<boolean> {
    const files = await Promise.all(paths.map((path) => this.file(path)))
    return files.every((file) => file !== undefined)
  }

  async manifest(): Promise<Manifest> {
    const folder = await this.#folder()
    return folder ? readManifest(folder) : { files: [], parts: [] }
  }

  /** What lies at the place of a file, kept or still arriving. */
  async data(path: string): Promise<File | undefined> {
    const handle = await this.dataHandle(path, false)
    return handle && unlessAbsent(handle.getFile())
  }

  async dataHandle(path: string, create: true): Promise<FileSystemFileHandle>
  async dataHandle(path: string, create: boolean): Promise<FileSystemFileHandle | undefined>
  async dataHandle(path: string, create: boolean): Promise<FileSystemFileHandle | undefined> {
    const folder = await this.#folder(create)
    const files = folder && (await unlessAbsent(folder.getDirectoryHandle(FILES, { create })))
    return files && unlessAbsent(files.getFileHandle(encodeName(path), { create }))
  }

  /** The last step of a file's arrival: from now on it counts. */
  keep(file: KeptFile): Promise<void> {
    return this.#change(({ files, parts }) => ({
      files: [...except(files, file.path), file],
      parts: except(parts, file.path),
    }))
  }

  /** Before the first byte of a file comes, and whenever its host has another version of it. */
  begin(part: Part): Promise<void> {
    return this.#change(({ files, parts }) => ({
      files: except(files, part.path),
      parts: [...except(parts, part.path), part],
    }))
  }

  /** A file that turned out to be damaged, or a part that nobody wants, counts no more and is deleted. */
  async discard(path: string): Promise<void> {
    await this.#change(({ files, parts }) => ({ files: except(files, path), parts: except(parts, path) }))
    const folder = await this.#folder()
    const files = folder && (await unlessAbsent(folder.getDirectoryHandle(FILES)))
    await files?.removeEntry(encodeName(path)).catch((error: unknown) => {
      // Open elsewhere: it is found to be wrong by the next download, which is the only one that would look at it.
      if (!isNotFound(error) && !isOpenElsewhere(error)) throw error
    })
  }

  /** Deletes what has arrived of files that are not whole. */
  async discardParts(): Promise<void> {
    const { parts } = await this.onDisk()
    for (const { path } of parts) await this.discard(path)
  }

  /** What the model takes on the disk. */
  async onDisk(): Promise<ModelOnDisk> {
    const folder = await this.#folder()
    const files = folder && (await unlessAbsent(folder.getDirectoryHandle(FILES)))
    const sizes = new Map<string, number>()
    for (const [name, handle] of files ? await entriesOf(files) : [])
      if (handle.kind === 'file')
        sizes.set(decodeName(name), (await unlessAbsent((handle as FileSystemFileHandle).getFile()))?.size ?? 0)
    const kept = (await this.manifest()).files.filter(({ path, bytes }) => sizes.get(path) === bytes)
    const isKept = new Set(kept.map(({ path }) => path))
    const parts = [...sizes].filter(([path]) => !isKept.has(path)).map(([path, bytes]) => ({ path, bytes }))
    return { model: this.model, files: kept, parts, bytes: [...sizes.values()].reduce((sum, size) => sum + size, 0) }
  }

  async #folder(create = false): Promise<FileSystemDirectoryHandle | undefined> {
    return unlessAbsent((await modelsFolder()).getDirectoryHandle(encodeName(this.model), { create }))
  }

  /** One change at a time, of all tabs. The lock is held for a moment only, unlike the one of a download. */
  async #change(edit: (manifest: Manifest) => Manifest): Promise<void> {
    await navigator.locks.request(`fumikura-model-manifest ${this.model}`, async () => {
      const folder = (await this.#folder(true))!
      await writeManifest(folder, edit(await readManifest(folder)))
    })
  }
}

const FILES = 'files'

/** A model as it lies on the disk. */
export interface ModelOnDisk {
  model: string
  /** Whole and verified. */
  files: KeptFile[]
  /** Begun, with the bytes that have come. */
  parts: { path: string; bytes: number }[]
  bytes: number
}

/** All models of which anything is on the disk. */
export async function listModels(): Promise<ModelOnDisk[]> {
  const names = (await entriesOf(await modelsFolder())).map(([name]) => decodeName(name))
  return Promise.all(names.sort().map((model) => new ModelFolder(model).onDisk()))
}

/** Bytes of all models on the disk. */
export const bytesOfModels = async (): Promise<number> =>
  (await listModels()).reduce((sum, { bytes }) => sum + bytes, 0)

/**
 * Deletes all files of a model. One that is loaded goes on from memory.
 * @throws ModelBusy while it is being downloaded, in any tab
 */
export async function removeModel(model: string): Promise<void> {
  await whileOwned(model, async () => {
    await unlessAbsent((await modelsFolder()).removeEntry(encodeName(model), { recursive: true }))
  })
}

/** Name of the Web Lock that a download holds for its whole length. */
export const downloadLock = (model: string): string => `fumikura-model-download ${model}`

/**
 * Runs `work` as the only one, of all tabs, that adds files to the model or deletes it.
 * @throws ModelBusy where another one does
 */
export async function whileOwned<Result>(model: string, work: () => Promise<Result>): Promise<Result> {
  const name = downloadLock(model)
  for (;;) {
    const outcome = await navigator.locks.request(name, { ifAvailable: true }, async (lock) =>
      lock ? { result: await work() } : undefined,
    )
    if (outcome) return outcome.result
    const { held = [] } = await navigator.locks.query()
    if (held.some((lock) => lock.name === name && lock.mode === 'exclusive')) throw new ModelBusy({ model })
    // Tabs that wait for the end of a download share the lock for a moment when it comes.
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

const except = <Entry extends { path: string }>(entries: readonly Entry[], path: string): Entry[] =>
  entries.filter((entry) => entry.path !== path)

const isOpenElsewhere = (error: unknown): boolean =>
  error instanceof DOMException && error.name === 'NoModificationAllowedError'
